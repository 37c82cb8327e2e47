"""The bench of tuning, short of its models."""

import asyncio
import json

import pytest
from rich.console import Console

from tests.fakes import FakeLlm
from voiceslm import config
from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.home.sentences import Miss
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.bench.tune.contest import Contestant, Timed
from voiceslm.bench.tune.homes import entities_of
from voiceslm.bench.tune.part import Measure, Part
from voiceslm.bench.tune.report import Report
from voiceslm.bench.tune.run import run
from voiceslm.bench.tune.sentences import own_split, simulated
from voiceslm.errors import Problem
from voiceslm.llm import Message
from voiceslm.worker import Cancel

SHEET = Sheet("own")
BOTH = (Contestant("base", "smollm2"), Contestant("tuned", "smollm2", "home"))


def report(**rows):
    part = Part((Measure("right", rows),), {"tuned": (Miss("Lamp on", "lamp on", "none"),)}, ("a note",))
    return Report(BOTH, quick=False, parts={"own": part})


def test_a_part_that_is_not_there_is_told():
    with pytest.raises(Problem, match="no part 'nothing'"):
        run_now(only=["nothing"])


def test_an_adapter_that_is_not_there_is_told(speech_data):
    with pytest.raises(Problem, match="no adapter 'nothing'"):
        run_now(adapter="nothing")


def run_now(**more):
    return asyncio.run(run(config.Settings(), **more))


def test_before_and_after_stand_beside_each_other():
    shown = report(
        base=SHEET.share("", [True, False]),
        tuned=SHEET.share("", [True] * 9 + [False], Target(85, at_least=True)),
    )
    page = shown.page()
    assert "| own | right | 10 | 50.0 %" in page
    assert "≥ 85 % | met |" in page
    console = Console(width=200, record=True)
    console.print(shown.table())
    assert "90.0 %" in console.export_text()


def test_a_measure_that_was_not_taken_of_a_model_is_empty():
    assert "| own | right | 1 |  | 100.0 %" in report(tuned=SHEET.share("", [True])).page()


def test_what_was_missed_is_told_with_what_was_wanted():
    assert any("Lamp on" in line for line in report(tuned=SHEET.share("", [True])).remarks())


def test_the_report_can_be_written_as_json_with_nothing_measured():
    document = report(base=SHEET.share("", [])).document()
    assert json.loads(json.dumps(document))["parts"]["own"]["measures"][0]["models"]["base"]["value"] is None


def test_a_model_with_an_adapter_is_asked_briefly():
    assert [one.brief for one in BOTH] == [False, True]
    settings = BOTH[1].settings(config.Settings())
    assert (settings.llm.model, settings.llm.adapter) == ("smollm2", "home")


def test_the_first_choice_with_a_head_is_not_timed():
    timed = Timed(FakeLlm())
    for _ in range(3):
        timed.choose([Message("system", "a"), Message("user", "b")], "", Cancel())
    assert len(timed.seconds) == 2


def test_the_simulated_home_is_the_one_that_a_broker_would_tell_of():
    entities = simulated()
    assert len(entities) >= 30
    assert entities == entities_of(sample_home(30, 0))


def test_what_is_trained_on_is_none_of_what_is_judged():
    parts = own_split()
    trained = {(one.messages, one.device) for one in parts.train}
    assert len(trained) > 10_000
    assert len(parts.by_phrasing) > 300
    assert len(parts.by_device) > 300
    assert not trained & {(one.messages, one.device) for one in parts.held}
