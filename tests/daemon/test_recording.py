"""Turns that are kept on disk: which, how, how long, and what is never touched."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import stat
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conversation.household import SPOKEN_PIN, living
from tests.conversation.live_room import LONG, QUESTION, SHORT, at_home, virtual
from tests.conversation.test_live_home import said
from voiceslm import __version__
from voiceslm.conversation.watcher import Watchers
from voiceslm.daemon import recording
from voiceslm.daemon.recording import QUEUE_MOST, RECORD, SOUND, Recorder, ended, expired, name_of
from voiceslm.errors import Problem
from voiceslm.events import Audio, Ended, Route, Stage, TurnRecord
from voiceslm.metrics.stalls import watch_stalls

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PATIENCE = 10.0
"""Seconds, for a thread on a busy machine."""

SECOND = Audio(np.linspace(-0.5, 0.5, 16_000, dtype=np.float32), 16_000)


def turn(number=1, transcript="What time is it?", reply="Noon."):
    return TurnRecord(
        turn=number,
        transcript=transcript,
        reply=reply,
        route=Route.SKILL,
        route_detail="time",
        actions=(),
        timings_ms=dict.fromkeys(Stage, 12.5),
        endpoint="complete",
        ended=Ended.FINISHED,
        prompt_tokens=None,
        user_tokens=None,
    )


class Wall:
    """A clock that is set by hand, and what the recorder reports."""

    def __init__(self, folder):
        self.folder, self.now, self.reports = folder, NOON, []

    def recorder(self, *, keep=DAY, most=200):
        return Recorder(
            self.folder,
            keep=keep,
            most=most,
            now=lambda: self.now,
            profile="tiny",
            models={"stt": "whisper-tiny.en"},
            report=self.reports.append,
        )

    @property
    def names(self):
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def wall(tmp_path):
    return Wall(tmp_path / "turns")


def hear(recorder, number=1, audio=SECOND, **about):
    """Let one turn be spoken and end."""
    recorder.on_utterance(number, lambda: audio)
    recorder.on_turn(turn(number, **about))


def work(recorder):
    """Do all that waits for the disk, here and now."""
    while not recorder._queue.empty():
        recorder._tell(recorder._work(recorder._queue.get_nowait()))


def keep(recorder, number=1, audio=SECOND, **about):
    hear(recorder, number, audio, **about)
    work(recorder)


async def until(condition):
    """Wait for what a thread does."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.005)


