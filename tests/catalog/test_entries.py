"""The catalogs: every entry is whole, true to form and says what it may be used for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from voiceslm.catalog import entries, load_catalog
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.catalog import Entry

CATALOG = load_catalog()
EVERY = [*CATALOG.models.values(), *CATALOG.voices.values()]
HASH = re.compile(r"[0-9a-f]{64}")
COMMIT = re.compile(r"[0-9a-f]{40}")

# Held against FACTS by hand: a slip in the catalog must not be able to hide in the catalog.
KNOWN = {
    "whisper-base": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "whisper-tiny.en": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    "qwen2.5-coder-1.5b-instruct": "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    "qwen2.5-coder-0.5b-instruct": "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    "smollm2-135m-instruct": "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    "smart-turn-v3.2": "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
    "en_US-joe-medium": "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
}


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.id)
def test_an_entry_is_whole(entry: Entry) -> None:
    assert entry.description
    assert entry.licence
    assert entry.languages
    assert entry.sources
    assert entry.files
    for file in entry.files:
        assert file.bytes > 0
        assert "/" not in file.name
        assert file.sha256 is None or HASH.fullmatch(file.sha256)


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.id)
def test_each_source_of_an_entry_can_serve_all_of_it(entry: Entry) -> None:
    assert ("hub" in entry.sources) == bool(entry.hub)
    assert ("index" in entry.sources) == all(file.wheels for file in entry.files)
    if entry.hub:
        assert COMMIT.fullmatch(entry.revision), "a branch name could be moved to other files"


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.id)
def test_what_the_index_serves_is_pinned(entry: Entry) -> None:
    assert entry.pinned or "index" not in entry.sources, "packages are trusted for nothing but their content"


def test_files_an_engine_opens_are_in_every_entry_of_its_kind() -> None:
    for entry in EVERY:
        names = {file.name for file in entry.files}
        if entry.kind == "stt":
            assert {"model.bin", "config.json", "tokenizer.json", "vocabulary.txt"} <= names
        elif entry.kind == "voice":
            assert names == {f"{entry.id}.onnx", f"{entry.id}.onnx.json"}
        else:
            assert [name for name in names if name.endswith(".gguf" if entry.kind == "llm" else ".onnx")]


def test_model_ids_are_lower_case_and_no_two_ids_differ_in_case_alone() -> None:
    assert all(name == name.lower() for name in CATALOG.models)
    assert len({entry.id.lower() for entry in EVERY}) == len(EVERY)


def test_weights_have_the_hashes_of_the_facts() -> None:
    for name, sha256 in KNOWN.items():
        assert sha256 in {file.sha256 for file in CATALOG.get(name).files}


def test_profiles_name_a_model_of_each_kind() -> None:
    assert set(CATALOG.profiles) == {"default", "small", "tiny"}
    for name in CATALOG.profiles:
        assert [entry.kind for entry in CATALOG.of_profile(name)] == [
            "stt",
            "turn",
            "meaning",
            "llm",
            "voice",
        ]


def test_every_profile_hears_when_the_speaker_has_finished() -> None:
    assert {profile.turn for profile in CATALOG.profiles.values()} == {"smart-turn-v3.2"}


def test_voices_speak_at_least_ten_languages_and_say_where_they_come_from() -> None:
    assert len({code for voice in CATALOG.voices.values() for code in voice.languages}) >= 10
    assert all(voice.lineage for voice in CATALOG.voices.values())


def test_no_voice_fine_tuned_from_lessac_is_free_for_business() -> None:
    heirs = [voice for voice in CATALOG.voices.values() if "fine-tuned from en_US-lessac" in voice.lineage]
    assert "en_US-joe-medium" in {voice.id for voice in heirs}
    assert all(voice.commercial != "yes" for voice in heirs)


def test_anything_but_a_plain_yes_is_explained() -> None:
    for entry in EVERY:
        assert (
            entry.commercial == "yes" or entry.note or entry.lineage or entry.licence.startswith("CC-BY-NC")
        )


def test_ids_are_found_whatever_their_case() -> None:
    assert CATALOG.get("EN_us-Joe-Medium").id == "en_US-joe-medium"
    assert CATALOG.get("Whisper-Base").id == "whisper-base"


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(
        Problem, match=r"no model or voice is called 'wisper-base'. Did you mean whisper-base\?"
    ):
        CATALOG.get("wisper-base")


def test_an_unknown_profile_is_answered_with_the_known() -> None:
    with pytest.raises(Problem, match=r"there is no profile 'huge'\. Profiles: default, small, tiny"):
        CATALOG.of_profile("huge")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("models = [", "not valid TOML"),
        ("[models.x]\nkind = 'llm'", "entry x is malformed: 'description'"),
        ("[models.x]\nkind = 'cat'", "kind is 'cat', not one of stt, llm"),
    ],
)
def test_a_malformed_catalog_is_named(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/catalog.toml").write_text(text)
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices/catalog.toml").write_text("")
    monkeypatch.setattr(entries, "CHECKOUT", tmp_path)
    with pytest.raises(Problem, match=message):
        load_catalog()


def test_a_missing_catalog_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "CHECKOUT", tmp_path)
    with pytest.raises(Problem, match="the models catalog is missing"):
        load_catalog()
