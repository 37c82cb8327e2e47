"""Recorded turns, once more: what is compared, what is refused, and that nothing comes of it."""

from __future__ import annotations

import asyncio
import json
import os

import numpy as np
import pytest
import soundfile

from tests.daemon.resident import Engines, settings_for
from tests.daemon.test_recording import Wall, keep
from tests.fakes import FakeStt
from voiceslm.config import Settings
from voiceslm.daemon.recording import RECORD, SOUND
from voiceslm.daemon.replaying import Answer, Report, Turn, find, read, replay
from voiceslm.errors import Problem
from voiceslm.events import Route, Stage, Transcript
from voiceslm.worker import WorkerError

TIME = "What time is it?"


@pytest.fixture(autouse=True)
def engines(monkeypatch):
    return Engines().install(monkeypatch)


@pytest.fixture
def wall(tmp_path):
    return Wall(tmp_path / "turns")


@pytest.fixture
def hears(monkeypatch):
    """Say what is understood from now on."""

    def set_text(text):
        def transcribe(self, audio, *, hint=""):
            return Transcript(text, speech_seconds=1.0, window_seconds=5.0, attempts=1)

        monkeypatch.setattr(FakeStt, "transcribe", transcribe)

    return set_text


def recorded(wall, *transcripts, minutes=1):
    """Record turns in which this was said; return their folders."""
    recorder = wall.recorder()
    for number, text in enumerate(transcripts, start=1):
        keep(recorder, number, transcript=text)
        wall.now = wall.now.replace(hour=wall.now.hour + minutes // 60, minute=minutes % 60 + number)
    return find(wall.folder)


def written(wall):
    """Return when each file was last written to."""
    return {path: path.stat().st_mtime_ns for path in wall.folder.rglob("*")}


def answer(transcript=TIME, route=Route.SKILL, first_audio=500.0):
    return Answer(transcript, route, "Noon.", {Stage.FIRST_AUDIO: first_audio})


def report(*pairs):
    turns = tuple(Turn(str(place), then, now) for place, (then, now) in enumerate(pairs))
    return Report("tiny", {}, turns, ())


class TestTheComparison:
    @pytest.mark.parametrize("again", [TIME, "what time is it", "What time, is it?!"])
    def test_takes_the_same_words_for_the_same(self, again):
        assert report((answer(), answer(again))).summary.same_transcript == 1

    @pytest.mark.parametrize("again", ["What time was it?", "", "What time is it now?"])
    def test_takes_other_words_for_others(self, again):
        assert report((answer(), answer(again))).summary.same_transcript == 0

    def test_counts_the_routes(self):
        summary = report((answer(), answer()), (answer(), answer(route=Route.CHAT))).summary
        assert (summary.routed, summary.same_route) == (2, 1)

    @pytest.mark.parametrize("route", [Route.INTENT, Route.TOOLS])
    def test_does_not_ask_for_the_route_of_what_was_for_a_home(self, route):
        summary = report((answer(route=route), answer(route=Route.REFUSED))).summary
        assert (summary.turns, summary.routed, summary.same_route) == (1, 0, 0)

    def test_has_the_medians_of_the_turns_that_were_heard_both_times(self):
        times = [(100.0, 400.0), (300.0, 200.0), (500.0, 300.0), (9999.0, None), (None, 9999.0)]
        summary = report(
            *((answer(first_audio=then), answer(first_audio=now)) for then, now in times)
        ).summary
        assert (summary.first_audio_then_ms, summary.first_audio_now_ms) == (300.0, 300.0)

    def test_has_no_median_where_nothing_was_heard(self):
        summary = report((answer(first_audio=None), answer())).summary
        assert (summary.first_audio_then_ms, summary.first_audio_now_ms) == (None, None)


class TestFinding:
    def test_takes_one_turn(self, wall):
        (folder,) = recorded(wall, TIME)
        assert find(folder) == [folder]

    def test_takes_all_turns_the_oldest_first(self, wall):
        assert [path.name[-4:] for path in recorded(wall, TIME, TIME, TIME)] == ["0001", "0002", "0003"]

    def test_leaves_out_links_files_and_what_has_another_name(self, wall, tmp_path):
        folders = recorded(wall, TIME)
        (wall.folder / "2026-11-24T12-00-00-0005").symlink_to(folders[0])
        (wall.folder / "2026-11-24T12-00-00-0006").touch()
        (wall.folder / ".2026-11-24T12-00-00-0007.part").mkdir()
        (wall.folder / "holiday").mkdir()
        assert find(wall.folder) == folders

    def test_of_nothing_says_how_to_record_some(self, tmp_path):
        with pytest.raises(Problem, match="--record-turns"):
            find(tmp_path)

    def test_of_no_folder_says_why(self, tmp_path):
        with pytest.raises(Problem, match="No such file"):
            find(tmp_path / "missing")


class TestReading:
    @pytest.fixture
    def folder(self, wall):
        return recorded(wall, TIME)[0]

    def test_gives_back_what_was_recorded(self, folder):
        told, audio = read(folder)
        assert (told.turn.transcript, told.turn.route, audio.seconds) == (TIME, Route.SKILL, 1.0)

    @pytest.mark.parametrize(
        "change",
        [
            {"schema": 2},
            {"at": "yesterday"},
            {"at": "2026-11-24T12:00:00"},
            {"turn": None},
            {"turn": {"transcript": 7}},
        ],
    )
    def test_refuses_a_record_that_is_not_one(self, folder, change):
        document = json.loads((folder / RECORD).read_text())
        (folder / RECORD).write_text(json.dumps(document | change))
        with pytest.raises(Problem, match="no record of a turn"):
            read(folder)

    def test_refuses_one_that_is_cut_short(self, folder):
        text = (folder / RECORD).read_text()
        (folder / RECORD).write_text(text[: len(text) // 2])
        with pytest.raises(Problem, match="no record of a turn"):
            read(folder)

    def test_refuses_one_that_is_huge_without_reading_it_all(self, folder):
        with (folder / RECORD).open("r+b") as file:
            file.truncate(1 << 40)  # of which the disk holds nothing
        with pytest.raises(Problem, match="no record of a turn"):
            read(folder)

    def test_refuses_one_that_would_never_end(self, folder):
        (folder / RECORD).unlink()
        os.mkfifo(folder / RECORD)
        with pytest.raises(Problem, match="no record of a turn"):
            read(folder)

    def test_refuses_one_that_is_missing(self, folder):
        (folder / RECORD).unlink()
        with pytest.raises(Problem, match="No such file"):
            read(folder)

    @pytest.mark.parametrize(
        ("samples", "why"),
        [(0, "is empty"), (100, "too short"), (61 * 16_000, "too long")],
    )
    def test_refuses_a_sound_that_is_no_utterance(self, folder, samples, why):
        soundfile.write(folder / SOUND, np.zeros(samples, np.int16), 16_000)
        with pytest.raises(Problem, match=why):
            read(folder)

    @pytest.mark.parametrize("size", [4, 42, 400, -1])
    def test_refuses_a_sound_that_is_cut_short(self, folder, size):
        (folder / SOUND).write_bytes((folder / SOUND).read_bytes()[:size])
        with pytest.raises(Problem, match=SOUND):
            read(folder)

    def test_refuses_a_sound_that_claims_to_last_for_days(self, folder):
        content = bytearray((folder / SOUND).read_bytes())
        content[21] |= 0x0F  # STREAMINFO's number of samples: 36 bits
        content[22:26] = b"\xff\xff\xff\xff"
        (folder / SOUND).write_bytes(content)
        with pytest.raises(Problem, match="too long"):
            read(folder)

    def test_refuses_a_sound_that_is_missing(self, folder):
        (folder / SOUND).unlink()
        with pytest.raises(Problem, match="cannot be opened"):
            read(folder)


class TestReplaying:
    async def test_compares_then_and_now(self, wall, hears):
        hears(TIME)
        folders = recorded(wall, TIME, "What time was it?")
        result = await replay(Settings(), folders)
        assert [turn.same_transcript for turn in result.turns] == [True, False]
        assert [turn.now.route for turn in result.turns] == [Route.SKILL, Route.SKILL]
        assert result.turns[0].now.timings_ms[Stage.FIRST_AUDIO] is not None
        assert result.skipped == ()

    async def test_skips_what_is_broken_and_goes_on(self, wall, hears):
        hears(TIME)
        folders = recorded(wall, TIME, TIME, TIME)
        (folders[1] / SOUND).write_bytes(b"noise")
        result = await replay(Settings(), folders)
        assert [turn.name for turn in result.turns] == [folders[0].name, folders[2].name]
        assert [(one.name, "cannot be read as sound" in one.why) for one in result.skipped] == [
            (folders[1].name, True)
        ]

    async def test_skips_a_turn_in_which_an_engine_fails(self, wall, monkeypatch):
        def hangs(self, audio, *, hint=""):
            raise WorkerError("stt did not finish within 30 s")

        monkeypatch.setattr(FakeStt, "transcribe", hangs)
        result = await replay(Settings(), recorded(wall, TIME))
        assert (result.turns, result.skipped[0].why) == ((), "stt did not finish within 30 s")

    async def test_has_no_effects(self, wall, hears, state_folder):
        knocks = []
        broker = await asyncio.start_server(lambda *_: knocks.append(1), "127.0.0.1", 0)
        async with broker:
            hears("Set a timer for five minutes.")
            port = broker.sockets[0].getsockname()[1]
            folders = recorded(wall, "Set a timer for five minutes.")
            before = written(wall)
            result = await replay(settings_for(port), folders)
        assert result.turns[0].now.route is Route.SKILL
        assert knocks == []
        assert list(state_folder.iterdir()) == []
        assert written(wall) == before

    @pytest.mark.parametrize(("minutes", "remembered"), [(1, True), (60, False)])
    async def test_remembers_what_was_said_before_as_long_as_it_did_then(
        self, wall, hears, engines, minutes, remembered
    ):
        hears("Tell me about the sea.")
        await replay(Settings(), recorded(wall, "One.", "Two.", minutes=minutes))
        *_, last = engines.llm.asked
        assert (len(last) > 2) is remembered

    async def test_tells_how_far_it_is(self, wall, hears):
        hears(TIME)
        seen = []

        def progress(items):
            for item in items:
                seen.append(item)
                yield item

        folders = recorded(wall, TIME, TIME)
        await replay(Settings(), folders, progress=progress)
        assert seen == folders

    async def test_can_be_printed_as_json(self, wall, hears):
        hears(TIME)
        document = json.loads(json.dumps((await replay(Settings(), recorded(wall, TIME))).document()))
        assert document.keys() == {"profile", "models", "turns", "skipped", "summary"}
        (turn,) = document["turns"]
        assert (turn["then"]["transcript"], turn["same_transcript"]) == (TIME, True)
        assert document["summary"]["turns"] == 1
