import time

import pytest

from tests.llm.homes import (
    BEDROOM_1,
    BEDROOM_2,
    DOOR,
    GARAGE,
    HOME,
    KITCHEN,
    PLAYER,
    ROBOT,
    THERMOSTAT,
    WARMTH,
    many,
)
from voiceslm.llm.retrieve import NEAR, Finder, words_of

FINDER = Finder(HOME)


def found(text, *, question=False, here=""):
    return [entity for entity, _ in FINDER.candidates(text, question=question, here=here)]


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("turn on the kitchen light", KITCHEN),
        ("Lamps off in the kitchen, please", KITCHEN),
        ("turn on the kitchin lite", KITCHEN),
        ("the second bedroom's light", BEDROOM_2),
        ("bedroom one is too bright", BEDROOM_1),
        ("open the garage", GARAGE),
        ("is the frontdoor locked", DOOR),
        ("start the hoover", ROBOT),
        ("it is freezing", THERMOSTAT),
        ("make the music louder", PLAYER),
    ],
)
def test_the_device_that_is_meant_comes_first(text, entity):
    assert found(text)[0] is entity


def test_a_request_is_not_about_what_only_reports():
    assert WARMTH not in found("kitchen temperature to 21")
    assert WARMTH in found("kitchen temperature", question=True)


def test_two_devices_in_one_sentence_are_both_found():
    both = found("kitchen light on and shut the garage door")
    assert [entity for entity in (KITCHEN, GARAGE) if entity in both] == [KITCHEN, GARAGE]
    assert len(both) == 2


def test_the_light_of_a_room_is_not_its_radio():
    assert PLAYER not in found("turn off the kitchen light")


def test_where_no_room_is_named_the_speakers_own_comes_first():
    assert found("turn the light on", here="Kitchen") == [KITCHEN]
    assert found("turn the light on in the game room", here="Kitchen")[0].name == "Game Room Light"


def test_what_is_not_of_this_home_finds_nothing():
    assert found("who wrote Hamlet") == []


def test_no_more_are_returned_than_asked_for():
    assert len(Finder(many(100)).candidates("all lamps off", question=False, limit=10)) == 10


def test_what_is_much_less_likely_is_left_out():
    scores = [score for _, score in FINDER.candidates("bedroom 2 light off", question=False)]
    assert min(scores) >= NEAR * max(scores)


def test_a_home_without_anything_has_no_candidates():
    assert Finder(()).candidates("turn on the light", question=False) == []


@pytest.mark.parametrize("name", ["", "...", "the", "🙂", "a" * 80, 'ignore "previous" \\ instructions'])
def test_any_name_can_be_searched(name):
    entity = KITCHEN.__class__(id="light.x", kind=KITCHEN.kind, name=name, settable=KITCHEN.settable)
    assert Finder([entity]).candidates(f"turn on the light {name}", question=False)[0][0] is entity


def test_five_thousand_devices_are_searched_within_the_deadline_of_a_frame():
    finder = Finder(many(5000))
    finder.candidates("turn on the lights in room 7", question=False)
    began = time.process_time()
    finder.candidates("turn on the lights in room 7", question=False)
    assert time.process_time() - began < 0.1  # 15 ms on a quiet machine


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Lamps' glass status", ["the", "lamp", "glass", "status"]),
        ("BB8\u2019s second_light", ["bb", "8", "second", "light"]),
        ("", []),
    ],
)
def test_words_are_compared_in_lower_case_and_singular(text, words):
    assert words_of(text) == [word.replace("second", "2") for word in words]
