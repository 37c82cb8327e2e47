"""The bench of knowledge: its questions, what it counts, and its parts with a small model."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

import pytest

from voiceslm.bench.home.part import Bench
from voiceslm.bench.home.sentences import CLINC_COMMANDS
from voiceslm.bench.knowledge import parts
from voiceslm.bench.knowledge.asking import by_the_model, chat_settings, desk_settings, open_settings, outcome
from voiceslm.bench.knowledge.parts import found, strangers
from voiceslm.bench.knowledge.questions import DEV, SHOP, TEST, about_the_shop, elsewhere, half, shop
from voiceslm.bench.knowledge.report import Report
from voiceslm.bench.knowledge.run import PARTS, run
from voiceslm.bench.knowledge.speed import first_sound
from voiceslm.config import Settings
from voiceslm.errors import Problem
from voiceslm.events import Ended, Route, TurnRecord
from voiceslm.knowledge import deciding, matching
from voiceslm.knowledge.judging import Asked, parsed, right
from voiceslm.knowledge.passages import sentences
from voiceslm.knowledge.reading import read

TINY = Settings(profile="tiny")


@pytest.fixture
def data(tmp_path):
    """A folder with a little of clinc150_oos."""
    (tmp_path / "text").mkdir()
    rows = [("say hello in french", "translate"), ("set a timer", "timer"), ("who made you", "who_made_you")]
    lines = [json.dumps({"text": text, "intent": intent, "split": "dev"}) for text, intent in rows]
    (tmp_path / "text" / "clinc150_oos.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


def facts():
    pack = shop()
    texts = [*(one.text for one in pack.passages), *(one.answer for one in pack.pairs)]
    return [sentence for text in texts for sentence in sentences(text)]


def value(part, measure):
    return next(row.value for row in part.rows if row.measure == measure)


# Its questions


def test_the_shop_is_large_enough_and_read_without_a_fault():
    assert len(facts()) >= 60
    assert read([SHOP])[1] == ()


def test_there_are_enough_questions_each_once():
    asked = [one.text for one in about_the_shop()]
    assert len(asked) >= 150
    assert len(set(asked)) == len(asked)
    assert all(one.accepted for one in about_the_shop())


def test_the_halves_are_fixed_and_both_large():
    halves = [half(one.text) for one in about_the_shop()]
    assert min(halves.count(DEV), halves.count(TEST)) > 80
    assert half("How much is a small service?") == half("How much is a small service?")


@pytest.mark.parametrize("one", about_the_shop(), ids=lambda one: one.text)
def test_what_stands_there_answers_it_and_little_else_does(one):
    answers = [fact for fact in facts() if right(fact, one)]
    assert 1 <= len(answers) <= 5


def test_what_is_asked_elsewhere_is_enough_and_none_of_it_is_asked_of_the_shop(speech_data):
    asked = [one.text for some in elsewhere(speech_data, 150).values() for one in some]
    assert len(asked) >= 200
    assert not set(asked) & {one.text for one in about_the_shop()}
    assert [one.text for some in elsewhere(speech_data, 150).values() for one in some] == asked


def test_commands_to_an_assistant_are_not_drawn(data):
    assert "timer" in CLINC_COMMANDS
    assert {one.text for one in elsewhere(data, 9)["clinc150_oos"]} == {"say hello in french", "who made you"}


# What it counts


def record(route, detail, reply="Free."):
    return TurnRecord(1, "", reply, route, detail, (), {}, "", Ended.FINISHED, None, None, ("shop.md",))


@pytest.mark.parametrize(
    ("route", "detail", "way"),
    [
        (Route.KNOWLEDGE, "quote", "quote"),
        (Route.REFUSED, "out of scope", "refused"),
        (Route.SKILL, "time", "skill"),
    ],
)
def test_an_outcome_names_the_way(route, detail, way):
    found = outcome(Asked("What is it?", parsed("free")), record(route, detail))
    assert (found.way, found.source, found.good) == (way, "shop.md", way != "refused")


def test_the_model_is_asked_everything_only_for_a_while():
    def thresholds():
        return deciding.CLEAR, matching.ALIKE

    before = thresholds()
    with by_the_model():
        assert min(thresholds()) > 1000
    assert thresholds() == before


def test_the_desk_knows_the_shop_and_the_chat_nothing():
    desk = desk_settings(TINY).knowledge
    assert (desk.paths, desk.scope) == ([str(SHOP)], "strict")
    assert open_settings(TINY, 7).knowledge.prompt_tokens == 7
    assert chat_settings(desk_settings(TINY)).knowledge.paths == []


async def test_a_first_sound_is_all_that_is_waited_for():
    class Conversation:
        ended = False

        async def ask(self, text, play):
            await play(text)
            try:
                await asyncio.sleep(60)
            finally:
                self.ended = True

    conversation = Conversation()
    assert await first_sound(cast("Any", conversation), "Open?") < 10_000
    assert conversation.ended


# Its parts


async def test_what_is_found_is_measured_without_a_model(data):
    part = await found(Bench(TINY, data))
    assert value(part, "the answer stands in what is found") > 80
    assert value(part, "time to decide, p95") < 100


async def test_a_desk_with_a_small_model_refuses_what_nobody_wrote(tiny_llm, data, monkeypatch):
    monkeypatch.setattr(parts, "QUICK_ELSEWHERE", 2)
    part = await strangers(Bench(TINY, data, quick=True))
    assert value(part, "clinc150_oos: refused") == 100
    assert {row.measure for row in part.rows} >= {"invented facts", "all: refused"}


async def test_a_report_has_a_part_and_a_page(data):
    seen = list[Report]()
    report = await run(TINY, only=["found"], data=data, done=seen.append)
    assert seen == [report]
    assert report.page().startswith("# Knowledge, measured")
    assert report.table().title == "knowledge"


async def test_an_unknown_part_is_named(data):
    with pytest.raises(Problem, match="there is no part 'sky'"):
        await run(TINY, only=["sky"], data=data)
    assert {"desk", "prefix", "retrieve", "elsewhere", "speed"} < PARTS.keys()
