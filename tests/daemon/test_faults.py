"""What cannot be done to a process from outside: engines that fail or hang, a loop that is blocked, a full disk.

Each test prints how long a fault and its end took to show (``pytest -rP``); docs/service.md has the table.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import threading
import time
from functools import partial

import pytest

from tests.audio.test_device import FakePortAudio
from tests.daemon.resident import PATIENCE, Engines, Model, running
from tests.e2e.faulty import Manager, tell
from tests.fakes import Gate
from voiceslm.audio.device import SoundDevice
from voiceslm.audio.devices import Direction
from voiceslm.config import Settings
from voiceslm.conversation import pipeline
from voiceslm.conversation.live import APOLOGY
from voiceslm.crew import FAILURES
from voiceslm.daemon import pulse, supervisor
from voiceslm.daemon import running as daemon_module
from voiceslm.daemon.health import Part
from voiceslm.daemon.notify import Notifier
from voiceslm.daemon.pulse import DEAF_SECONDS, Pulse
from voiceslm.daemon.supervisor import NOTICES
from voiceslm.daemon.times import Times
from voiceslm.errors import Problem
from voiceslm.listening.ear import Ear
from voiceslm.skills.store import FORGETFUL

SETTINGS = Settings(profile="tiny")

QUESTION = "Who wrote Hamlet?"
COMMAND = "What day is it today?"

SAVE_SECONDS = 0.5
"""Until a disk is tried again, in place of half a minute."""

SMALL = 64 * 1024
"""Bytes of a small disk."""


@pytest.fixture
def engines(monkeypatch):
    """Engines and sound that can be made to fail."""
    return Engines().install(monkeypatch)


@pytest.fixture
def hasty(monkeypatch):
    """Let whoever looks after the daemon look often."""
    monkeypatch.setattr(supervisor, "LOOK_SECONDS", 0.05)


async def becomes(diary, part, ill, since=0):
    """Wait until ``part`` is told to be ill, or well; return how much was told then."""

    def told():
        return any(who is part and bool(why) is ill for who, why in diary.health[since:])

    await diary.until(told)
    return len(diary.health)


@contextlib.asynccontextmanager
async def ends_for(words):
    """Expect that the process ends because of a problem with ``words``."""
    with pytest.raises(ExceptionGroup) as raised:
        async with asyncio.timeout(3 * PATIENCE):  # it also has to start
            yield
    (problem,) = raised.value.exceptions
    assert isinstance(problem, Problem)
    assert words in str(problem)


class Fragile(Model):
    """Fails at everything once ``fail_with`` is set."""

    def prepare(self, messages, cancel, *, words=""):
        if self.fail_with:
            raise self.fail_with
        return super().prepare(messages, cancel, words=words)


async def test_an_engine_that_fails_is_apologised_for_and_loaded_anew(engines):
    broken = engines.llm = Fragile()
    async with running(SETTINGS) as (found, diary):
        broken.fail_with, engines.llm = ValueError("bug"), Model()
        began = time.monotonic()
        assert (await found.ask(QUESTION))["reply"] == APOLOGY
        await becomes(diary, Part.LLM, ill=True)
        noticed = time.monotonic() - began
        for _ in range(FAILURES - 1):
            await found.ask(QUESTION)
        began = time.monotonic()
        await becomes(diary, Part.LLM, ill=False)
        back = time.monotonic() - began
        tell(f"an engine fails: noticed after {noticed:.1f} s, back {back:.1f} s after the third failure")
        assert (await found.ask(QUESTION))["route"] == "chat"


async def test_an_engine_that_goes_on_failing_leaves_the_others_at_work(engines):
    class Broken(Model):
        def prepare(self, messages, cancel, *, words=""):
            raise ValueError("bug")

    engines.llm = Broken(fail_with=ValueError("bug"))
    async with running(SETTINGS) as (found, diary):
        for _ in range(FAILURES + 1):
            assert (await found.ask(QUESTION))["reply"] == APOLOGY
        await becomes(diary, Part.LLM, ill=True)
        assert (await found.ask(COMMAND))["route_detail"] == "date"


async def test_an_engine_that_only_fails_to_answer_is_loaded_anew_too(engines):
    async with running(SETTINGS) as (found, _):
        broken = engines.llm
        broken.fail_with, engines.llm = ValueError("bug"), Model()
        for _ in range(FAILURES):
            assert (await found.ask(QUESTION))["reply"] == APOLOGY
            await prepares(broken)
        await prepares(engines.llm)
        assert (await found.ask(QUESTION))["route"] == "chat"


async def prepares(llm):
    """Wait until it has prepared for the next question."""
    count = len(llm.prepared)
    async with asyncio.timeout(PATIENCE):
        while len(llm.prepared) == count:  # noqa: ASYNC110 - the engine tells no one
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("hasty")
async def test_an_engine_that_hangs_is_apologised_for_and_ends_the_process(engines, monkeypatch):
    monkeypatch.setattr(pipeline, "TOKEN_DEADLINE", 0.2)
    monkeypatch.setattr("voiceslm.crew.HUNG_SECONDS", 0.5)
    engines.llm.gate = Gate()
    try:
        began = time.monotonic()
        async with ends_for("the engine llm does not come back"), running(SETTINGS) as (found, _):
            assert (await found.ask(QUESTION))["reply"] == APOLOGY
            tell(f"an engine hangs: apologised for after {time.monotonic() - began:.1f} s (deadline: 0.2 s)")
            await asyncio.Event().wait()
        tell(f"an engine hangs: the process ends after {time.monotonic() - began:.1f} s (patience: 0.5 s)")
    finally:
        engines.llm.gate.released.set()


@pytest.mark.usefixtures("hasty")
async def test_a_microphone_that_is_open_but_gives_nothing_ends_the_process(engines, monkeypatch):
    monkeypatch.setattr(pulse, "DEAF_SECONDS", 0.5)
    async with ends_for("nothing was heard of it"), running(SETTINGS):
        engines.sound.flows = False
        await asyncio.Event().wait()


@pytest.mark.usefixtures("hasty")
async def test_an_audio_thread_that_hangs_ends_the_process_and_does_not_hold_that_up(engines, monkeypatch):
    portaudio, stuck, ended = FakePortAudio(), Gate(), threading.Event()
    driver = threading.Thread(target=portaudio.drive, args=(ended,))
    sound = partial(SoundDevice, portaudio=lambda: portaudio)
    monkeypatch.setattr("voiceslm.audio.device.SoundDevice", sound)
    monkeypatch.setattr(pulse, "DEAF_SECONDS", 0.5)
    driver.start()
    try:
        async with ends_for("nothing was heard of it"), running(SETTINGS) as (found, _):
            await frames_come(found)
            monkeypatch.setattr(Ear, "hear", lambda *_: stuck.pass_through())
            began = time.monotonic()
            await asyncio.Event().wait()
        tell(
            f"the audio thread hangs: the process ends after {time.monotonic() - began:.1f} s (patience: 0.5 s)"
        )
    finally:
        stuck.released.set()
        ended.set()
        driver.join()


async def frames_come(found):
    """Wait until the listener has heard something."""
    async with asyncio.timeout(PATIENCE):
        while not found.frames:  # noqa: ASYNC110 - the audio thread tells no one
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("hasty")
async def test_a_microphone_that_is_known_to_be_gone_ends_nothing(engines, monkeypatch):
    monkeypatch.setattr(pulse, "DEAF_SECONDS", 0.2)
    async with running(SETTINGS) as (_, diary):
        engines.sound.flows, engines.sound.ill[Direction.INPUT] = False, "it has gone"
        await becomes(diary, Part.MICROPHONE, ill=True)
        await asyncio.sleep(0.5)
        engines.sound.flows, engines.sound.ill[Direction.INPUT] = True, ""
        await becomes(diary, Part.MICROPHONE, ill=False)


@pytest.mark.usefixtures("hasty")
async def test_of_a_lost_microphone_is_spoken_once_in_a_life(engines, monkeypatch):
    monkeypatch.setattr(supervisor, "NOTICE_SECONDS", 0.2)
    async with running(SETTINGS) as (_, diary):
        for _ in range(2):
            since = len(diary.health)
            engines.sound.ill[Direction.INPUT] = "it has gone"
            since = await becomes(diary, Part.MICROPHONE, ill=True, since=since)
            await asyncio.sleep(1.0)
            engines.sound.ill[Direction.INPUT] = ""
            await becomes(diary, Part.MICROPHONE, ill=False, since=since)
    assert " ".join(engines.voice.said).count(NOTICES[Part.MICROPHONE]) == 1


@pytest.mark.usefixtures("hasty")
async def test_of_a_lost_microphone_is_spoken_once_there_is_a_loudspeaker(engines, monkeypatch):
    monkeypatch.setattr(supervisor, "NOTICE_SECONDS", 0.2)
    async with running(SETTINGS) as (_, diary):
        engines.sound.ill = dict.fromkeys(Direction, "it has gone")
        await becomes(diary, Part.MICROPHONE, ill=True)
        await asyncio.sleep(0.5)
        assert diary.turns == []
        engines.sound.ill[Direction.OUTPUT] = ""
        await diary.until(lambda: diary.turns)
        assert diary.turns[0].reply == NOTICES[Part.MICROPHONE]


async def test_a_loop_that_is_blocked_gives_no_sign_of_life(engines, tmp_path):
    manager = Manager(tmp_path / "notify")
    try:
        async with running(SETTINGS, Notifier(manager.env)):
            await asyncio.to_thread(manager.until, "WATCHDOG")
            blocked = time.monotonic()
            time.sleep(2.0)  # noqa: ASYNC251 - the fault itself
            assert not manager.alive_since(blocked + 0.5)
            began = time.monotonic()
            count = len(manager.names("WATCHDOG"))
            await asyncio.to_thread(manager.until, "WATCHDOG", times=count + 1)
            tell(
                f"the event loop is blocked: no sign of life, and one {time.monotonic() - began:.1f} s after"
            )
    finally:
        manager.close()


@pytest.fixture
def small_disk(tmp_path, monkeypatch):
    """A state folder on a disk of 64 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "none", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    monkeypatch.setenv("STATE_DIRECTORY", str(folder))
    monkeypatch.setattr(daemon_module, "SAVE_SECONDS", SAVE_SECONDS)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=False)