class TestATurn:
    def test_is_a_folder_named_by_time_and_number(self, wall):
        keep(wall.recorder(), 7)
        assert wall.names == ["2026-11-24T12-00-00-0007"]
        assert {path.name for path in (wall.folder / wall.names[0]).iterdir()} == {SOUND, RECORD}

    def test_has_the_sound_that_was_heard(self, wall):
        keep(wall.recorder())
        file = wall.folder / wall.names[0] / SOUND
        about = soundfile.info(file)
        samples, _ = soundfile.read(file)
        assert (about.samplerate, about.channels, about.format, about.subtype) == (
            16_000,
            1,
            "FLAC",
            "PCM_16",
        )
        assert np.abs(samples - SECOND.samples).max() < 1e-4

    def test_has_the_record(self, wall):
        keep(wall.recorder())
        document = json.loads((wall.folder / wall.names[0] / RECORD).read_text())
        told = document.pop("turn")
        assert (document.pop("schema"), document.pop("voiceslm")) == (1, __version__)
        assert document == {
            "at": "2026-11-24T12:00:00+00:00",
            "profile": "tiny",
            "models": {"stt": "whisper-tiny.en"},
            "seconds": 1.0,
        }
        assert told == {"number": 1, "endpoint": "complete", **turn().document()}

    def test_is_for_this_user_alone(self, wall):
        before = os.umask(0)
        try:
            keep(wall.recorder())
        finally:
            os.umask(before)
        folder = wall.folder / wall.names[0]
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (wall.folder, folder, *folder.iterdir())]
        assert modes == [0o700, 0o700, 0o600, 0o600]

    def test_is_named_by_utc_wherever_the_machine_is(self, wall):
        wall.now = datetime.fromisoformat("2026-11-24T23:30:00-05:00")
        keep(wall.recorder())
        assert wall.names == ["2026-11-25T04-30-00-0001"]

    def test_of_more_than_a_minute_is_cut_to_what_can_be_read_again(self, wall):
        keep(wall.recorder(), audio=Audio(np.zeros(61 * 16_000, np.float32), 16_000))
        assert soundfile.info(wall.folder / wall.names[0] / SOUND).duration == 60.0

    def test_too_loud_is_clipped_not_wrapped_around(self, wall):
        keep(wall.recorder(), audio=Audio(np.full(1600, 1.5, np.float32), 16_000))
        samples, _ = soundfile.read(wall.folder / wall.names[0] / SOUND)
        assert samples.min() > 0.99

    def test_without_words_may_be_a_secret_and_is_not_kept(self, wall):
        keep(wall.recorder(), transcript="")
        assert wall.names == []

    def test_that_nobody_spoke_in_is_not_kept(self, wall):
        recorder = wall.recorder()
        recorder.on_turn(turn(1))
        work(recorder)
        assert wall.names == []

    def test_never_gets_the_sound_of_another(self, wall):
        recorder = wall.recorder()
        recorder.on_utterance(1, lambda: SECOND)  # and the user went on with the sentence
        recorder.on_turn(turn(2))
        recorder.on_turn(turn(1))
        work(recorder)
        assert wall.names == []


class TestWhatHasExpired:
    @staticmethod
    def names(*ages):
        return [name_of(NOON - timedelta(hours=age), number) for number, age in enumerate(ages)]

    def test_is_what_is_older_than_is_wanted(self):
        names = self.names(1, 23.9, 24.1, 500)
        assert expired(names, NOON, keep=DAY, most=100) == names[2:]

    def test_is_what_is_more_than_is_wanted_the_oldest_first(self):
        names = self.names(5, 1, 4, 2, 3)
        assert set(expired(names, NOON, keep=DAY, most=3)) == {names[0], names[2]}

    def test_is_told_by_the_number_within_a_second(self):
        names = [name_of(NOON, number) for number in (9_999, 10_000, 2)]
        assert expired(names, NOON, keep=DAY, most=1) == [names[0], names[2]]

    def test_is_what_a_clock_that_was_wrong_has_dated_far_ahead(self):
        names = self.names(-23, -25, -100_000)
        assert set(expired(names, NOON, keep=DAY, most=100)) == set(names[1:])

    @pytest.mark.parametrize(
        "name",
        [
            "notes",
            "2026-11-24T12-00-00",
            "2026-11-24T12-00-00-0001.bak",
            "2026-02-31T12-00-00-0001",
            "2026-11-24T12-00-00-\u0660\u0660\u0660\u0661",
            "2026-11-24T12-00-00-0001\n",
            ".2026-11-24T12-00-00-0001.part",
        ],
    )
    def test_is_never_what_only_resembles_a_turn(self, name):
        assert ended(name) is None
        assert expired([name], NOON + 900 * DAY, keep=DAY, most=1) == []


