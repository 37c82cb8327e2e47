"""Sentences that were heard wrong."""

from __future__ import annotations

import pytest

from tests.intents.a_home import intent, meant, thing
from voiceslm.intents.home import HomeSentences


@pytest.mark.parametrize(
    ("heard", "meaning"),
    [
        ("turn on the dask lamp", "turn on the desk lamp"),
        ("trun on the desk lamp", "turn on the desk lamp"),
        ("turn on the kichen ceilling light", "turn on the kitchen ceiling light"),
        ("turn of the desk lamp", "turn off the desk lamp"),
        ("turn on the desk lamb", "turn on the desk lamp"),
        ("turn on bedroom to light", "turn on bedroom 2 light"),
        ("set the desk lamp two forty percent", "set the desk lamp to 40 percent"),
        ("turnon the desk lamp", "turn on the desk lamp"),
        ("set the thermostate to 20 degrees", "set the thermostat to 20 degrees"),
        ("is the front dorr locked", "is the front door locked"),
        ("turn on the kitchen ligt", "turn on the kitchen light"),
    ],
)
def test_the_nearest_sentence_is_meant(heard, meaning):
    assert meant(heard) == meant(meaning)
    assert meant(meaning)


def test_two_names_equally_near_are_asked_about():
    home = HomeSentences()
    home.learn([thing("Hall Lamp", "light"), thing("Bell Lamp", "light")])

    assert meant("turn on the hell lamp", home) == ("asked", "Bell Lamp", "Hall Lamp")


def test_a_name_a_little_nearer_than_another_is_not_guessed():
    home = HomeSentences()
    home.learn([thing("Bedroom", "light"), thing("Bathroom", "light")])

    assert meant("turn on the batroom", home) == ("asked", "Bathroom", "Bedroom")


@pytest.mark.parametrize(
    "heard",
    [
        "alock the front door",  # lock, unlock
        "rlock the front door",
        "ulock the front door",
    ],
)
def test_opposites_are_not_taken_for_each_other(heard):
    assert meant(heard) in (None, meant("lock the front door"))


@pytest.mark.parametrize("number", ["fourty", "fiftee", "2o", "thre"])
def test_numbers_are_not_corrected(number):
    assert meant(f"set the desk lamp to {number} percent") is None


def test_a_sentence_that_ends_before_its_number_is_not_completed():
    assert meant("turn on bedroom to") is None


@pytest.mark.parametrize(
    "sentence",
    [
        "turn on the heat gun",
        "turn on the kitten",
        "open the office mail",
        "turned off the desk lamp",
        "turning on the desk lamp",
        "desk lamb",
        "add ligt bulbs to the shoping lst",
    ],
)
def test_ordinary_words_are_what_they_are(sentence):
    assert meant(sentence) is None


def test_a_misheard_question_commands_nothing():
    assert intent("is the kichen light on").name == "HassGetState"
