"""Adapters on disk: found, refused, installed, gone back from; and the settings that name one."""

from __future__ import annotations

import hashlib
import json
import os

import pytest

from voiceslm import engines
from voiceslm.catalog import hashes
from voiceslm.config import Llm, Settings
from voiceslm.errors import Problem
from voiceslm.llm import Message
from voiceslm.llm import adapter as adapters

BASE = "b" * 64
WEIGHTS = b"GGUF weights"


def make(folder, *, weights=WEIGHTS, base=BASE, **changes):
    """Leave in ``folder`` what a tuning leaves there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / adapters.FILE).write_bytes(weights)
    manifest = {
        "name": "home",
        "file": adapters.FILE,
        "sha256": hashlib.sha256(weights).hexdigest(),
        "base": "smollm2-135m-instruct",
        "base_sha256": base,
        "made": "2026-11-28T12:00:00+00:00",
        "fingerprint": "f" * 64,
        "examples": {"home": 3},
        "tools": True,
    } | changes
    (folder / adapters.MANIFEST).write_text(json.dumps(manifest))
    return folder


def test_an_installed_adapter_is_found_with_all_that_is_known_of_it(tmp_path, state_folder):
    adapters.install(make(tmp_path / "made", teacher="qwen", terms="Apache-2.0"), "mine")
    found = adapters.find("mine")
    assert found.path.read_bytes() == WEIGHTS
    assert found.path.is_relative_to(state_folder / "adapters" / "mine")
    assert (found.manifest.name, found.manifest.teacher, found.manifest.terms) == (
        "mine",
        "qwen",
        "Apache-2.0",
    )
    assert adapters.names() == ["mine"]
    adapters.check(found, tmp_path / "base.gguf", BASE)


def test_the_heads_that_it_is_for_are_kept_and_an_older_one_is_for_all(tmp_path):
    adapters.install(make(tmp_path / "made", heads=["Answer with calls.", "Sei höflich."]), "home")
    assert tuple(adapters.find("home").manifest.heads) == ("Answer with calls.", "Sei höflich.")
    assert not adapters.find(str(make(tmp_path / "older"))).manifest.heads


def system(text):
    return (Message("system", text), Message("user", "hello"))


def test_it_is_applied_to_what_begins_as_it_was_trained():
    heads = adapters.heads_of([system("a"), system("a"), system("b")])
    assert heads == ("a", "b")
    assert adapters.applies(heads, system("b"))
    assert not adapters.applies(heads, system("b."))
    assert not adapters.applies(heads, [Message("user", "a")])
    assert adapters.applies((), system("anything"))


def test_what_begins_without_a_system_message_is_told_apart_too():
    heads = adapters.heads_of([(Message("user", "hello"),)])
    assert heads == ("",)
    assert adapters.applies(heads, [Message("user", "a")])
    assert not adapters.applies(heads, system("a"))


@pytest.mark.parametrize("texts", [map(str, range(9)), ["x" * 50_001], ["\ud800"]])
def test_more_heads_than_a_manifest_holds_are_all_heads(texts):
    assert adapters.heads_of(map(system, texts)) == ()


def test_one_can_be_named_by_the_path_of_its_folder(tmp_path):
    assert adapters.find(str(make(tmp_path / "made"))).manifest.tools


def test_the_one_before_is_kept_and_gone_back_to_and_forth(tmp_path):
    for weights in (b"GGUF 1", b"GGUF 2", b"GGUF 3"):
        adapters.install(make(tmp_path / "made", weights=weights), "home")
    assert adapters.rollback("home").path.read_bytes() == b"GGUF 2"
    assert adapters.find("home").path.read_bytes() == b"GGUF 2"
    assert adapters.rollback("home").path.read_bytes() == b"GGUF 3"
    assert len([*adapters.find("home").folder.glob("*.gguf")]) == 2


def test_without_one_before_there_is_nothing_to_go_back_to(tmp_path):
    adapters.install(make(tmp_path / "made"), "home")
    with pytest.raises(Problem, match="there is no adapter before 'home'"):
        adapters.rollback("home")


def test_a_failing_disk_leaves_the_adapter_that_was_there(tmp_path, monkeypatch):
    adapters.install(make(tmp_path / "made", weights=b"GGUF 1"), "home")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Problem, match=r"cannot be written to .*: No space left on device"):
        adapters.install(make(tmp_path / "made", weights=b"GGUF 2"), "home")
    assert adapters.find("home").path.read_bytes() == b"GGUF 1"


def test_one_for_another_base_is_refused_by_hash(tmp_path):
    adapter = adapters.find(str(make(tmp_path / "made")))
    with pytest.raises(
        Problem, match=r"belongs to another model: to smollm2-135m-instruct \(bbbb.*not to base.gguf"
    ):
        adapters.check(adapter, tmp_path / "base.gguf", "c" * 64)


def test_damaged_weights_are_refused(tmp_path):
    folder = make(tmp_path / "made")
    (folder / adapters.FILE).write_bytes(b"other")
    with pytest.raises(Problem, match="is damaged: its hash is"):
        adapters.check(adapters.find(str(folder)), tmp_path / "base.gguf", BASE)


def test_missing_weights_are_named(tmp_path):
    folder = make(tmp_path / "made")
    (folder / adapters.FILE).unlink()
    with pytest.raises(Problem, match=r"adapter.gguf cannot be read: No such file"):
        adapters.check(adapters.find(str(folder)), tmp_path / "base.gguf", BASE)


def test_one_that_is_not_there_is_told_with_those_that_are(tmp_path):
    adapters.install(make(tmp_path / "made"), "home")
    with pytest.raises(Problem, match=r"there is no adapter 'hmoe' .*name one of: home"):
        adapters.find("hmoe")


@pytest.mark.parametrize("name", ["", "..", "-x", "a b", "a\0b", "x" * 65])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(Problem):
        adapters.find(name)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is broken"),
        (b"\xff\xfe", "is broken"),
        (b"[]", "is broken"),
        (b"{}", "is broken: name: Field required"),
        (b"{" * 200_000, "is longer than 100,000 bytes"),
        (b"[" * 90_000, "is broken"),
    ],
)
def test_a_manifest_that_is_none_is_named(tmp_path, content, says):
    folder = make(tmp_path / "made")
    (folder / adapters.MANIFEST).write_bytes(content)
    with pytest.raises(Problem, match=f"adapter.json {says}") as caught:
        adapters.find(str(folder))
    assert "Make it anew (voiceslm tune)" in caught.value.remedy


@pytest.mark.parametrize(
    "changes",
    [
        {"file": "../../etc/passwd"},
        {"file": "/etc/passwd"},
        {"sha256": "short"},
        {"base_sha256": 7},
        {"examples": "many"},
        {"name": "x" * 100},
        {"heads": "one"},
        {"heads": [7]},
        {"heads": ["x"] * 9},
        {"heads": ["x" * 50_001]},
    ],
)
def test_a_hostile_manifest_is_refused(tmp_path, changes):
    with pytest.raises(Problem, match="is broken"):
        adapters.find(str(make(tmp_path / "made", **changes)))


def settings_with(adapter):
    return Settings(llm=Llm(adapter=adapter))


def test_settings_that_name_none_have_none(tmp_path):
    assert engines.adapter_of(settings_with(""), tmp_path / "base.gguf") is None
    assert not engines.knows_home(settings_with(""))


def test_settings_name_an_adapter_that_fits_its_base(tmp_path):
    base = tmp_path / "base.gguf"
    base.write_bytes(b"GGUF base")
    adapters.install(make(tmp_path / "made", base=hashlib.sha256(b"GGUF base").hexdigest()), "home")
    found = engines.adapter_of(settings_with("home"), base)
    assert found is not None
    assert found.manifest.name == "home"
    assert engines.knows_home(settings_with("home"))


def test_a_model_is_not_loaded_without_the_adapter_that_it_should_have(tmp_path):
    base = tmp_path / "base.gguf"
    base.write_bytes(b"GGUF base")
    with pytest.raises(Problem, match="there is no adapter 'home'"):
        engines.load_llm(settings_with("home"), base)
    adapters.install(make(tmp_path / "made"), "home")
    with pytest.raises(Problem, match="belongs to another model"):
        engines.load_llm(settings_with("home"), base)


def test_a_broken_adapter_knows_no_home(tmp_path):
    folder = make(tmp_path / "made")
    (folder / adapters.MANIFEST).write_text("{}")
    assert not engines.knows_home(settings_with(str(folder)))


@pytest.mark.models
def test_weights_that_are_none_are_refused_when_they_are_loaded(tmp_path, tiny_llm):
    folder = make(tmp_path / "made", base=hashes.known_sha256(tiny_llm))
    with pytest.raises(Problem, match=r"the adapter .*adapter.gguf cannot be loaded"):
        engines.load_llm(settings_with(str(folder)), tiny_llm)


def test_a_file_is_hashed_once_until_it_changes(tmp_path, monkeypatch):
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path / "cache"))
    path = tmp_path / "base.gguf"
    path.write_bytes(b"one")
    first = hashes.known_sha256(path)
    assert first == hashlib.sha256(b"one").hexdigest()
    monkeypatch.setattr(hashes, "sha256_of", lambda _path: "hashed again")
    assert hashes.known_sha256(path) == first
    path.write_bytes(b"more")
    assert hashes.known_sha256(path) == "hashed again"


def test_a_pulled_models_hash_is_the_one_that_was_checked(tmp_path, monkeypatch):
    path = tmp_path / "base.gguf"
    path.write_bytes(b"one")
    stat = path.stat()
    seal = {"bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": "d" * 64, "commit": ""}
    (tmp_path / "verified.json").write_text(json.dumps({"id": "x", "files": {"base.gguf": seal}}))
    assert hashes.known_sha256(path) == "d" * 64


@pytest.mark.parametrize("content", [b"", b"[]", b'{"files": []}', b"\xff"])
def test_a_broken_cache_of_hashes_is_as_none(tmp_path, monkeypatch, content):
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path))
    (tmp_path / hashes.CACHE).write_bytes(content)
    path = tmp_path / "base.gguf"
    path.write_bytes(b"one")
    assert hashes.known_sha256(path) == hashlib.sha256(b"one").hexdigest()
