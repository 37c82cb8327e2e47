"""The daemon is looked after: what is told, what is said, when it ends."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tests.virtual_loop import run_virtual
from voiceslm.daemon import supervisor as module
from voiceslm.daemon.health import Health, Part
from voiceslm.daemon.notify import Notifier
from voiceslm.daemon.onlooker import Onlooker
from voiceslm.daemon.pulse import DEAF_SECONDS
from voiceslm.daemon.supervisor import NOTICE_SECONDS, NOTICES, Supervisor
from voiceslm.daemon.times import Times
from voiceslm.errors import Problem

LONG = NOTICE_SECONDS + 2


class Ward:
    def __init__(self):
        self.ill = dict.fromkeys(Part, "")
        self.frames = 0
        self.flows = True
        self.excused = False
        self.hung = ""
        self.said = []
        self.conditions = []
        self.mended = 0
        self.quiet = True

    def troubles(self):
        self.frames += self.flows
        return dict(self.ill)

    def summary(self):
        return "awake"

    async def mend(self):
        self.mended += 1

    def on_health(self, part, condition):
        self.conditions.append((part, condition.why))

    async def notice(self, text):
        if not self.quiet:
            raise Problem("there was no quiet moment to say it")
        self.said.append(text)


class Notes(Onlooker):
    def __init__(self):
        self.notes = []
        self.troubles = []

    def on_note(self, what):
        self.notes.append(what)

    def on_trouble(self, what):
        self.troubles.append(what)


@asynccontextmanager
async def looked_after(monkeypatch, ward, notifier=None):
    """Let a supervisor work in virtual time; yields its task, its notes, and clocks that a test may set."""
    loop = asyncio.get_running_loop()
    shift = SimpleNamespace(wall=0.0, slept=0.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=loop.time))
    monkeypatch.setattr(
        module,
        "times",
        lambda: Times(1e9 + loop.time() + shift.wall + shift.slept, loop.time(), loop.time() + shift.slept),
    )

    def now():
        return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=loop.time())

    notes = Notes()
    supervisor = Supervisor(ward, Health(now), notifier=notifier or Notifier({}), onlooker=notes, now=now)
    task = asyncio.create_task(supervisor.run())
    try:
        yield SimpleNamespace(task=task, notes=notes.notes, troubles=notes.troubles, clocks=shift)
    finally:
        task.cancel()
        await asyncio.wait({task})


def virtual(test):
    def run(monkeypatch):
        run_virtual(test(monkeypatch))

    return run


@virtual
async def test_a_change_is_told_once_and_recovery_too(monkeypatch):
    ward = Ward()
    async with looked_after(monkeypatch, ward):
        await asyncio.sleep(5)
        ward.ill[Part.BROKER] = "nothing listens there"
        await asyncio.sleep(5)
        ward.ill[Part.BROKER] = ""
        await asyncio.sleep(5)
    assert ward.conditions == [(Part.BROKER, "nothing listens there"), (Part.BROKER, "")]


@virtual
async def test_what_lasts_is_said_once_in_a_life(monkeypatch):
    ward = Ward()
    async with looked_after(monkeypatch, ward):
        for _ in range(2):
            ward.ill[Part.MICROPHONE] = "it has gone"
            await asyncio.sleep(LONG)
            ward.ill[Part.MICROPHONE] = ""
            await asyncio.sleep(LONG)
    assert ward.said == [NOTICES[Part.MICROPHONE]]


@virtual
async def test_what_passes_is_not_worth_a_word(monkeypatch):
    ward = Ward()
    async with looked_after(monkeypatch, ward):
        ward.ill[Part.MICROPHONE] = "it has gone"
        await asyncio.sleep(NOTICE_SECONDS - 2)
        ward.ill[Part.MICROPHONE] = ""
        await asyncio.sleep(LONG)
    assert ward.said == []


@virtual
async def test_of_the_broker_nothing_is_said(monkeypatch):
    ward = Ward()
    async with looked_after(monkeypatch, ward):
        ward.ill[Part.BROKER] = "nothing listens there"
        await asyncio.sleep(LONG)
    assert ward.said == []


@virtual
async def test_a_notice_that_finds_no_quiet_moment_is_noted(monkeypatch):
    ward = Ward()
    ward.quiet = False
    async with looked_after(monkeypatch, ward) as seen:
        ward.ill[Part.LLM] = "missing"
        await asyncio.sleep(LONG)
        assert seen.troubles == ["not said: there was no quiet moment to say it"]


@virtual
async def test_what_is_missing_is_mended_all_the_time(monkeypatch):
    ward = Ward()
    async with looked_after(monkeypatch, ward):
        await asyncio.sleep(10.5)
    assert ward.mended == 10


@virtual
async def test_when_frames_stop_for_no_reason_the_process_should_end(monkeypatch):
    ward = Ward()
    async with looked_after(monkeypatch, ward) as seen:
        await asyncio.sleep(5)
        ward.flows = False
        with pytest.raises(Problem, match="nothing was heard"):
            await asyncio.wait_for(asyncio.shield(seen.task), DEAF_SECONDS + 3)


@virtual
async def test_frames_that_are_known_to_be_missing_end_nothing(monkeypatch):
    ward = Ward()
    ward.flows, ward.excused = False, True
    async with looked_after(monkeypatch, ward) as seen:
        await asyncio.sleep(3600)
        assert not seen.task.done()


@virtual
async def test_an_engine_that_hangs_ends_the_process(monkeypatch):
    ward = Ward()
    async with looked_after(monkeypatch, ward) as seen:
        ward.hung = "stt"
        with pytest.raises(Problem, match="the engine stt does not come back"):
            await asyncio.wait_for(asyncio.shield(seen.task), 3)


@virtual
async def test_sleep_and_a_clock_that_was_set_are_noted(monkeypatch):
    async with looked_after(monkeypatch, Ward()) as seen:
        await asyncio.sleep(2)
        seen.clocks.slept = 3600.0
        await asyncio.sleep(2)
        seen.clocks.wall = -120.0
        await asyncio.sleep(2)
        assert seen.notes == ["the machine slept for 3600 s", "the clock was set by -120 s"]


@virtual
async def test_the_watchdog_is_fed_and_the_status_says_what_is_ill(monkeypatch):
    ward = Ward()
    ward.ill[Part.BROKER] = "gone"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0voiceslm-supervisor-test")
        manager.settimeout(5)
        notifier = Notifier({"NOTIFY_SOCKET": "@voiceslm-supervisor-test"})
        async with looked_after(monkeypatch, ward, notifier):
            await asyncio.sleep(1.5)
        told = [manager.recv(1000) for _ in range(4)]
    assert told == [b"WATCHDOG=1", b"STATUS=awake; degraded: broker"] * 2
