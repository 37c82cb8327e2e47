"""From names and paths to files: what is here, half here, damaged, or one's own; never the network."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.catalog.fake_sources import entry_of, noise
from voiceslm.catalog import Catalog, Profile, State, Store, Verdict, locate, remove, resolve, verify
from voiceslm.catalog.store import MARKER, default_root
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from voiceslm.catalog import Entry

CONTENT = b"GGUF" + noise(5000)


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> Entry:
    """A one-file language model, the only thing in the catalog."""
    entry = entry_of({"weights.gguf": CONTENT})
    catalog = Catalog({entry.id: entry}, {}, {"default": Profile("default", "", "", "", entry.id, "", "")})
    monkeypatch.setattr(locate, "load_catalog", lambda: catalog)
    return entry


@pytest.fixture
def placed(entry: Entry, store: Store) -> Path:
    """Its file, put there by hand: right, but never hashed here."""
    path = store.path(entry, entry.files[0])
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def read_only(placed: Path) -> Iterator[Path]:
    """The model's folder on a read-only mount, which stops even root."""
    folder = placed.parent
    if os.geteuid() != 0:
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    for options in (["--bind", folder], ["-o", "remount,bind,ro"]):
        mounted = subprocess.run(["mount", *options, folder], check=False, capture_output=True, text=True)
        if mounted.returncode:
            pytest.skip(f"cannot mount here: {mounted.stderr}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_an_absent_model_says_what_to_type(entry: Entry, store: Store) -> None:
    with pytest.raises(Problem) as caught:
        resolve("test-model", "llm", store)
    assert caught.value.cause == "model test-model is not on this machine"
    assert caught.value.remedy == "Type: voiceslm models pull test-model"


def test_a_model_is_found_by_name_whatever_its_case(placed: Path, store: Store) -> None:
    assert resolve("TEST-Model", "llm", store) == placed


def test_the_first_look_hashes_and_the_next_trusts_size_and_time(
    placed: Path, entry: Entry, store: Store
) -> None:
    assert store.state(entry) is State.PRESENT
    resolve("test-model", "llm", store)
    assert store.state(entry) is State.VERIFIED
    before = placed.stat()
    placed.write_bytes(CONTENT[:-1] + b"?")
    os.utime(placed, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert resolve("test-model", "llm", store) == placed, "only a rehash could see this"


def test_a_touched_file_is_hashed_again_and_sealed_again(placed: Path, entry: Entry, store: Store) -> None:
    resolve("test-model", "llm", store)
    os.utime(placed, ns=(1, 1))
    assert store.state(entry) is State.PRESENT
    resolve("test-model", "llm", store)
    assert store.state(entry) is State.VERIFIED


def test_half_a_model_is_refused(placed: Path, store: Store) -> None:
    placed.write_bytes(CONTENT[:100])
    with pytest.raises(Problem, match=r"test-model is incomplete: .*weights.gguf has 100 of 5,004 bytes"):
        resolve("test-model", "llm", store)


def test_a_wrong_hash_is_refused_with_the_remedy(placed: Path, store: Store) -> None:
    placed.write_bytes(bytes(len(CONTENT)))
    with pytest.raises(
        Problem, match=r"is damaged: .* has the wrong hash .* Type: voiceslm models pull test-model"
    ):
        resolve("test-model", "llm", store)


def test_a_marker_of_nonsense_only_costs_a_rehash(placed: Path, entry: Entry, store: Store) -> None:
    (placed.parent / MARKER).write_text('["not what it was"]')
    resolve("test-model", "llm", store)
    assert store.state(entry) is State.VERIFIED


def test_a_read_only_cache_is_read(read_only: Path, store: Store) -> None:
    assert resolve("test-model", "llm", store) == read_only / "weights.gguf"
    assert not (read_only / MARKER).exists()


def test_a_model_of_another_kind_is_refused(placed: Path, store: Store) -> None:
    with pytest.raises(Problem, match="test-model is a language model, not a voice"):
        resolve("test-model", "voice", store)


def test_an_unpinned_model_without_a_recorded_hash_is_not_trusted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = entry_of({"weights.gguf": CONTENT}, pinned=False)
    monkeypatch.setattr(locate, "load_catalog", lambda: Catalog({entry.id: entry}, {}, {}))
    store.folder(entry).mkdir(parents=True)
    store.path(entry, entry.files[0]).write_bytes(CONTENT)
    with pytest.raises(Problem, match="has no recorded hash to compare with"):
        resolve("test-model", "llm", store)
    store.seal(entry, entry.files[0], hashlib.sha256(CONTENT).hexdigest(), "c0ffee")
    assert resolve("test-model", "llm", store).is_file()


def test_nothing_but_pull_opens_a_connection(
    placed: Path, entry: Entry, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    resolve("test-model", "llm", store)
    verify(entry, store)
    with pytest.raises(Problem, match="no model or voice is called"):
        resolve("test-modell", "llm", store)
    remove(entry, store)


def test_verify_finds_a_flipped_byte_behind_an_unchanged_time(
    placed: Path, entry: Entry, store: Store
) -> None:
    assert verify(entry, store).verdict is Verdict.OK
    before = placed.stat()
    flipped = bytearray(CONTENT)
    flipped[4321] ^= 1
    placed.write_bytes(flipped)
    os.utime(placed, ns=(before.st_atime_ns, before.st_mtime_ns))
    report = verify(entry, store)
    assert report.verdict is Verdict.DAMAGED
    assert str(placed) in report.faults[0]
    assert store.state(entry) is State.PRESENT, "a pull must look at it again"


def test_verify_of_what_was_never_pulled_is_absent(entry: Entry, store: Store) -> None:
    assert verify(entry, store).verdict is Verdict.ABSENT


def test_remove_takes_files_marker_and_folder_but_nothing_else(
    placed: Path, entry: Entry, store: Store
) -> None:
    verify(entry, store)
    assert remove(entry, store) == len(CONTENT)
    assert not placed.parent.exists()
    placed.parent.mkdir()
    (placed.parent / "my own notes").write_text("keep")
    assert remove(entry, store) == 0
    assert (placed.parent / "my own notes").exists()


def test_the_store_is_the_services_cache_then_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert default_root() == tmp_path / "cache/voiceslm"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_root() == tmp_path / "home/.cache/voiceslm"
    monkeypatch.setenv("CACHE_DIRECTORY", "/var/cache/voiceslm")
    assert str(default_root()) == "/var/cache/voiceslm"


def test_a_gguf_of_ones_own_is_taken_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(CONTENT)
    assert resolve(str(path), "llm") == path


@pytest.mark.parametrize(
    ("content", "message"), [(b"PK\3\4", "it starts with b'PK"), (b"", "it starts with b''")]
)
def test_a_file_that_is_no_gguf_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(content)
    with pytest.raises(Problem, match=message):
        resolve(str(path), "llm")


def test_a_folder_is_no_gguf(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="is a folder, not a GGUF file"):
        resolve(str(tmp_path), "llm")


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"nowhere.gguf does not exist"):
        resolve(str(tmp_path / "nowhere.gguf"), "llm")


def test_a_name_that_exists_in_the_working_folder_is_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").write_bytes(CONTENT)
    monkeypatch.chdir(tmp_path)
    assert resolve("mine", "llm").name == "mine"


def test_a_whisper_folder_without_its_tokenizer_is_refused(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "vocabulary.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(Problem, match=r"not a whole CTranslate2 Whisper folder: tokenizer.json missing"):
        resolve(str(tmp_path), "stt")
    (tmp_path / "tokenizer.json").write_text("{}")
    assert resolve(str(tmp_path), "stt") == tmp_path


def test_a_voice_needs_its_description_beside_it(tmp_path: Path) -> None:
    onnx, beside = tmp_path / "me.onnx", tmp_path / "me.onnx.json"
    onnx.write_bytes(b"onnx")
    with pytest.raises(Problem, match=r"me.onnx.json is missing"):
        resolve(str(onnx), "voice")
    beside.write_text("{")
    with pytest.raises(Problem, match="is not valid JSON"):
        resolve(str(onnx), "voice")
    beside.write_text("{}")
    with pytest.raises(Problem, match="does not describe a Piper voice"):
        resolve(str(onnx), "voice")
    beside.write_text(json.dumps({"audio": {"sample_rate": 22050}, "phoneme_id_map": {}}))
    assert resolve(str(onnx), "voice") == onnx


def test_an_empty_onnx_is_refused(tmp_path: Path) -> None:
    (tmp_path / "turn.onnx").touch()
    with pytest.raises(Problem, match="is not an ONNX file"):
        resolve(str(tmp_path / "turn.onnx"), "turn")
