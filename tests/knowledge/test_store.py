"""What was read is kept, and read again when a file has changed."""

from __future__ import annotations

import json
import os
import time

import pytest

from tests.knowledge.documents import written
from voiceslm.knowledge.store import fingerprint, load, place


@pytest.fixture
def notes(tmp_path):
    files = {"a.md": "# Dogs\n\nDogs are welcome.", "b.csv": "question,answer\nOpen?,Yes.\nx,\n"}
    return written(tmp_path / "notes", files)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def test_it_is_built_once(notes, cache):
    pack, faults, fresh = load([notes], folder=cache)
    assert (len(pack.passages), len(pack.pairs), len(faults), fresh) == (1, 1, 1, True)
    assert load([str(notes)], folder=cache) == (pack, faults, False)
    assert load([notes], folder=cache, anew=True) == (pack, faults, True)


@pytest.mark.parametrize("change", ["changed", "added", "removed", "renamed"])
def test_it_is_built_again_when_a_file_is(notes, cache, change):
    before, _, _ = load([notes], folder=cache)
    match change:
        case "changed":
            (notes / "a.md").write_text("# Dogs\n\nDogs are forbidden.")
        case "added":
            (notes / "c.md").write_text("Tea costs 2 euros.")
        case "removed":
            (notes / "b.csv").unlink()
        case "renamed":
            (notes / "b.csv").rename(notes / "c.csv")
    after, _, fresh = load([notes], folder=cache)
    assert fresh
    assert after != before


def test_a_pack_may_shrink_to_nothing(notes, cache):
    load([notes], folder=cache)
    for file in notes.iterdir():
        file.unlink()
    pack, faults, fresh = load([notes], folder=cache)
    assert (bool(pack), fresh) == (False, True)
    assert "nothing in it" in faults[0].why


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format": 1}',
        json.dumps({"format": 1, "fingerprint": "?", "pairs": 1, "passages": None, "faults": []}).encode(),
    ],
)
def test_a_broken_file_is_built_again(notes, cache, content):
    pack, _, _ = load([notes], folder=cache)
    file = place([notes], cache)
    file.write_bytes(content.replace(b'"?"', json.dumps(fingerprint([notes])).encode()))
    assert load([notes], folder=cache)[0::2] == (pack, True)
    assert load([notes], folder=cache)[2] is False


def test_a_cache_that_cannot_be_written_is_done_without(notes, tmp_path):
    (tmp_path / "file").write_text("")
    pack, _, fresh = load([notes], folder=tmp_path / "file")
    assert pack
    assert fresh


def test_what_is_kept_is_for_its_owner_only(notes, cache):
    load([notes], folder=cache)
    assert place([notes], cache).stat().st_mode & 0o077 == 0
    assert [file.name for file in cache.iterdir()] == [place([notes], cache).name]


def test_other_documents_are_kept_elsewhere(notes, cache):
    assert place([notes], cache) != place([notes / "a.md"], cache)


def test_a_fingerprint_of_a_thousand_files_costs_milliseconds(tmp_path):
    written(tmp_path, {f"{number % 20}/{number}.md": "x" for number in range(1000)})
    before = fingerprint([tmp_path])
    times = []
    for _ in range(5):
        began = time.perf_counter()
        assert fingerprint([tmp_path]) == before
        times.append(time.perf_counter() - began)
    assert min(times) < 0.1
    os.utime(tmp_path / "0" / "0.md", (1, 1))
    assert fingerprint([tmp_path]) != before