class Full:
    """A disk without room."""

    def __init__(self, folder):
        self._file = folder / "full"

    def begin(self):
        with contextlib.suppress(OSError), self._file.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1024))

    def end(self):
        self._file.unlink()


class ReadOnly:
    """A disk that has been mounted to be read only, as the system does after an error."""

    def __init__(self, folder):
        self._folder = folder

    def begin(self):
        self._remount("ro")

    def end(self):
        self._remount("rw")

    def _remount(self, how):
        subprocess.run(["mount", "-o", f"remount,{how}", str(self._folder)], check=True)


async def timer(found, diary):
    """Set a timer of a second; wait until it has rung, and return what was said when it was set."""
    record = await found.ask("Set a timer for one second.")
    await diary.until(lambda: any("timer is done" in turn.reply for turn in diary.turns[-2:]))
    found.stop()
    return record["reply"]


@pytest.mark.parametrize("kind", [Full, ReadOnly])
async def test_a_disk_that_takes_nothing_at_the_start_is_told_once_and_used_once_it_does(
    engines, small_disk, kind
):
    trouble = kind(small_disk)
    trouble.begin()
    async with running(SETTINGS) as (found, diary):
        await becomes(diary, Part.STATE, ill=True)
        first, second = await timer(found, diary), await timer(found, diary)
        assert (FORGETFUL in first, FORGETFUL in second) == (True, False)
        began = time.monotonic()
        trouble.end()
        await becomes(diary, Part.STATE, ill=False)
        tell(f"a disk that takes nothing ({kind.__name__}): back after {time.monotonic() - began:.1f} s")
        assert (small_disk / "timers.json").exists()