class TestDeleting:
    def test_comes_with_the_next_turn(self, wall):
        recorder = wall.recorder()
        keep(recorder, 1)
        wall.now += timedelta(hours=25)
        keep(recorder, 2)
        assert wall.names == ["2026-11-25T13-00-00-0002"]

    def test_keeps_the_number_of_turns(self, wall):
        recorder = wall.recorder(most=3)
        for number in range(1, 8):
            wall.now += timedelta(minutes=1)
            keep(recorder, number)
        assert [name[-4:] for name in wall.names] == ["0005", "0006", "0007"]

    async def test_comes_at_the_start(self, wall):
        keep(wall.recorder())
        wall.now += 2 * DAY
        running = asyncio.create_task(wall.recorder().run())
        await until(lambda: wall.names == [])
        running.cancel()

    async def test_comes_every_hour_though_nobody_speaks(self, wall, monkeypatch):
        monkeypatch.setattr(recording, "TIDY_SECONDS", 0.01)
        keep(wall.recorder())
        running = asyncio.create_task(wall.recorder().run())
        await asyncio.sleep(0)
        wall.now += 2 * DAY
        await until(lambda: wall.names == [])
        running.cancel()

    def test_takes_away_what_a_crash_left_half_written(self, wall):
        recorder = wall.recorder()
        part = wall.folder / ".2026-11-24T11-59-00-0001.part"
        part.mkdir()
        (part / SOUND).write_bytes(b"half")
        recorder._work(None)
        assert wall.names == []

    def test_leaves_alone_what_is_not_a_turn(self, wall, tmp_path):
        recorder = wall.recorder(most=1)
        old = name_of(NOON - 9 * DAY, 1)
        precious = tmp_path / "precious"
        precious.mkdir()
        for name in (SOUND, RECORD, "diary.txt"):
            (precious / name).write_text("dear")
        (wall.folder / old).symlink_to(precious)
        (wall.folder / name_of(NOON - 9 * DAY, 2)).write_text("a file")
        (wall.folder / name_of(NOON - 9 * DAY, 3)).mkdir()  # without a record
        (wall.folder / "notes").mkdir()
        (wall.folder / "notes" / RECORD).write_text("mine")
        (wall.folder / ".keep").touch()
        before = wall.names
        assert recorder._work(None) == ""
        assert wall.names == before
        assert len(list(precious.iterdir())) == 3
        assert (wall.folder / "notes" / RECORD).read_text() == "mine"

    def test_leaves_what_somebody_put_beside_the_sound(self, wall):
        recorder = wall.recorder()
        keep(recorder)
        folder = wall.folder / wall.names[0]
        (folder / "note.txt").write_text("the lamp again")
        wall.now += 2 * DAY
        assert recorder._work(None) == ""
        assert [path.name for path in folder.iterdir()] == ["note.txt"]

    def test_deletes_a_link_and_not_what_it_leads_to(self, wall, tmp_path):
        recorder = wall.recorder()
        keep(recorder)
        folder, song = wall.folder / wall.names[0], tmp_path / "song.flac"
        song.write_text("la")
        (folder / SOUND).unlink()
        (folder / SOUND).symlink_to(song)
        wall.now += 2 * DAY
        recorder._work(None)
        assert wall.names == []
        assert song.read_text() == "la"

    def test_goes_on_after_what_cannot_be_deleted(self, wall):
        recorder = wall.recorder()
        keep(recorder, 1)
        keep(recorder, 2)
        stubborn = wall.folder / wall.names[1]
        (stubborn / SOUND).unlink()
        (stubborn / SOUND).mkdir()
        wall.now += 2 * DAY
        assert "cannot be tidied up" in recorder._work(None)
        assert wall.names == [stubborn.name]


