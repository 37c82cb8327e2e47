"""Pulling against the grain: wrong bytes, refused access, no room, no network, Ctrl-C. One line each, no debris."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.catalog.fake_sources import REPO, FakeServer, entry_of, noise
from voiceslm.catalog import State, Store, Verdict, WheelMember, pull, pulling, verify
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceslm.catalog import Entry

WEIGHTS = b"GGUF" + noise(300_000)
WHEEL = {"weights.gguf": (WheelMember("part-1", "1.0", "p/data.bin"),)}


def debris(store: Store, entry: Entry) -> list[Path]:
    return [path for path in store.folder(entry).rglob("*") if path.is_file()]


def refusal(entry: Entry, store: Store) -> str:
    with pytest.raises(Problem) as caught:
        pull(entry, store)
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_other_bytes_from_the_hub_are_refused_and_deleted(server: FakeServer, store: Store) -> None:
    storage = server.add_hub_file("weights.gguf", WEIGHTS)
    server.files[storage] = bytes(len(WEIGHTS))
    entry = entry_of({"weights.gguf": WEIGHTS})
    assert "the weights.gguf it serves does not have the hash it should" in refusal(entry, store)
    assert debris(store, entry) == []


def test_another_file_on_the_hub_is_refused_before_it_is_fetched(server: FakeServer, store: Store) -> None:
    storage = server.add_hub_file("weights.gguf", noise(len(WEIGHTS), seed=3))
    assert "its weights.gguf is not the one in the catalog" in refusal(
        entry_of({"weights.gguf": WEIGHTS}), store
    )
    assert server.gets(storage) == []


def test_other_bytes_from_the_index_are_refused(server: FakeServer, store: Store) -> None:
    server.add_wheel("part-1", "1.0", {"p/data.bin": bytes(len(WEIGHTS))})
    entry = entry_of({"weights.gguf": WEIGHTS}, sources=("index",), wheels=WHEEL)
    assert "does not have the hash it should" in refusal(entry, store)
    assert debris(store, entry) == []


def test_a_wheel_that_is_not_what_its_index_says_is_refused(server: FakeServer, store: Store) -> None:
    path = server.add_wheel("part-1", "1.0", {"p/data.bin": WEIGHTS})
    server.files[path] = server.files[path][:-1] + b"?"
    entry = entry_of({"weights.gguf": WEIGHTS}, sources=("index",), wheels=WHEEL)
    assert "does not have the hash the index gives" in refusal(entry, store)
    assert debris(store, entry) == []


def test_a_zip_bomb_is_not_unpacked_beyond_the_size_in_the_catalog(server: FakeServer, store: Store) -> None:
    server.add_wheel("part-1", "1.0", {"p/data.bin": bytes(50_000_000)})
    entry = entry_of({"weights.gguf": WEIGHTS}, sources=("index",), wheels=WHEEL)
    assert "it holds more bytes than the catalog says" in refusal(entry, store)
    assert debris(store, entry) == []


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"p/other.bin": b""}, "does not hold p/data.bin"),
        ({"p/data.bin": b"short"}, "has 5 of 300,004 bytes"),
    ],
)
def test_a_wheel_without_the_member_is_refused(
    members: dict[str, bytes], message: str, server: FakeServer, store: Store
) -> None:
    server.add_wheel("part-1", "1.0", members)
    entry = entry_of({"weights.gguf": WEIGHTS}, sources=("index",), wheels=WHEEL)
    assert message in refusal(entry, store)


def test_a_package_is_never_imported_nor_laid_out(server: FakeServer, store: Store, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    code = f"open({str(trap)!r}, 'w')".encode()
    server.add_wheel("part-1", "1.0", {"p/data.bin": WEIGHTS, "p/__init__.py": code, "../../evil": b"x"})
    entry = entry_of({"weights.gguf": WEIGHTS}, sources=("index",), wheels=WHEEL)
    pull(entry, store)
    assert not trap.exists()
    assert {path.name for path in debris(store, entry)} == {"weights.gguf", "verified.json"}


def test_no_wheel_of_the_version_is_said(server: FakeServer, store: Store) -> None:
    server.add_wheel("part-1", "2.0", {"p/data.bin": WEIGHTS})
    entry = entry_of({"weights.gguf": WEIGHTS}, sources=("index",), wheels=WHEEL)
    assert "no wheel of part-1 1.0" in refusal(entry, store)


@pytest.mark.parametrize("status", [401, 403])
def test_a_gated_model_says_what_to_accept_and_set(status: int, server: FakeServer, store: Store) -> None:
    server.add_hub_file("weights.gguf", WEIGHTS)
    server.status.update(dict.fromkeys(server.hub, status))
    line = refusal(entry_of({"weights.gguf": WEIGHTS}, gated=True), store)
    assert f"access refused (HTTP {status})" in line
    assert f"Accept the licence at {server.url}/{REPO}, then set HF_TOKEN" in line


def test_a_hub_that_cannot_serve_parts_is_told_so(
    server: FakeServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceslm.catalog.hub.PIECE_BYTES", 100_000)
    server.add_hub_file("weights.gguf", WEIGHTS)
    server.ranges = False
    assert "it does not serve parts of files" in refusal(entry_of({"weights.gguf": WEIGHTS}), store)


def test_the_hub_offline_by_wish_is_not_asked(
    server: FakeServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE is set). Unset HF_HUB_OFFLINE" in refusal(
        entry_of({"weights.gguf": WEIGHTS}), store
    )
    assert server.asked == []


def test_no_index_by_wish_is_said(server: FakeServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    entry = entry_of({"weights.gguf": WEIGHTS}, sources=("index",), wheels=WHEEL)
    assert "pip or uv is set to use no index" in refusal(entry, store)
    assert server.asked == []


def test_hub_and_index_unreachable_is_one_line_with_both_reasons(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    entry = entry_of({"weights.gguf": WEIGHTS}, sources=("hub", "index"), wheels=WHEEL)
    line = refusal(entry, store)
    assert "cannot pull test-model (the hub (127.0.0.1): no connection" in line
    assert "; the package index: 127.0.0.1: no connection" in line
    assert "Check the network, the proxy and the index settings" in line
    assert debris(store, entry) == []
    assert store.state(entry) is State.ABSENT


def test_too_small_a_disk_is_refused_before_the_first_byte(
    server: FakeServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = server.add_hub_file("weights.gguf", WEIGHTS)
    monkeypatch.setattr(pulling, "SPARE_BYTES", 2**60)
    line = refusal(entry_of({"weights.gguf": WEIGHTS}), store)
    assert f"no room in {store.root}: 1,152,921,50" in line
    assert "MB are free" in line
    assert server.gets(storage) == []


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"mounting a small disk needs root: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_disk_that_fills_up_on_the_way_is_named_and_the_pull_goes_on_later(
    tiny_disk: Path, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = noise(900_000)
    server.add_hub_file("weights.gguf", big)
    entry, store = entry_of({"weights.gguf": big}), Store(tiny_disk)
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(bytes(500_000))
    monkeypatch.setattr(pulling, "_check_space", lambda *_: None)  # the disk fills after the check
    line = refusal(entry, store)
    assert f"the disk is full while writing to {tiny_disk}" in line
    assert not store.path(entry, entry.files[0]).exists()
    assert store.state(entry) is State.INCOMPLETE
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=4m", tiny_disk], check=True)
    pull(entry, store)
    assert verify(entry, store).verdict is Verdict.OK


def test_a_cache_that_cannot_be_written_to_is_named(server: FakeServer, tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    line = refusal(entry_of({"weights.gguf": WEIGHTS}), Store(tmp_path / "store"))
    assert "cannot write to" in line
    assert "set XDG_CACHE_HOME to a folder that is" in line


def test_a_read_only_cache_is_named(server: FakeServer, tiny_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", tiny_disk], check=True)
    line = refusal(entry_of({"weights.gguf": WEIGHTS}), Store(tiny_disk))
    assert "Read-only file system" in line


INTERRUPTED = """
import sys
from tests.catalog.fake_sources import entry_of
from tests.catalog.test_pull_refusals import WEIGHTS
from voiceslm.catalog import Store
from voiceslm.cli import pulling
from pathlib import Path
import typer
try:
    pulling.LINE_SECONDS = 0.0
    pulling.pull_all([entry_of({"weights.gguf": WEIGHTS})], Store(Path(sys.argv[1])))
except typer.Exit as exit:
    sys.exit(exit.exit_code)
"""


def test_ctrl_c_ends_a_stalled_pull_at_once_and_the_next_goes_on(server: FakeServer, store: Store) -> None:
    storage = server.add_hub_file("weights.gguf", WEIGHTS)
    server.hold[storage] = 131_072
    command = [sys.executable, "-c", INTERRUPTED, str(store.root)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    counted = (line for line in process.stdout if line.startswith("test-model: 0 of"))
    assert next(counted)  # 65,536 bytes are on disk
    assert next(counted)  # 131,072, and no more will come
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)  # less than a read may take: nobody waits for the silent host
    assert process.returncode == 130, err
    assert "Traceback" not in out + err
    assert "interrupted: what has arrived is kept" in err
    entry = entry_of({"weights.gguf": WEIGHTS})
    assert not store.path(entry, entry.files[0]).exists()
    server.asked.clear()
    pull(entry, store)
    assert server.gets(storage)[0].headers["Range"].startswith("bytes=131072-")
    assert verify(entry, store).verdict is Verdict.OK
