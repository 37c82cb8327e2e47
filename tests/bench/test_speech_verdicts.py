"""What came of spoken sentences, and what many of them amount to."""

from __future__ import annotations

import pytest

from voiceslm.bench.live.rows import Sheet
from voiceslm.bench.speech.eavesdropper import Turn
from voiceslm.bench.speech.endpoints import ending
from voiceslm.bench.speech.endpoints import rows as endpoint_rows
from voiceslm.bench.speech.verdicts import Trial, Verdict, by_group, rate, rows, verdict, word_error_rate

ON = (("lamp/set", "ON"),)
OFF = (("lamp/set", "OFF"),)


@pytest.mark.parametrize(
    ("wanted", "done", "asked", "found"),
    [
        (ON, ON, False, Verdict.RIGHT),
        (ON, OFF, False, Verdict.WRONG),
        (ON, (*ON, ("fan/set", "ON")), False, Verdict.WRONG),
        (ON, (), True, Verdict.ASKED),
        (ON, (), False, Verdict.NOTHING),
        ((), (), False, Verdict.RIGHT),
        ((), (), True, Verdict.RIGHT),
        ((), ON, False, Verdict.WRONG),
    ],
)
def test_a_sentence_is_judged_by_what_was_done(wanted, done, asked, found):
    assert verdict(wanted, done, asked=asked) is found


def trial(found, *, commands=True, condition="clean", group="people", thought=None, wrong=0, words=4):
    return Trial(condition, group, "said", "heard", wrong, words, commands, found, thought=thought)


def values(found):
    return {row.measure: (row.n, row.value) for row in found}


def test_each_condition_counts_what_was_done_right_wrong_asked_and_not():
    trials = [
        trial(Verdict.RIGHT),
        trial(Verdict.RIGHT),
        trial(Verdict.WRONG),
        trial(Verdict.ASKED),
        trial(Verdict.NOTHING, condition="noise"),
        trial(Verdict.WRONG, commands=False),
        trial(None, commands=None, group="readers"),
    ]

    found = values(rows(trials, ["clean", "noise"]))

    assert found["clean: command done, and nothing else"] == (4, 50.0)
    assert found["clean: something else done"] == (4, 25.0)
    assert found["clean: asked back"] == (4, 25.0)
    assert found["clean: nothing done"] == (4, 0.0)
    assert found["clean: done where nothing was commanded"] == (1, 100.0)
    assert found["noise: nothing done"] == (1, 100.0)
    assert not any("model" in measure for measure in found)


def test_where_the_model_was_asked_its_verdict_is_the_last():
    trials = [trial(Verdict.RIGHT), trial(Verdict.NOTHING, thought=Verdict.RIGHT), trial(Verdict.NOTHING)]

    found = values(rows(trials, ["clean"]))

    assert found["clean: command done, and nothing else"] == (3, 33.3)
    assert found["clean: command done with the model's help"] == (3, 66.7)
    assert found["clean: something else done with it"] == (3, 0.0)


def test_words_are_counted_over_all_clips_and_clips_without_a_reference_left_out():
    trials = [trial(None, wrong=3, words=3), trial(None, wrong=0, words=9), trial(None, wrong=0, words=0)]

    row = word_error_rate(Sheet("commands"), "words wrong", trials)

    assert (row.n, row.value, row.unit) == (2, 25.0, "%")
    assert row.low is not None
    assert row.high is not None
    assert row.low <= row.value <= row.high


def test_without_a_clip_there_is_no_rate():
    assert word_error_rate(Sheet("commands"), "words wrong", []).shown == "-"


def test_a_rate_that_is_nought_still_says_how_sure_that_is():
    row = rate(Sheet("overheard"), "actions an hour", 0, hours=0.5)

    assert (row.n, row.value, row.low) == (30, 0.0, 0.0)
    assert row.high == pytest.approx(3.689 / 0.5, abs=0.1)
    assert row.shown == "0.0 /h [0.0, 7.4]"


def test_a_rate_has_the_interval_of_its_count():
    row = rate(Sheet("overheard"), "turns an hour", 10, hours=2.0)

    assert row.value == 5.0
    assert (row.low, row.high) == pytest.approx((2.4, 9.2), abs=0.05)


def test_how_many_of_each_group_were_done_is_told_by_condition():
    trials = [trial(Verdict.RIGHT), trial(Verdict.WRONG), trial(Verdict.RIGHT, group="voice")]

    assert list(by_group(trials, ["clean"])) == ["clean, commands done: people 1 of 2, voice 1 of 1"]


# Endings

WORDS = [(0.5, 1.5), (2.0, 3.0)]


def test_a_turn_before_the_last_word_is_over_was_cut_off():
    cut = ending("barista/a.flac", WORDS, [Turn(1.9, "command", "a"), Turn(3.6, "likely", "b")])

    assert [turn.text for turn in cut.cut] == ["a"]
    assert (cut.set, cut.pause, cut.delay, cut.reason) == ("barista", 0.5, 0.6, "likely")


def test_one_who_is_never_taken_to_have_finished_has_no_delay():
    assert ending("barista/a.flac", [(0.5, 1.5)], []).delay is None


def test_endings_are_summed_up_with_those_who_paused_apart():
    endings = [
        ending("barista/a.flac", WORDS, [Turn(1.9, "command", "a"), Turn(3.6, "likely", "b")]),
        ending("barista/b.flac", [(0.5, 3.0)], [Turn(3.4, "command", "a")]),
        ending("home/c.flac", [(0.5, 3.0)], []),
    ]

    found = values(endpoint_rows(endings))

    assert found["cut off, all"] == (3, 33.3)
    assert found["cut off, with a pause of 0.3 s or more"] == (1, 100.0)
    assert found["cut off, home"] == (1, 0.0)
    assert found["never taken for finished"] == (3, 33.3)
    assert found["end of the last word to the turn, p50"] == (2, 0.5)
