"""The templates of the intents, as sentences to learn from."""

import random

from tests.llm.homes import KITCHEN
from voiceslm.entities import Kind
from voiceslm.tuning.filling import Filler
from voiceslm.tuning.intents import intent_frames
from voiceslm.tuning.wording import expand


def test_there_are_many_and_they_are_the_same_again():
    found = intent_frames()
    assert sum(len(ways) for calls in found.values() for ways in calls.values()) > 500
    intent_frames.cache_clear()
    assert intent_frames() == found


def test_a_lock_is_locked_and_a_lamp_is_turned_on():
    assert {"lock", "unlock", "get"} <= intent_frames()[Kind.LOCK].keys()
    assert {"on", "off", "brightness {percent}", "color {color}"} <= intent_frames()[Kind.LIGHT].keys()


def test_each_names_one_device_and_only_places_that_can_be_filled():
    chance = random.Random(0)
    places = {"name": "it", "percent": "5", "degrees": "5", "color": "red"}
    for calls in intent_frames().values():
        for ways in calls.values():
            for frame in ways:
                assert "{name}" in expand(frame.sentence, chance)
                expand(frame.sentence, chance).format_map(places)


def test_a_value_is_said_with_its_unit_once():
    frame = intent_frames()[Kind.LIGHT]["brightness {percent}"][0]
    filler = Filler([KITCHEN], {KITCHEN.id: "kitchen_light"})
    for number in range(40):
        said = filler.filled(frame, KITCHEN, random.Random(number))
        assert said is not None
        assert "%%" not in said.sentence
        assert "percent percent" not in said.sentence


def test_another_language_without_sentences_has_none():
    assert intent_frames("xx") == {}
