"""Sentences that lean on what was meant before."""

from __future__ import annotations

import pytest

from tests.home.things import climate, cover, lamp, light, vacuum
from voiceslm.conversation.followup import (
    KEPT_SECONDS,
    OKAY,
    Focus,
    Meant,
    alike,
    chosen,
    spelled_out,
    takes_back,
    undone,
    wants_other,
)
from voiceslm.entities import Change, Outcome, Result
from voiceslm.events import Intent
from voiceslm.home.plan import Answer, Doubt, Plan

KITCHEN = light("kitchen light", "kitchen")
DESK = lamp("desk lamp", "office")
PLANS = tuple(Plan((Change(f"light.{name}", {"state": "on"}),)) for name in ("a", "b", "c"))
LAMPS = Doubt(
    "Do you mean …?",
    (
        ("the lamp in the kitchen", PLANS[0]),
        ("the lamp in the bedroom", PLANS[1]),
        ("the floor lamp in the bedroom", PLANS[2]),
    ),
)


class TestAnswersToWhichOne:
    @pytest.mark.parametrize(
        ("text", "index"),
        [
            ("The kitchen one.", 0),
            ("kitchen", 0),
            ("the one in the kitchen, please", 0),
            ("I mean the kitchen lamp", 0),
            ("the kitchen light", 0),
            ("the first", 0),
            ("The second one.", 1),
            ("number two", 1),
            ("the last one", 2),
            ("the floor lamp", 2),
            ("floor lamp in the bedroom", 2),
            ("no, the kitchen one", 0),
            ("either one", 0),
        ],
    )
    def test_one_is_named(self, text, index):
        assert chosen(LAMPS, text) is PLANS[index]

    @pytest.mark.parametrize(
        "text",
        [
            "the bedroom",
            "the lamp",
            "the fourth",
            "",
            "the garage",
            "turn off the kitchen fan",
            "what time is it in the kitchen",
            "a",
        ],
    )
    def test_none_or_several_or_something_else_is_no_answer(self, text):
        assert chosen(LAMPS, text) is None

    @pytest.mark.parametrize("text", ["no", "Neither.", "none of them"])
    def test_none_of_them_does_nothing(self, text):
        assert chosen(LAMPS, text) == Answer(OKAY)

    @pytest.mark.parametrize("text", ["both", "Both of them.", "all", "all of them", "yes, both"])
    def test_both_is_all_of_them(self, text):
        found = chosen(LAMPS, text)
        assert isinstance(found, Plan)
        assert [change.entity for change in found.changes] == ["light.a", "light.b", "light.c"]

    def test_both_questions_are_answered(self):
        doubt = Doubt(
            "?",
            (
                ("the kitchen lamp", Answer("It's on.", ("a",))),
                ("the hall lamp", Answer("It's off.", ("b",))),
            ),
        )
        assert chosen(doubt, "both") == Answer("It's on. It's off.", ("a", "b"))

    def test_rooms_are_named_too(self):
        doubt = Doubt("In the kitchen or upstairs?", (("in the kitchen", PLANS[0]), ("upstairs", PLANS[1])))
        assert chosen(doubt, "Upstairs.") is PLANS[1]
        assert chosen(doubt, "in the kitchen") is PLANS[0]


@pytest.mark.parametrize(
    "text",
    [
        "the other one",
        "No, the other one.",
        "I meant the other one",
        "not that one, the other one",
        "the other",
        "no, the other lamp",
        "other one",
    ],
)
def test_the_other_one_is_wanted(text):
    assert wants_other(text)


@pytest.mark.parametrize(
    "text", ["the other day", "another one", "turn on the other room", "the one in the other room"]
)
def test_others_are_not(text):
    assert not wants_other(text)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("No, I meant the bedroom.", True),
        ("not the kitchen, the bedroom", True),
        ("the bedroom too", False),
        ("no", False),
    ],
)
def test_a_correction_takes_back(text, back):
    assert takes_back(text) is back


@pytest.mark.parametrize(
    ("others", "other"),
    [
        ([lamp("lamp", "hall", id="light.b"), lamp("spot", "office", id="light.c")], ["light.b"]),
        ([lamp("spot", "office", id="light.c"), lamp("bulb", "hall", id="light.d")], ["light.c"]),
        ([lamp("bulb", "hall", id="light.d"), cover("lamp", "office")], ["light.d"]),
        ([lamp("bulb", "hall", auxiliary=True)], []),
    ],
)
def test_the_other_one_is_the_one_that_is_most_alike(others, other):
    lamp_here = lamp("lamp", "office", id="light.a")
    entities = {entity.id: entity for entity in [lamp_here, *others]}
    assert [entity.id for entity in alike(lamp_here, entities)] == other


def meant(sentence, *things, **slots):
    ids = tuple(thing.id for thing in things) if "name" in slots else ()
    return Meant(0.0, (Intent("HassTurnOn", slots, ids, sentence),), things)


NAMED = meant("turn on the kitchen light", KITCHEN, name="kitchen light")
LIGHTS = meant("turn on the lights in the kitchen", KITCHEN, DESK, area="kitchen", domain="light")
HERE = meant("turn on the lights", KITCHEN, DESK, area="office", domain="light")
DEGREES = meant("set the heating to 21 degrees", climate("heating"), name="heating")


