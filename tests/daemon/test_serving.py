"""The life of the process: another configuration is taken over, one that is wrong or impossible is not."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest

from tests.daemon.resident import PATIENCE, Engines
from voiceslm.config import Home, Llm, Settings
from voiceslm.crew import Engine
from voiceslm.daemon.address import address, claimed
from voiceslm.daemon.client import call
from voiceslm.daemon.notify import Notifier
from voiceslm.daemon.onlooker import Onlooker
from voiceslm.daemon.serving import serve
from voiceslm.errors import Problem

FIRST = Settings(profile="tiny")
ELSEWHERE = FIRST.model_copy(update={"home": Home(area="attic")})
SLOWER = FIRST.model_copy(update={"llm": Llm(threads=1)})
IMPOSSIBLE = FIRST.model_copy(update={"profile": "gigantic"})


class Notes(Onlooker):
    def __init__(self):
        self.told = []

    def on_note(self, what):
        self.told.append(what)

    def on_trouble(self, what):
        self.told.append(what)


class Process:
    """The daemon as it is served, and what a test does to it."""

    def __init__(self, folder):
        self.settings: Settings | Problem = FIRST
        self.notes = Notes()
        self.reload = asyncio.Event()
        self.ready: asyncio.Queue[Settings] = asyncio.Queue()
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.bind(str(folder / "notify"))
        self._managed: list[str] = []
        asyncio.get_running_loop().add_reader(self._manager, self._manage)
        self.notifier = Notifier({"NOTIFY_SOCKET": self._manager.getsockname()})

    def read(self):
        if isinstance(self.settings, Problem):
            raise self.settings
        return self.settings

    async def serve(self):
        try:
            await serve(
                self.read,
                self.notes,
                notifier=self.notifier,
                reload=self.reload,
                ready=lambda _running, settings: self.ready.put_nowait(settings),
            )
        finally:
            asyncio.get_running_loop().remove_reader(self._manager)
            self._manager.close()

    async def next_ready(self):
        return await asyncio.wait_for(self.ready.get(), PATIENCE)

    async def told(self, words):
        async with asyncio.timeout(PATIENCE):
            while not any(words in line for line in self.notes.told):  # noqa: ASYNC110 - nobody tells of the telling
                await asyncio.sleep(0.01)

    def managed(self):
        """Return what the service manager was told, but for signs of life."""
        return [line for line in self._managed if not line.startswith(("WATCHDOG", "STATUS", "EXTEND"))]

    def _manage(self):
        self._managed.append(self._manager.recv(1000).decode())


@asynccontextmanager
async def serving(folder):
    process = Process(folder)
    task = asyncio.create_task(process.serve())
    try:
        await process.next_ready()
        yield process
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.fixture(autouse=True)
def engines(monkeypatch, tmp_path):
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    made = []
    engines = Engines().install(monkeypatch)

    def load_llm(settings, path, *, home):
        made.append(path)
        return engines.llm

    monkeypatch.setattr("voiceslm.crew.load_llm", load_llm)
    return made


def status():
    return call({"request": "status"}, PATIENCE)


async def test_another_configuration_is_taken_over_with_the_same_engines(tmp_path, engines):
    async with serving(tmp_path) as process:
        process.settings = ELSEWHERE
        process.reload.set()
        assert await process.next_ready() is ELSEWHERE
        assert (await asyncio.to_thread(status))["state"] == "asleep"
        assert len(engines) == 1


async def test_other_engines_are_loaded_where_those_are_wanted(tmp_path, engines):
    async with serving(tmp_path) as process:
        process.settings = SLOWER
        process.reload.set()
        assert await process.next_ready() is SLOWER
        assert len(engines) == 2


async def test_a_configuration_that_is_wrong_changes_nothing(tmp_path):
    async with serving(tmp_path) as process:
        began = (await asyncio.to_thread(status))["running_seconds"]
        process.settings = Problem("line 7: there is no key colour")
        process.reload.set()
        await process.told("the configuration stays as it was: line 7")
        assert (await asyncio.to_thread(status))["running_seconds"] >= began
        assert process.ready.empty()
        process.settings = ELSEWHERE
        process.reload.set()
        assert await process.next_ready() is ELSEWHERE


async def test_the_same_configuration_disturbs_nobody(tmp_path):
    async with serving(tmp_path) as process:
        process.reload.set()
        await process.told("has not changed")
        assert process.ready.empty()


async def test_a_configuration_that_is_impossible_changes_nothing(tmp_path):
    async with serving(tmp_path) as process:
        process.settings = IMPOSSIBLE
        process.reload.set()
        await process.told("stays as it was: there is no profile 'gigantic'")
        assert process.ready.empty()


async def test_a_configuration_with_which_it_cannot_start_is_taken_back(tmp_path, monkeypatch):
    left = [*Engine]

    def resolve(name, kind):
        if left:
            left.pop()
            raise Problem("nothing is here")
        return name

    async with serving(tmp_path) as process:
        monkeypatch.setattr("voiceslm.crew.resolve", resolve)
        process.settings = SLOWER
        process.reload.set()
        await process.told("back to the configuration before: nothing is here")
        assert await process.next_ready() is FIRST


async def test_the_service_manager_learns_of_each_step(tmp_path):
    async with serving(tmp_path) as process:
        process.settings = Problem("wrong")
        process.reload.set()
        await process.told("stays as it was")
        process.settings = ELSEWHERE
        process.reload.set()
        await process.next_ready()
        told = process.managed()
    assert [line.split("\n")[0] for line in told] == [
        "READY=1",
        "RELOADING=1",
        "READY=1",
        "RELOADING=1",
        "READY=1",
    ]


async def test_while_one_runs_no_other_begins(tmp_path, engines):
    with claimed(address()), pytest.raises(Problem, match="already running"):
        await Process(tmp_path).serve()
    assert engines == [], "it found out before it loaded anything"


async def test_a_configuration_that_is_wrong_from_the_start_ends_it(tmp_path):
    process = Process(tmp_path)
    process.settings = Problem("line 7: there is no key colour")
    with pytest.raises(Problem, match="no key colour"):
        await process.serve()