async def test_a_disk_that_becomes_full_is_told_of_at_what_it_cannot_keep(engines, small_disk):
    full = Full(small_disk)
    async with running(SETTINGS) as (found, diary):
        assert FORGETFUL not in await timer(found, diary)
        full.begin()
        began = time.monotonic()
        await timer(found, diary)
        await becomes(diary, Part.STATE, ill=True)
        tell(f"a disk becomes full: noticed after {time.monotonic() - began:.1f} s, with what shall be kept")
        assert FORGETFUL in await timer(found, diary)
        full.end()
        await becomes(diary, Part.STATE, ill=False)


def test_time_in_which_nobody_looked_is_not_held_against_the_microphone():
    watched = Pulse(0.0)
    assert watched.failing(1.0, frames=100, excused=False, hung="") == ""
    assert watched.failing(1.0 + 2 * DEAF_SECONDS, frames=100, excused=False, hung="") == ""
    assert watched.failing(2.0 + 2 * DEAF_SECONDS, frames=100, excused=False, hung="") == ""


def test_a_microphone_that_stays_silent_while_it_is_looked_at_is_deaf():
    watched = Pulse(0.0)
    told = [watched.failing(float(second), frames=100, excused=False, hung="") for second in range(1, 18)]
    assert [second for second, why in enumerate(told, 1) if why] == [17]


BEFORE = Times(wall=1000.0, awake=50.0, since_boot=80.0)


@pytest.mark.parametrize(
    ("after", "slept", "set_by"),
    [
        (Times(1001.0, 51.0, 81.0), 0.0, 0.0),
        (Times(4601.0, 51.0, 3681.0), 3600.0, 0.0),
        (Times(4601.0, 51.0, 81.0), 0.0, 3600.0),
        (Times(401.0, 51.0, 81.0), 0.0, -600.0),
        (Times(4001.0, 51.0, 3681.0), 3600.0, -600.0),
        (Times(1001.5, 51.0, 81.5), 0.0, 0.0),
    ],
)
def test_sleep_and_a_clock_that_was_set_are_told_apart(after, slept, set_by):
    assert (BEFORE.slept(after), BEFORE.set_by(after)) == (slept, set_by)