class TestSpelledOut:
    @pytest.mark.parametrize(
        ("before", "text", "sentence"),
        [
            (NAMED, "turn it off", "turn the kitchen light off"),
            (NAMED, "turn that off", "turn the kitchen light off"),
            (NAMED, "and turn it off again", "and turn the kitchen light off again"),
            (NAMED, "make it red instead", "make the kitchen light red"),
            (NAMED, "is it on?", "is the kitchen light on?"),
            (NAMED, "the bedroom too", "turn on the bedroom light"),
            (NAMED, "and in the bedroom?", "turn on the bedroom light"),
            (NAMED, "do the same in the bedroom", "turn on the bedroom light"),
            (NAMED, "what about the desk lamp", "turn on the desk lamp"),
            (NAMED, "also turn off the fan", "turn off the fan"),
            (NAMED, "no, I meant the bedroom", "turn on the bedroom light"),
            (NAMED, "No, the desk lamp.", "turn on the desk lamp"),
            (NAMED, "not the kitchen, the bedroom", "turn on the bedroom light"),
            (NAMED, "sorry, turn off the desk lamp", "turn off the desk lamp"),
            (NAMED, "how warm is it in there", "how warm is it in the kitchen"),
            (LIGHTS, "turn them off", "turn the lights in the kitchen off"),
            (LIGHTS, "turn them off.", "turn the kitchen light off and turn the desk lamp in the office off"),
            (LIGHTS, "and the bedroom", "turn on the lights in the bedroom"),
            (HERE, "the bedroom as well", "turn on the lights in the bedroom"),
            (HERE, "upstairs too", "turn on the lights upstairs"),
            (HERE, "turn them off", "turn the lights in the office off"),
            (DEGREES, "no, 19 degrees", "set the heating to 19 degrees"),
            (DEGREES, "make it 22.5", "set the heating to 22.5 degrees"),
            (DEGREES, "I meant 20", "set the heating to 20 degrees"),
        ],
    )
    def test_what_is_left_open_is_filled(self, before, text, sentence):
        assert sentence in spelled_out(text, before)

    def test_a_thing_is_named_with_its_room_first(self):
        before = meant("turn on the lamp", lamp("lamp", "hall"), name="lamp")
        assert spelled_out("turn it off", before) == ["turn the lamp in the hall off", "turn the lamp off"]

    @pytest.mark.parametrize(
        "text",
        ["who wrote Hamlet?", "turn on that new lamp", "it's cold", "no", "tell me a story", "that's nice"],
    )
    def test_what_leans_on_nothing_stays(self, text):
        assert spelled_out(text, NAMED) == []

    def test_many_things_without_a_word_for_them_are_not_named(self):
        things = [lamp(f"lamp {number}") for number in range(6)]
        assert spelled_out("turn them off", Meant(0.0, (), tuple(things))) == []

    def test_a_question_is_leaned_on_as_well(self):
        before = Meant(0.0, (Intent("HassGetState", {}, (), "is the desk lamp on"),), (DESK,))
        assert "turn the desk lamp in the office off" in spelled_out("turn it off", before)


class TestUndone:
    def taken_back(self, entity, wants, before, result=Result.DONE):
        change = Change(entity.id, wants)
        return [dict(found.wants) for found in undone([Outcome(change, result, before)])]

    @pytest.mark.parametrize(
        ("entity", "wants", "before", "back"),
        [
            (DESK, {"state": "on"}, {"state": "off"}, {"state": "off"}),
            (KITCHEN, {"brightness": 80}, {"state": "on", "brightness": 30}, {"brightness": 30}),
            (KITCHEN, {"brightness": 80}, {"state": "off", "brightness": 30}, {"state": "off"}),
            (
                KITCHEN,
                {"color": (255, 0, 0)},
                {"state": "on", "color_temperature": 2700},
                {"color_temperature": 2700},
            ),
            (cover("blind"), {"state": "open"}, {"state": "open", "position": 40}, {"position": 40}),
            (cover("blind"), {"state": "open"}, {"state": "closing"}, {"state": "closed"}),
            (
                climate("heating"),
                {"temperature": 25},
                {"mode": "heat", "temperature": 21},
                {"temperature": 21},
            ),
            (vacuum("Robby"), {"state": "cleaning"}, {"state": "docked"}, {"state": "returning"}),
            (vacuum("Robby"), {"state": "returning"}, {"state": "cleaning"}, {"state": "cleaning"}),
        ],
    )
    def test_things_are_as_they_were(self, entity, wants, before, back):
        assert self.taken_back(entity, wants, before) == [back]

    @pytest.mark.parametrize("result", [Result.ALREADY, Result.UNAVAILABLE, Result.REFUSED, Result.OFFLINE])
    def test_what_was_not_done_is_not_taken_back(self, result):
        assert self.taken_back(DESK, {"state": "on"}, {"state": "off"}, result) == []

    def test_what_was_never_known_cannot_be_brought_back(self):
        assert self.taken_back(DESK, {"state": "on"}, {}) == []

    def test_a_deed_cannot_be_taken_back(self):
        assert undone([Outcome(Change("button.bell", deed="press"), Result.SENT, {"state": "on"})]) == ()


class TestFocus:
    def test_it_is_kept_for_a_while(self):
        focus = Focus()
        focus.set(NAMED)
        assert focus.at(KEPT_SECONDS) is NAMED
        assert focus.at(KEPT_SECONDS + 0.1) is None

    def test_it_begins_with_nothing(self):
        assert Focus().at(0.0) is None
