"""``voiceslm models`` and ``voiceslm voices``: what they print, and how they end."""
# ruff: noqa: F811 - fixtures are imported by the name they are used under

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from tests.catalog.conftest import home, own_environment, server  # noqa: F401
from tests.catalog.fake_sources import FakeServer, entry_of, noise
from voiceslm.catalog import Catalog, Profile, Store, locate
from voiceslm.cli import models, voices
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

    from voiceslm.catalog import Entry

CONTENT = b"GGUF" + noise(5000)


def run(*arguments: str, feed: str | None = None) -> Result:
    return CliRunner().invoke(models.app, list(arguments), input=feed)


def speak(*arguments: str) -> Result:
    return CliRunner().invoke(voices.app, list(arguments))


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> Entry:
    """The only model there is, and the default profile with its only voice."""
    entry = entry_of({"weights.gguf": CONTENT})
    voice = dataclasses.replace(entry, id="test-voice", kind="voice")
    profiles = {"default": Profile("default", entry.id, entry.id, entry.id, entry.id, voice.id, "")}
    catalog = Catalog({entry.id: entry}, {voice.id: voice}, profiles)
    monkeypatch.setattr(models, "load_catalog", lambda: catalog)
    monkeypatch.setattr(locate, "load_catalog", lambda: catalog)
    return entry


@pytest.fixture
def placed(entry: Entry) -> Path:
    """Its file, in the user's cache."""
    path = Store().path(entry, entry.files[0])
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


def test_list_shows_every_model_its_licence_and_the_profiles() -> None:
    result = run("list")
    assert result.exit_code == 0
    lines = {line.split()[0]: line for line in result.stdout.splitlines() if line.strip()}
    assert lines["whisper-base"].split() == [
        "whisper-base",
        "stt",
        "148",
        "MB",
        "absent",
        "MIT",
        "yes",
        "hub,",
        "index",
    ]
    assert "Qwen Research License        no " in lines["qwen2.5-3b-instruct"]
    assert "gated upstream" in lines["llama-3.2-1b-instruct"]
    assert "smollm2-135m-instruct" in lines["tiny"]


def test_list_as_json_is_one_document(tmp_path: Path) -> None:
    document = json.loads(run("list", "--json").stdout)
    assert document["root"] == str(tmp_path / "cache/voiceslm")
    assert {profile["name"] for profile in document["profiles"]} == {"default", "small", "tiny"}
    first = document["models"][0]
    assert (first["id"], first["state"], first["commercial"], first["gated"]) == (
        "whisper-base",
        "absent",
        "yes",
        False,
    )


def test_pull_without_a_name_brings_the_default_profile(entry: Entry, server: FakeServer) -> None:
    server.add_hub_file("weights.gguf", CONTENT)
    result = run("pull")
    assert result.exit_code == 0
    assert "test-model: from the hub (127.0.0.1)" in result.stdout
    assert "test-model: 0.0 MB to fetch" in result.stdout
    assert "test-model: complete, served by the hub (127.0.0.1)" in result.stdout
    assert "test-voice: complete" in result.stdout
    assert "already here" in run("pull", "test-model").stdout


def test_pull_of_an_unknown_profile_is_refused(entry: Entry) -> None:
    result = run("pull", "--profile", "huge")
    assert result.exit_code == 1
    assert isinstance(result.exception, Problem)


def test_verify_ignores_what_was_never_pulled(entry: Entry) -> None:
    result = run("verify")
    assert result.exit_code == 0
    assert "others were never pulled" in result.stdout


def test_verify_of_a_named_absent_model_fails(entry: Entry) -> None:
    result = run("verify", "test-model")
    assert result.exit_code == 1
    assert str(result.exception) == "test-model is absent. Type: voiceslm models pull test-model"


def test_verify_names_the_file_with_a_flipped_byte(entry: Entry, placed: Path) -> None:
    assert run("verify").exit_code == 0
    placed.write_bytes(CONTENT[:-1] + b"?")
    result = run("verify")
    assert result.exit_code == 1
    assert str(result.exception).startswith(f"test-model is damaged: {placed} has the wrong hash")
    assert str(result.exception).endswith("Type: voiceslm models pull test-model")


def test_verify_as_json_says_the_same(entry: Entry, placed: Path) -> None:
    placed.write_bytes(CONTENT[:10])
    result = run("verify", "test-model", "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["ok"] is False
    assert document["models"][0]["verdict"] == "incomplete"


def test_remove_asks_first(entry: Entry, placed: Path) -> None:
    assert run("remove", "test-model", feed="n\n").exit_code == 1
    assert placed.exists()
    assert "removed" in run("remove", "test-model", "--yes").stdout
    assert not placed.exists()
    assert "was not here" in run("remove", "test-model", "--yes").stdout


def test_path_prints_what_an_engine_opens(entry: Entry, placed: Path, tmp_path: Path) -> None:
    assert run("path").stdout == f"{tmp_path / 'cache/voiceslm'}\n"
    assert run("path", "test-model").stdout == f"{placed}\n"


def test_wrong_usage_ends_with_two() -> None:
    assert run("pull", "--no-such-option").exit_code == 2
    assert run("remove").exit_code == 2
    assert speak("pull").exit_code == 2


def test_voices_are_listed_by_language() -> None:
    result = speak("list", "--language", "de")
    assert result.exit_code == 0
    assert "de_DE-thorsten-medium" in result.stdout
    assert "en_US-joe-medium" not in result.stdout
    assert [
        voice["id"] for voice in json.loads(speak("list", "--language", "pt-BR", "--json").stdout)["voices"]
    ] == ["pt_BR-faber-medium"]


def test_a_language_nobody_speaks_is_answered_with_those_spoken() -> None:
    result = speak("list", "--language", "xx")
    assert result.exit_code == 1
    assert "no voice speaks 'xx'. Languages: ar, cs, de, en," in str(result.exception)


def test_a_model_is_no_voice() -> None:
    result = speak("pull", "whisper-base")
    assert (
        str(result.exception)
        == "whisper-base is a model, not a voice. Type: voiceslm models pull whisper-base"
    )


def test_a_pull_says_what_business_may_not_do(server: FakeServer) -> None:
    result = speak("pull", "en_US-joe-medium")
    assert result.exit_code == 1, "the fake sources do not have it"
    assert "business use has conditions" in result.stdout
    assert "fine-tuned from en_US-lessac-medium" in result.stdout


def test_an_unpinned_voice_is_pulled_with_a_word_about_it(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = entry_of({"weights.gguf": CONTENT}, pinned=False)
    monkeypatch.setattr(models, "load_catalog", lambda: Catalog({entry.id: entry}, {}, {}))
    server.add_hub_file("weights.gguf", CONTENT)
    result = run("pull", "test-model")
    assert "the catalog has no hash of weights.gguf" in result.stdout
    marker = json.loads((Store().folder(entry) / "verified.json").read_text())
    assert marker["files"]["weights.gguf"]["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert run("verify", "test-model").exit_code == 0
