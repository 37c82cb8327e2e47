"""What an exchange is taken to mean: answered or not, cut off or taken back, and by whose clock."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from voiceslm.bench.live import echoes, idle, noises, questions, skills, stop
from voiceslm.bench.live.answered import answered, latency
from voiceslm.bench.live.pauses import Hesitant, judged
from voiceslm.bench.live.pauses import rows as pause_rows
from voiceslm.bench.live.questions import Question, answers, typical
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.bench.live.session import Exchange, committed, reached
from voiceslm.bench.live.skills import did
from voiceslm.bench.live.sounds import Clip
from voiceslm.bench.live.timeline import Timeline
from voiceslm.bench.questions import ANSWERS, LONG, SHORT
from voiceslm.conversation.turn import TurnLog
from voiceslm.events import Ended, Route, Stage

BEGIN, END = 100.0, 102.0


def turn(number=1, *, speech_end=END, reason="likely", route=Route.CHAT, detail="", said="", **marks):
    """Return the log of a turn whose stages were reached at clock seconds ``marks``."""
    log = TurnLog(number, lambda: 0.0, started=speech_end)
    log.endpoint, log.route, log.route_detail, log.transcript = reason, route, detail, said
    for stage, at in marks.items():
        log.mark(Stage(stage), at)
    return log


def exchange(*logs, happened=None, audible=None, cut_in=False):
    """Return what was seen; of ``logs`` those of which the numbers are in ``happened`` became turns."""
    numbers = [log.number for log in logs] if happened is None else happened
    return Exchange(
        begin=BEGIN,
        end=END,
        audible=audible,
        cut_in=cut_in,
        records=tuple(log.record() for log in logs if log.number in numbers),
        logs=logs,
        works=(),
        troubles=(),
        stall_ms=3.0,
        late_ms=2.0,
    )


class TestWhenStagesWereReached:
    def test_is_told_by_the_clock_whatever_the_turn_counts_from(self):
        log = turn(speech_end=101.9, endpoint=102.5)
        assert reached(log, Stage.ENDPOINT) == pytest.approx(102.5)
        assert reached(log, Stage.AUDIBLE) is None

    def test_a_draft_that_was_never_meant_has_no_endpoint(self):
        assert committed(turn(reason="", stt=102.0)) is None
        assert committed(turn(endpoint=102.5)) == pytest.approx(102.5)


class TestAnAnswer:
    def test_counts_from_the_last_sound_of_the_user(self):
        found = answered("?", exchange(turn(speech_end=101.9, audible=102.79), audible=102.8), right=True)

        assert (found.heard_s, found.recorded_s, found.speech_end_ms) == (0.8, 0.79, -100.0)
        assert found.stages_ms["audible"] == pytest.approx(790)
        assert found.counted_s == 0.8

    @pytest.mark.parametrize(
        "seen",
        [
            exchange(),
            exchange(turn(audible=101.0), audible=102.0, cut_in=True),
            exchange(turn(), audible=None),
            exchange(turn(), audible=END + 20),
        ],
    )
    def test_that_is_missing_too_soon_or_too_late_counts_as_twelve_seconds(self, seen):
        assert answered("?", seen, right=False).counted_s == 12.0

    def test_is_that_of_the_last_turn_where_there_were_several(self):
        seen = exchange(turn(1, said="What"), turn(2, said="is it?", audible=103.0), audible=103.0)

        found = answered("?", seen, right=True)

        assert (found.transcript, found.recorded_s, found.turns) == ("is it?", 1.0, 2)

    def test_by_record_and_by_recording_is_compared(self):
        trials = [
            answered("?", exchange(turn(audible=END + at - apart), audible=END + at), right=True)
            for at, apart in ((0.8, 0.01), (0.9, 0.025), (1.0, 0.01))
        ]
        rows = {row.measure: row for row in latency(Sheet("questions"), trials, Target(0.9), Target(0.95))}

        assert rows["voice to voice, p50"].value == pytest.approx(0.9)
        assert rows["voice to voice, p50"].met is True
        assert rows["voice to voice, p95"].met is False
        assert rows["record and recording apart, median"].value == pytest.approx(10)
        assert rows["record and recording apart, most"].value == pytest.approx(25)


class TestQuestions:
    def test_there_are_enough_and_those_of_the_other_bench_are_the_first(self):
        assert len(ANSWERS) >= 36
        assert tuple(ANSWERS)[:20] == SHORT
        assert not set(LONG) & set(ANSWERS)
        for words in ANSWERS.values():
            assert words
            assert all(word == word.lower() for word in words)

    @pytest.mark.parametrize(
        ("reply", "wanted", "right"),
        [
            ("It is Canberra.", ("canberra",), True),
            ("A spider has eight legs.", ("8", "eight"), True),
            ("Eighty-eight.", ("eight",), True),
            ("Eighty.", ("eight",), False),
            ("February has twenty-nine days.", ("29", "twenty nine"), True),
            ("", ("canberra",), False),
        ],
    )
    def test_the_word_must_be_there_as_a_word(self, reply, wanted, right):
        assert answers(reply, wanted) is right

    def test_ours_and_the_chain_are_compared_question_by_question(self):
        trials = [
            Question(answered("?", exchange(turn(audible=at), audible=at), right=True), serial, "")
            for at, serial in ((102.5, 2.0), (103.0, 3.0), (104.0, 5.0))
        ]
        rows = {row.measure: row.value for row in questions.rows(trials)}

        assert rows["times faster, median"] == pytest.approx(3.0)
        assert rows["times faster, of the medians"] == pytest.approx(3.0)
        assert rows["longest stall of the event loop"] == 3.0

    def test_the_picture_is_of_the_turn_in_the_middle(self):
        def one(at):
            return Question(answered("?", exchange(turn(), audible=END + at), right=True), 3.0, "")

        slow, quick, middle = (Timeline(name, "", "", 0, 0, ()) for name in ("slow", "quick", "middle"))
        assert typical([one(0.9), one(0.5), one(0.7)], [slow, quick, middle]) is middle
        assert typical([one(0.9), one(0.5)], [None, quick]) is quick
        assert typical([], []) is None


class TestSkills:
    def test_a_request_is_done_by_its_own_skill_in_one_turn(self):
        time = turn(route=Route.SKILL, detail="time", endpoint=102.4)
        assert did(exchange(time, audible=102.5), "time")
        assert not did(exchange(time, audible=102.5), "date")
        assert not did(exchange(time, audible=None), "time")
        assert not did(exchange(turn(0), time, audible=102.5), "time")
        assert not did(exchange(), "time")

    def test_silence_is_the_answer_to_stop(self):
        silent = turn(route=Route.SKILL, detail="stop", endpoint=102.4)
        assert did(exchange(silent), "stop")
        assert not did(exchange(silent, audible=102.5), "stop")

    def test_every_request_is_among_the_commands_it_is_said_to_be(self):
        from voiceslm.intents.recognizer import Recognizer  # noqa: PLC0415

        recognizer = Recognizer("en")
        for request in skills.REQUESTS:
            intent = recognizer.recognize(request.text)
            assert intent is not None, request.text
            assert intent.name == request.intent, request.text

    def test_what_is_answered_by_silence_is_kept_apart(self):
        silent = [answered("Stop.", exchange(turn(endpoint=102.4)), right=True)]
        spoken = [answered("?", exchange(turn(audible=102.4), audible=102.4), right=True)]

        rows = {row.measure: row for row in skills.rows(spoken, silent)}

        assert rows["voice to voice, p50"].n == 1
        assert rows["answered by silence, as asked"].value == 100.0
        assert rows["the same, endpoint, p50"].value == pytest.approx(400)


class TestAPause:
    SAID = Hesitant(Clip("a.flac", np.zeros(1, np.float32), 0.0, END - BEGIN), "people", 0.6, 0.8)

    def test_that_is_waited_out_is_no_cut_off(self):
        trial = judged(self.SAID, exchange(turn(said="all of it", endpoint=102.7)))

        assert (trial.cut_off, trial.taken_back, trial.too_soon) == (False, 0, ())
        assert (trial.end_reason, trial.ended_s, trial.transcript) == ("likely", 0.7, "all of it")

    def test_in_which_a_turn_begins_that_is_taken_back_is_told_but_no_cut_off(self):
        seen = exchange(turn(1, said="half", endpoint=101.3), turn(2, endpoint=102.7), happened=[2])

        trial = judged(self.SAID, seen)

        assert (trial.cut_off, trial.taken_back) == (False, 1)
        assert trial.too_soon == (("likely", 0.5, "half"),)

    def test_in_which_a_turn_is_made_of_the_first_half_is_a_cut_off(self):
        seen = exchange(turn(1, reason="command", endpoint=101.2), turn(2, endpoint=102.7))

        trial = judged(self.SAID, seen)

        assert (trial.cut_off, trial.taken_back, trial.too_soon[0][0]) == (True, 0, "command")

    def test_into_which_the_loudspeaker_speaks_is_a_cut_off(self):
        assert judged(self.SAID, exchange(turn(endpoint=102.7), cut_in=True)).cut_off

    def test_is_counted_by_kind_and_together(self):
        good = judged(self.SAID, exchange(turn(endpoint=102.7)))
        trials = [good, good, good, replace(good, kind="phrases", cut_off=True)]

        rows = {row.measure: row for row in pause_rows(trials)}

        assert (rows["cut off, all"].value, rows["cut off, all"].met) == (25.0, False)
        assert (rows["cut off, people"].value, rows["cut off, phrases"].value) == (0.0, 100.0)
        assert rows["endpoint after the sentence, p50"].value == pytest.approx(0.7)


class TestDuringAReply:
    def test_only_what_was_heard_in_time_is_prompt(self):
        good = stop.Trial(
            word="Stop.",
            into_reply_s=1.0,
            before="nothing",
            heard=True,
            silent_after_end_s=-0.1,
            silent_after_begin_s=0.3,
            ducked_after_begin_s=0.1,
            silence_kept=True,
            understood=("Stop.",),
            knobs=(("pause", 0.2),),
        )
        trials = [
            good,
            good,
            replace(good, silent_after_end_s=0.4),
            replace(good, heard=False, silent_after_end_s=None),
        ]

        rows = {row.measure: row for row in stop.rows(trials)}

        assert (rows["heard"].value, rows["heard"].met) == (75.0, False)
        assert rows["silent within 0.2 s, of all"].value == 50.0
        assert rows["silent after the word's end, p95"].met is False

    def test_one_turn_begun_by_itself_is_one_too_many(self):
        quiet = echoes.Trial("Green.", 0.0, 50.0, Ended.FINISHED, 0, 0, 0)
        rows = {row.measure: row for row in echoes.rows([quiet, replace(quiet, own_turns=1, ducked=2)])}

        assert (rows["turns begun by itself"].value, rows["turns begun by itself"].met) == (1, False)
        assert rows["replies made softer"].value == 50.0
        assert rows["replies interrupted"].value == 0.0

    def test_replies_that_finish_are_counted_by_kind(self):
        done = noises.Trial("cough", "cough 1", -30.0, 0.5, Ended.FINISHED, 0, 1, 1)
        rows = {
            row.measure: row.value
            for row in noises.rows([done, replace(done, kind="music", ended=Ended.INTERRUPTED)])
        }

        assert (rows["replies that finish"], rows["… cough"], rows["… music"]) == (50.0, 100.0, 0.0)


def test_memory_counts_once_it_has_settled():
    paced = idle.Minute("room noise", paced=True, seconds=20.0, cpu_seconds=0.5, resident_mb=1000.0)
    minutes = [
        replace(paced, paced=False, seconds=60.0, cpu_seconds=1.2, resident_mb=mb)
        for mb in (*[1050.0] * 10, *(1060 + n * 0.1 for n in range(50)))
    ]

    rows = {row.measure: row for row in idle.rows([paced, *minutes])}

    assert rows["processor at its own pace, room noise"].value == pytest.approx(2.5)
    assert rows["processor, a minute of room noise in a rush"].value == pytest.approx(2.0)
    assert rows["memory an hour, once settled"].value == pytest.approx(6.0, abs=0.01)
    assert rows["memory an hour, once settled"].met is False