class TestADiskThatFails:
    @pytest.fixture
    def full(self, monkeypatch):
        """Let nothing be written, until the test says otherwise."""

        def refuse(*_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr("voiceslm.daemon.recording.os.fsync", refuse)
            yield patch

    def test_is_told_of_once_and_leaves_nothing_half_written(self, wall, full):
        recorder = wall.recorder()
        for number in (1, 2, 3):
            keep(recorder, number)
        assert wall.names == []
        assert recorder.lost == 3
        assert wall.reports == [
            f"turns are not recorded: {wall.folder} cannot be written to: No space left on device"
        ]

    def test_is_told_of_again_after_it_worked(self, wall, full):
        recorder = wall.recorder()
        keep(recorder, 1)
        full.undo()
        keep(recorder, 2)
        (wall.folder / ".2026-11-24T12-00-00-0003.part").touch()
        keep(recorder, 3)
        assert [name for name in wall.names if not name.startswith(".")] == ["2026-11-24T12-00-00-0002"]
        assert len(wall.reports) == 2

    def test_says_nothing_of_what_was_said(self, wall, full):
        recorder = wall.recorder()
        keep(recorder, transcript="My secret plan.", reply="It is a fine plan.")
        assert not re.search("secret|fine", " ".join(wall.reports))

    def test_by_being_too_slow_loses_turns_and_counts_them(self, wall):
        recorder = wall.recorder()
        for number in range(QUEUE_MOST + 3):
            hear(recorder, number)
        assert recorder.lost == 3
        assert wall.reports == [f"turns are not recorded: {wall.folder} is too slow to write to"]
        work(recorder)
        assert len(wall.names) == QUEUE_MOST

    def test_by_losing_the_folder_is_told_of(self, wall):
        recorder = wall.recorder()
        wall.folder.rmdir()
        keep(recorder)
        assert len(wall.reports) == 1

    async def test_by_being_slow_does_not_hold_up_the_conversation(self, wall, monkeypatch):
        written = []

        def crawl(*_):
            time.sleep(1.0)
            written.append(1)

        monkeypatch.setattr(recording, "_write", crawl)
        recorder = wall.recorder()
        running = asyncio.create_task(recorder.run())
        async with watch_stalls() as stalls:
            hear(recorder)
            await until(lambda: written)
        running.cancel()
        assert stalls.longest_ms < 500


class TestTheFolder:
    def test_is_made_with_those_above_it(self, tmp_path):
        Wall(tmp_path / "a" / "b").recorder()
        assert (tmp_path / "a" / "b").is_dir()

    def test_may_be_given_from_home(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        Wall(Path("~/turns")).recorder()
        assert (tmp_path / "turns").is_dir()

    def test_that_is_a_file_is_refused(self, wall):
        wall.folder.write_text("")
        with pytest.raises(Problem, match="it is no folder"):
            wall.recorder()

    def test_that_cannot_be_written_to_is_refused(self):
        with pytest.raises(Problem, match="cannot be recorded"):
            Wall(Path("/proc/self")).recorder()  # where not even root makes files


class TestInTheRoom:
    @staticmethod
    def joined(home, wall):
        """Let a recorder watch; return it."""
        recorder = wall.recorder()
        home.live._watcher = Watchers(home.diary, recorder)
        return recorder

    @virtual
    async def test_what_was_said_is_kept_but_nothing_that_was_written(self, wall):
        async with at_home() as home:
            recorder = self.joined(home, wall)
            await home.live.ask(QUESTION)
            (record,) = await said(home, QUESTION)
            await home.live.say(SHORT)
            work(recorder)
        (name,) = wall.names
        kept = json.loads((wall.folder / name / RECORD).read_text())["turn"]
        assert (kept["number"], kept["transcript"], kept["reply"]) == (record.turn, QUESTION, SHORT)

    @virtual
    @pytest.mark.parametrize("spoken", [SPOKEN_PIN, "One two three four.", "Never mind."])
    async def test_nothing_is_kept_of_what_was_said_when_a_pin_was_awaited(self, wall, spoken):
        async with living() as (home, _):
            recorder = self.joined(home, wall)
            asked, _ = await said(home, "Unlock the front door.", spoken)
            work(recorder)
        assert [name[-4:] for name in wall.names] == [f"{asked.turn:04}"]
        assert spoken not in (wall.folder / wall.names[0] / RECORD).read_text()

    @virtual
    async def test_a_turn_that_is_interrupted_is_kept_with_what_was_heard_of_the_reply(self, wall):
        async with at_home(reply=LONG) as home:
            recorder = self.joined(home, wall)
            home.says(QUESTION, at=1.0)
            await home.speaking()
            home.says("Stop.", at=home.clock() + 1.0)
            record = await home.record()
            work(recorder)
        kept = json.loads((wall.folder / wall.names[0] / RECORD).read_text())["turn"]
        assert (kept["ended"], kept["reply"]) == ("interrupted", record.reply)
