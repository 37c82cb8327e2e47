"""The soak itself: what it draws, how it judges, and a short one with everything in it."""

from __future__ import annotations

import asyncio
import csv
import io
import math

import numpy as np
import pytest

from tests.conftest import model
from voiceslm.bench.soak import gauges
from voiceslm.bench.soak.gauges import Sample
from voiceslm.bench.soak.growth import growth
from voiceslm.bench.soak.hurry import Hurry
from voiceslm.bench.soak.report import Report, Taken, settled_of
from voiceslm.bench.soak.run import run
from voiceslm.bench.soak.schedule import Kind, Mishap, Turn, schedule
from voiceslm.config import Settings
from voiceslm.engines import models_of

SEED = 1
"""Of a life that holds everything in twenty turns."""

LEAST_SHARE = 60.0
"""Percent of the turns that came to what they should: one voice, heard by the smallest of models."""


def reading(turn, *, mb=700.0, descriptors=30, threads=10, tasks=20):
    return Sample(turn, float(turn), mb, mb - 200.0, mb - 300.0, descriptors, threads, tasks)


def report_of(turns, samples, **seen):
    taken = [Taken(turn, went=True, seconds=0.6) for turn in schedule(turns, 1)]
    return Report({}, 1, turns, taken=taken, samples=samples, **seen)


def row(report, beginning):
    return next(row for row in report.rows() if row.measure.startswith(beginning))


def test_the_same_seed_is_the_same_life():
    assert schedule(50, 7) == schedule(50, 7)
    assert schedule(50, 7) != schedule(50, 8)


def test_twenty_turns_hold_every_kind():
    assert {turn.kind for turn in schedule(20, 3)} == set(Kind)


def test_a_long_life_holds_every_mishap_before_and_during_turns():
    befallen = {(turn.mishap, turn.meanwhile) for turn in schedule(500, 3) if turn.mishap}

    assert befallen == {(mishap, meanwhile) for mishap in Mishap for meanwhile in (False, True)}


def test_a_longer_life_begins_like_a_shorter_one():
    assert schedule(40, 5)[:20] == schedule(20, 5)


def test_growth_is_told_a_hundred_turns_and_is_within_its_interval():
    turns = list(range(100, 1001, 10))
    noise = np.random.default_rng(1).normal(0, 0.5, len(turns))

    found = growth(turns, [700 + 0.02 * turn + more for turn, more in zip(turns, noise, strict=True)])

    assert found is not None
    assert found.low < 2.0 < found.high
    assert found.high - found.low < 0.3


def test_noise_alone_is_no_growth():
    turns = list(range(100, 1001, 10))

    found = growth(turns, np.random.default_rng(2).normal(700, 3, len(turns)).tolist())

    assert found is not None
    assert found.low < 0 < found.high


def test_two_readings_tell_of_no_growth():
    assert growth([10, 20], [700.0, 800.0]) is None


def test_the_first_hundred_turns_are_left_out_or_half_of_a_short_run():
    long, short = [reading(turn) for turn in range(0, 1001, 10)], [reading(turn) for turn in (0, 10, 20)]

    assert settled_of(long, 1000)[0].turn == 100
    assert [sample.turn for sample in settled_of(short, 20)] == [10, 20]


def test_what_is_level_is_met():
    report = report_of(300, [reading(turn, mb=900.0 if turn < 100 else 700.0) for turn in range(0, 301, 10)])

    assert [row.met for row in report.rows() if row.target] == [True] * 5


@pytest.mark.parametrize("what", ["descriptors", "threads"])
def test_one_more_of_anything_is_missed(what):
    samples = [reading(turn) for turn in range(0, 300, 10)]
    held = {"descriptors": 31, "threads": 11}[what]

    report = report_of(300, [*samples, reading(300, **{what: held})])

    missed = [row.measure for row in report.rows() if row.met is False]
    assert len(missed) == 1
    assert what.removeprefix("descriptors") in missed[0]


def test_memory_that_grows_by_more_than_one_mb_a_hundred_turns_is_missed():
    report = report_of(300, [reading(turn, mb=700 + 0.02 * turn) for turn in range(0, 301, 10)])

    found = row(report, "resident memory")
    assert found.value == pytest.approx(2.0)
    assert found.met is False


def test_exceptions_and_standstill_are_missed_and_told_in_full():
    report = report_of(20, [], exceptions=["thread x\nBoom"], stuck=["turn 3: asleep"])

    assert row(report, "exceptions").met is row(report, "stuck").met is False
    assert {"thread x\nBoom", "turn 3: asleep"} <= set(report.remarks())


def test_a_run_without_readings_has_no_verdict_on_memory():
    report = report_of(20, [])

    assert row(report, "resident memory").met is None
    assert report.document()["rows"]


def test_readings_are_written_as_a_table():
    lines = list(csv.reader(io.StringIO(report_of(20, [reading(10)]).csv())))

    assert lines == [
        ["turn", "seconds", "resident_mb", "anonymous_mb", "heap_mb", "descriptors", "threads", "tasks"],
        ["10", "10.0", "700.0", "500.0", "400.0", "30", "10", "20"],
    ]


async def test_the_gauges_see_what_is_held(tmp_path):
    before = gauges.read(1, 0.0)
    with (tmp_path / "held").open("w"):
        held = np.ones(8_000_000)
        after = gauges.read(2, 0.0)

    assert after.descriptors == before.descriptors + 1
    assert after.anonymous_mb - before.anonymous_mb == pytest.approx(held.nbytes / 1e6, abs=4)


def test_time_stands_at_the_next_frame_while_nobody_computes():
    clock = Hurry(lambda: True)
    frame = clock() + 5.0
    clock.stepped(frame)

    assert clock() == pytest.approx(frame + 0.01)


def test_time_never_runs_faster_than_life_while_somebody_computes():
    clock = Hurry(lambda: False)
    began = clock()
    clock.stepped(began + 5.0)

    assert began + 5.0 <= clock() <= began + 5.01


def test_time_never_goes_back():
    idle = [True]
    clock = Hurry(lambda: idle[0])
    clock.stepped(clock() + 5.0)
    ahead = clock()
    idle[0] = False

    assert clock() >= ahead


@pytest.mark.models
async def test_a_life_that_is_ended_early_had_everything_in_it():
    settings = Settings(profile="tiny")
    names = models_of(settings)
    for name, kind in ((names.stt, "stt"), (names.llm, "llm"), (names.voice, "voice"), (names.turn, "turn")):
        model(name, kind)

    ended: list[bool] = []

    def end(so_far):
        if len(so_far.taken) == 20 and not ended:
            ended.append(living.cancel())

    living = asyncio.create_task(run(settings, turns=1000, seed=SEED, done=end))
    report = await living

    told = "\n".join(report.remarks())
    assert not report.exceptions, told
    assert not report.stuck, told
    assert len(report.taken) == 20
    assert {one.turn.kind for one in report.taken} == set(Kind)
    assert {one.turn.mishap for one in report.taken} - {None} == set(Mishap)
    assert row(report, "turns that came to").value >= LEAST_SHARE, told
    assert not math.isnan(row(report, "turns a minute").value)


def test_the_short_life_is_short_and_whole():
    turns: list[Turn] = schedule(20, SEED)

    assert {turn.mishap for turn in turns} - {None} == set(Mishap)
