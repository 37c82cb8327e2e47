"""The bench from outside: what it reads off a recording, what it asks for, and a little of it with real parts."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from voiceslm import config
from voiceslm.audio import RATE
from voiceslm.audio.room import Recording
from voiceslm.bench.decisive import SECTIONS
from voiceslm.bench.home.commands import Command
from voiceslm.bench.home.homes import PREFIX
from voiceslm.bench.live.sounds import Clip
from voiceslm.bench.outside import commands, questions, starts
from voiceslm.bench.outside.chain import FRAME, FRAME_SECONDS, PRE_ROLL, SILENCE_SECONDS, VOICED, utterance
from voiceslm.bench.outside.exchange import ANSWER_SECONDS, judged
from voiceslm.bench.outside.program import at_rest, program
from voiceslm.bench.outside.run import run
from voiceslm.bench.outside.server import require
from voiceslm.bench.outside.stage import as_toml
from voiceslm.bench.outside.tape import KEPT_SECONDS, Tape
from voiceslm.config import Settings
from voiceslm.errors import Problem

QUIET, LOUD = 0.0, 0.3
TINY = Settings(profile="tiny")


def sound(*pieces):
    """Return [n] at 16 kHz: each piece is so many seconds at that level."""
    return np.concatenate([np.full(round(seconds * RATE), level, np.float32) for seconds, level in pieces])


def clip(first=0.1, last=1.1):
    return Clip("Who wrote Hamlet?", sound((first, QUIET), (last - first, LOUD), (0.2, QUIET)), first, last)


class TestExchange:
    """The user speaks from second 2.0 to 3.0 of a recording that began at clock second 100."""

    heard = sound((2.0, QUIET), (1.0, LOUD), (3.0, QUIET))

    def seen(self, played):
        return judged(Recording(100.0, self.heard, played), clip(), 101.0)

    def test_it_is_measured_from_the_last_sound_to_the_first_of_the_reply(self):
        seen = self.seen(sound((3.8, QUIET), (1.0, LOUD), (1.2, QUIET)))
        assert seen.end == pytest.approx(103.0, abs=0.011)
        assert seen.seconds == pytest.approx(0.8, abs=0.021)
        assert not seen.cut_in
        assert seen.counted == seen.seconds

    def test_no_answer_counts_as_twelve_seconds(self):
        seen = self.seen(sound((6.0, QUIET)))
        assert (seen.seconds, seen.counted) == (None, ANSWER_SECONDS)

    def test_so_does_one_that_begins_too_soon(self):
        seen = self.seen(sound((2.5, QUIET), (2.0, LOUD), (1.5, QUIET)))
        assert seen.cut_in
        assert seen.counted == ANSWER_SECONDS

    def test_what_sounded_before_it_was_said_is_no_answer(self):
        assert not self.seen(sound((0.9, LOUD), (5.1, QUIET))).cut_in

    def test_a_user_who_is_not_heard_gets_no_answer(self):
        seen = judged(Recording(100.0, sound((6.0, QUIET)), sound((6.0, LOUD))), clip(), 101.0)
        assert seen.counted == ANSWER_SECONDS

    def test_the_reply_is_what_came_after_the_end(self):
        assert len(self.seen(sound((6.0, LOUD))).reply) == pytest.approx(3 * RATE, abs=0.02 * RATE)


class TestTape:
    def fed(self, blocks, *, late=(), loud=None):
        """Return a tape of blocks of 0.1 s, the last loud on the right; they come as late as ``late`` says."""
        loud = (blocks - 1,) if loud is None else loud
        now = [50.0]
        tape = Tape(lambda: now[0])
        for index in range(blocks):
            now[0] = 50.0 + 0.1 * (index + 1) + (late[index % len(late)] if late else 0.0)
            block = np.zeros((Tape.RATE // 10, 2), np.float32)
            block[:, 1] = LOUD if index in loud else QUIET
            tape.add(block.tobytes())
        return tape

    def test_a_block_that_came_late_does_not_shift_the_clock(self):
        assert self.fed(20, late=(0.03, 0.0, 0.05)).began == pytest.approx(50.0)

    def test_what_is_asked_for_is_found_at_its_time(self):
        tape = self.fed(20)
        recording = tape.since(51.5)
        assert recording.began == pytest.approx(51.5, abs=0.11)
        assert recording.audible_from(51.5) == pytest.approx(51.9, abs=0.011)

    def test_it_says_whether_anything_sounded_lately(self):
        tape = self.fed(20)
        assert tape.sounded(51.95)
        assert not tape.sounded(52.05)
        assert not self.fed(19, loud=()).sounded(0.0)

    def test_it_forgets_what_is_long_ago_and_keeps_the_time(self):
        tape = self.fed(round(10 * KEPT_SECONDS) + 100)
        recording = tape.since(0.0)
        assert len(recording.loudspeaker) / RATE <= KEPT_SECONDS
        end = recording.began + len(recording.loudspeaker) / RATE
        assert end == pytest.approx(50.0 + KEPT_SECONDS + 10, abs=0.02)

    async def test_samples_may_come_in_pieces_that_end_anywhere(self):
        tape, stream = Tape(), asyncio.StreamReader()
        data = np.full((4800, 2), LOUD, np.float32).tobytes()
        taking = asyncio.create_task(tape.take(stream))
        for piece in (data[:10_001], data[10_001:]):
            stream.feed_data(piece)
            await asyncio.sleep(0)
        stream.feed_eof()
        await taking
        assert len(tape.since(0.0).loudspeaker) == RATE // 10


class TestProgram:
    ECHO = ("sh", "-c", "echo one; read line; echo got $line; exec sleep 60")

    async def test_a_line_is_awaited_and_what_was_asked_is_its_input(self):
        async with program("it", self.ECHO, {"PATH": "/usr/bin:/bin"}, asked=b"two\n") as running:
            first, _ = await running.until("^one$", 10.0)
            at, line = await running.until("got (.*)", 10.0, since=first)
            assert (line.group(1), at > first) == ("two", True)

    async def test_what_ends_too_soon_is_named_with_its_last_words(self):
        async with program("it", ("sh", "-c", "echo oh no"), {"PATH": "/usr/bin:/bin"}) as running:
            with pytest.raises(Problem, match="it ended: oh no"):
                await running.until("never", 10.0)

    async def test_a_line_that_does_not_come_is_a_problem(self):
        async with program("it", ("sleep", "60"), {"PATH": "/usr/bin:/bin"}) as running:
            with pytest.raises(Problem, match=r"did not say 'ready' in 0\.05 s"):
                await running.until("ready", 0.05)

    async def test_one_that_has_nothing_to_do_is_at_rest_and_one_that_ended_is_not(self):
        async with program("it", ("sleep", "60"), {"PATH": "/usr/bin:/bin"}) as running:
            await at_rest(running)
        with pytest.raises(Problem, match="it ended"):
            await running.idle()


def test_what_is_missing_is_named_with_how_to_install_it(tmp_path):
    with pytest.raises(Problem, match="no-such-program is not installed") as problem:
        require(["sh", "no-such-program"], tmp_path)
    assert "apt install" in problem.value.remedy
    (tmp_path / "99-pulse.conf").touch()
    with pytest.raises(Problem, match="no plugin"):
        require(["sh"], tmp_path)
    (tmp_path / "50-pulseaudio.conf").touch()
    require(["sh"], tmp_path)


def test_the_chain_takes_an_utterance_with_what_came_before_it_and_its_silence():
    speech = [0] * 40 + [1] * 50 + [0] * 10 + [1] * 5 + [0] * 100
    frames = (bytes([voiced]) * 2 * FRAME for voiced in speech)
    said = utterance(frames, lambda frame: bool(frame[0]))
    silence = -(-SILENCE_SECONDS // FRAME_SECONDS)
    assert len(said) == (PRE_ROLL - VOICED + 50 + 10 + 5 + silence) * FRAME


def test_the_product_gets_the_settings_that_show_in_the_figures(tmp_path):
    settings = Settings.model_validate(
        {"profile": "tiny", "llm": {"max_tokens": 77, "persona": 'Say "yes".\nÄ'}, "mqtt": {"host": "home"}}
    )
    file = tmp_path / "voiceslm.toml"
    file.write_text(as_toml(settings.model_dump(mode="json", include=SECTIONS, exclude_defaults=True)))
    read = config.load(file)
    assert (read.profile, read.llm, read.mqtt) == ("tiny", settings.llm, Settings().mqtt)


class TestCommands:
    async def test_every_fourth_is_for_a_socket_that_reports_nothing(self):
        home = commands.furnished()
        simulated = home.simulated(type("Nowhere", (), {"host": "127.0.0.1", "port": 1})())
        given = commands.chosen(home, simulated, 12)
        assert [not commands.reports(command) for command in given] == [True, False, False, False] * 3
        assert all("state_topic" not in home.discovery[topic] for topic in sockets(home))

    def test_in_each_kind_every_other_is_told_the_product_first(self):
        first = [commands.goes_first(index) for index in range(16)]
        mute = [yes for index, yes in enumerate(first) if index % commands.MUTE_SHARE == 0]
        others = [yes for index, yes in enumerate(first) if index % commands.MUTE_SHARE]
        assert sum(mute) == len(mute) / 2
        assert sum(others) == len(others) / 2

    def test_a_command_is_said_as_a_sentence(self):
        assert commands.sentence(Command("turn on the lamp", "light.lamp", {}, {})) == "Turn on the lamp."

    @pytest.mark.parametrize(
        ("seconds", "too_soon", "counted"),
        [
            (0.41234, False, 0.412),
            (None, False, 12.0),
            (-0.1, False, 12.0),
            (0.4, True, 12.0),
            (40.0, False, 12.0),
        ],
    )
    def test_what_is_missing_or_too_soon_counts_as_twelve(self, seconds, too_soon, counted):
        assert commands.counted(seconds, too_soon=too_soon) == counted

    def test_the_rows_tell_devices_that_report_from_those_that_do_not(self):
        trials = [trial(reports=True, audible_s=0.9), trial(reports=False, audible_s=0.5, chain_call_s=4.0)]
        rows = {row.measure: row for row in commands.rows(trials)}
        assert rows["to the confirmation, device without reports, p50"].value == 0.5
        assert rows["to the confirmation of what the device reports, p50"].value == 0.9
        assert rows["times faster, of the medians"].value == pytest.approx(3.5 / 0.4)


def test_questions_are_compared_in_pairs():
    asked = questions.Trial(
        "q", 0.8, cut_in=False, reply="r", right=True, chain_s=2.4, chain_reply="r", chain_right=True
    )
    rows = {row.measure: row for row in questions.rows([asked, asked])}
    assert rows["times faster, of the medians"].value == 3.0
    assert rows["times faster, of the medians"].met
    assert rows["right answer"].value == 100.0


def test_starts_are_told_by_profile():
    rows = list(starts.rows([starts.Trial("tiny", 2.0), starts.Trial("tiny", 3.0)]))
    assert [(row.measure, row.value, row.met) for row in rows] == [("tiny: to ready, p50", 2.5, True)]


async def test_an_unknown_scenario_is_refused():
    with pytest.raises(Problem, match="flying"):
        await run(TINY, only=["flying"])


@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")
async def test_a_command_is_measured_around_the_whole_process():
    """The real product and the real chain, in rooms of real sound software, with a real broker."""
    try:
        report = await run(TINY, only=["commands"], limits={"commands": 1})
    except Problem as problem:
        if "not installed" in str(problem) or "plugin" in str(problem):
            pytest.skip(str(problem))
        raise
    (one,) = report.outcomes["commands"].trials
    assert one.right
    assert 0 < one.published_s <= one.audible_s < ANSWER_SECONDS
    assert 0 < one.chain_heard_s < one.chain_call_s


def sockets(home):
    return [
        topic
        for topic in home.discovery
        if topic.startswith(f"{PREFIX}/switch/") and "radio" in str(home.discovery[topic])
    ]


def trial(**changes):
    usual: dict[str, Any] = {
        "said": "Turn on the lamp.",
        "reports": True,
        "right": True,
        "published_s": 0.4,
        "audible_s": 0.6,
        "cut_in": False,
        "chain_heard_s": 1.5,
        "chain_call_s": 3.0,
        "chain_audible_s": 3.2,
        "chain_call": "{}",
        "chain_right": True,
    }
    return commands.Trial(**(usual | changes))
