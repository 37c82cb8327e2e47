"""The figures of the single benches, as rows of the whole report; and accuracy by window."""

from __future__ import annotations

import pytest

from voiceslm.bench import stt, turn
from voiceslm.bench.score import Interval
from voiceslm.bench.wake import AS_RECORDED, AT_ALL_PITCHES, FalseAccepts, Heard, Report
from voiceslm.bench.whole import measures
from voiceslm.bench.whole.windows import WINDOWS, series
from voiceslm.bench.whole.windows import Heard as HeardWindow
from voiceslm.events import Stage


def shown(rows) -> dict[str, str]:
    return {row.measure: row.shown for row in rows}


def pair(sentences: int, ours: float, serial: float) -> turn.Pair:
    timings = {**dict.fromkeys(Stage), Stage.FIRST_AUDIO: ours}
    return turn.Pair("clip", "", "", sentences, None, None, timings, 0.0, 0.0, serial)


def test_turns_are_summed_up_by_the_length_of_their_reply():
    rows = shown(measures._turn_rows([pair(1, 500, 1500), pair(4, 500, 5000)]))

    assert rows["one sentence: times faster, of the medians"] == "3.00 times [3.00, 3.00]"
    assert rows["three sentences and more: first sound, p50"] == "500.0 ms [500.0, 500.0]"
    assert rows["three sentences and more: serial chain, p95"] == "5000.0 ms [5000.0, 5000.0]"


def test_a_ratio_of_times_is_told_as_times_faster():
    row = stt.Row(
        group="barista", clips=9, words=30, ours=0.1, plain=0.2, difference=Interval(-0.1, -0.2, 0.0),
        ours_ms=100, plain_ms=400, ours_p95_ms=1, plain_p95_ms=1, time_ratio=Interval(0.25, 0.2, 0.5), retried=0,
    )  # fmt: skip

    rows = shown(measures._stt_rows([row]))

    assert rows["barista: times faster"] == "4.00 times [2.00, 5.00]"
    assert rows["barista: slot words missed"] == "10.0 %"
    assert rows["barista: ours less plain, points"] == "-10.0 % [-20.0, 0.0]"


def test_a_wake_word_is_told_at_its_own_threshold():
    heard = tuple(
        Heard("alexa", "all synthetic", at, 10, said, 0, 0.5, 0.9) for at, said in ((0.5, 9), (0.9, 8))
    )
    false = tuple(
        FalseAccepts("alexa", group, at, 2.0, count, 0.5, 4.0)
        for group in (AS_RECORDED, AT_ALL_PITCHES)
        for at, count in ((0.5, 9), (0.9, 3))
    )

    rows = shown(measures._wake_rows(Report({"alexa": 0.9}, heard, (), false, ())))

    assert rows == {
        "alexa: missed, all synthetic": "20.0 % [10.0, 50.0]",
        "alexa: false accepts in 2.0 h without it": "3  [1, 8]",
    }


def test_windows_are_summed_up_with_and_without_the_guard():
    heard = [
        HeardWindow(window, wrong=2 - guarded, words=10, seconds=window / 100, guarded=guarded, again=guarded)
        for window in WINDOWS
        for guarded in (False, True)
        for _ in range(3)
    ]

    found = {(one["window_s"], one["guarded"]): one for one in series(heard)}

    assert len(found) == 2 * len(WINDOWS)
    assert found[8.0, False]["wrong"] == pytest.approx(0.2)
    assert found[8.0, True]["wrong"] == pytest.approx(0.1)
    assert (found[30.0, True]["mean_ms"], found[30.0, True]["again"], found[30.0, True]["clips"]) == (
        300.0,
        3,
        3,
    )
