"""The advisor: how work is parted, what is predicted from it, and what is said of it."""

from __future__ import annotations

import io
import json
import os

import pytest
from rich.console import Console

from voiceslm.bench.advice.measure import Costs, half_a_core, read_speed, with_threads
from voiceslm.bench.advice.model import BOARDS, Board, Stages, Work, predict, split
from voiceslm.bench.advice.report import Check, Report
from voiceslm.bench.advice.run import run
from voiceslm.config import Settings
from voiceslm.conversation.floor import PAUSE
from voiceslm.daemon.doctor.profiles import Speeds, recommend
from voiceslm.errors import Problem

HERE = Board(1.0, 1.0, 2)
COSTS = Costs(
    threads=2,
    alone=Speeds(stt=0.2, prompt=0.5, token=0.05, voice=0.12),
    together=Speeds(stt=0.2, prompt=0.3, token=0.04, voice=0.08),
    stt_factor=0.06,
    voice_factor=0.05,
    reading=60.0,
    bandwidth=50e9,
    model_bytes=1_000_000_000,
    stt_threads=1,
)


def test_a_stage_takes_here_what_was_measured_here():
    work = split(0.5, 0.3, 2)

    assert work.seconds(HERE) == pytest.approx(0.3)
    assert work.seconds(Board(1.0, 1.0, 1)) == pytest.approx(0.5)


def test_what_does_not_get_quicker_with_threads_is_serial():
    assert split(0.2, 0.2, 2) == Work(serial=0.2, parallel=0.0, memory=0.0)


def test_what_gets_slower_with_threads_is_serial_too():
    assert split(0.2, 0.3, 2) == Work(serial=0.2, parallel=0.0, memory=0.0)


def test_what_halves_with_two_threads_is_all_parallel():
    work = split(0.4, 0.2, 2)

    assert (work.serial, work.parallel) == pytest.approx((0.0, 0.4))
    assert work.seconds(Board(1.0, 1.0, 4)) == pytest.approx(0.1)


def test_a_core_of_half_the_speed_takes_twice_as_long_for_all_but_memory():
    work = split(0.05, 0.04, 2, memory=0.02)

    assert work.seconds(Board(0.5, 1.0, 2)) == pytest.approx(0.02 + 2 * 0.02)
    assert work.seconds(Board(0.5, 0.5, 2)) == pytest.approx(2 * 0.04)
    assert work.seconds(Board(1.0, 0.25, 2)) == pytest.approx(0.02 + 4 * 0.02)


def test_memory_takes_no_more_than_the_whole():
    assert split(0.04, 0.04, 2, memory=9.0) == Work(serial=0.0, parallel=0.0, memory=0.04)


def test_with_one_core_nothing_is_known_of_threads():
    assert split(0.4, 0.4, 1) == Work(0.4, 0.0, 0.0)


def test_more_cores_do_not_help_a_whisper_of_one_thread():
    other = split(0.1, 0.1, 2)
    stages = Stages(split(0.4, 0.2, 2), prompt=other, token=other, voice=other, stt_threads=1)

    assert stages.on(Board(1.0, 1.0, 4)).stt == pytest.approx(0.4)


def test_an_answer_waits_for_the_later_of_silence_and_thought():
    quick = predict(COSTS.stages, "default", Board(8.0, 8.0, 2))
    slow = predict(COSTS.stages, "default", Board(0.5, 0.5, 2))

    assert quick.answers["default"] == 0.6
    assert quick.command == 0.35
    assert slow.command == pytest.approx(PAUSE + 0.4)
    assert slow.answers["default"] == pytest.approx(PAUSE + 2 * COSTS.together.first_sound)


def test_a_slower_machine_is_never_predicted_to_be_quicker():
    for threads in (2, 4):
        boards = [board for board in BOARDS if board.threads == threads]
        found = [predict(COSTS.stages, "default", board).answers["tiny"] for board in boards]
        assert found == sorted(found)


def test_a_slow_board_gets_a_smaller_profile():
    names = [predict(COSTS.stages, "default", board).recommended.profile for board in BOARDS[:3]]
    assert names[0] == "default"
    assert names[-1] == "tiny"


# What is said of it

REPORT = Report(
    models={"llm": "a-model"},
    profile="default",
    load=0.1,
    costs=COSTS,
    advised=recommend(COSTS.together, "default", fits={}),
    predictions=tuple(predict(COSTS.stages, "default", board) for board in BOARDS),
    checks=(Check("this machine", 0.9, (0.5, 1.0, 2.0)),),
)


def test_the_document_is_json_and_tells_by_how_much_the_check_was_missed():
    document = json.loads(json.dumps(REPORT.document(), allow_nan=False))

    assert document["checks"][0]["error"] == pytest.approx(-0.1)
    assert len(document["predicted"]) == len(BOARDS)


def test_what_is_predicted_is_called_so_wherever_it_is_shown():
    shown = io.StringIO()
    for table in REPORT.tables():
        Console(file=shown, width=200).print(table)

    assert "PREDICTED, not measured" in shown.getvalue()
    assert "## PREDICTED, not measured" in REPORT.page()


def test_the_advice_names_the_profile_and_what_was_measured():
    said = "\n".join(REPORT.remarks())

    assert "take the profile default" in said
    assert "predicted 0.90 s, measured 1.00 s (median of 3 turns): -10 %" in said


# Measuring


def test_threads_are_no_more_than_asked_for_and_whisper_keeps_its_own():
    settings = with_threads(Settings(), 4)

    assert (settings.llm.threads, settings.tts.threads, settings.stt.threads) == (4, 4, 1)


def test_memory_is_read_at_some_gigabytes_a_second():
    assert 1e8 < read_speed(1) < 1e13


def test_after_being_held_up_every_core_may_be_used_again():
    before = os.sched_getaffinity(0)

    with half_a_core():
        assert len(os.sched_getaffinity(0)) == 1

    assert os.sched_getaffinity(0) == before


def test_a_profile_that_cannot_be_compared_is_refused_before_anything_is_measured():
    with pytest.raises(Problem, match="mine"):
        run(Settings(profile="mine"))


def test_models_of_ones_own_tell_nothing_of_the_profiles():
    with pytest.raises(Problem, match="not the models of a profile"):
        run(Settings.model_validate({"llm": {"model": "/models/own.gguf"}}))
