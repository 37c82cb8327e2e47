from __future__ import annotations

import hashlib

import pytest

from voiceslm.catalog import Entry, FileEntry, State, Store
from voiceslm.config import Settings
from voiceslm.daemon.service.models import bring, missing, wanted

BYTES = b"weights"


@pytest.fixture
def entry():
    file = FileEntry("model.bin", len(BYTES), hashlib.sha256(BYTES).hexdigest())
    return Entry("m", "llm", "", ("en",), "MIT", "yes", (file,), ("hub",))


@pytest.fixture
def source(tmp_path, entry):
    store = Store(tmp_path / "source")
    store.folder(entry).mkdir(parents=True)
    store.path(entry, entry.files[0]).write_bytes(BYTES)
    store.seal(entry, entry.files[0], hashlib.sha256(BYTES).hexdigest())
    return store


@pytest.fixture
def target(tmp_path):
    return Store(tmp_path / "target")


def test_a_verified_model_is_copied_and_verified_again(entry, source, target):
    assert bring(entry, source, target)
    assert target.state(entry) is State.VERIFIED
    copied, original = (store.path(entry, entry.files[0]).stat() for store in (target, source))
    assert copied.st_ino != original.st_ino, "systemd will give the copy to another user"


def test_a_model_that_was_not_verified_is_not_copied(entry, source, target):
    source.path(entry, entry.files[0]).write_bytes(b"WEIGHTS")
    source.unseal(entry, entry.files[0])
    assert not bring(entry, source, target)
    assert target.state(entry) is State.ABSENT


def test_half_a_model_is_replaced_by_a_whole_one(entry, source, target):
    target.folder(entry).mkdir(parents=True)
    target.path(entry, entry.files[0]).write_bytes(b"wei")
    assert missing([entry], target) == [entry]
    assert bring(entry, source, target)
    assert missing([entry], target) == []


def test_the_models_of_the_configured_profile_are_wanted_and_those_named_in_its_place():
    settings = Settings.model_validate(
        {"profile": "tiny", "stt": {"model": "whisper-base"}, "llm": {"model": "/m.gguf"}}
    )
    assert [entry.id for entry in wanted(settings)] == ["whisper-base", "smart-turn-v3.2", "en_US-joe-medium"]
