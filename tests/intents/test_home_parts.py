"""Sentences with several commands."""

from __future__ import annotations

import pytest

from tests.intents.a_home import meant

ON_DESK = ("HassTurnOn", {"name": "Desk Lamp"})
OFF_DESK = ("HassTurnOff", {"name": "Desk Lamp"})
OFF_FAN = ("HassTurnOff", {"name": "Office Fan"})
CLOSE_BLINDS = ("HassTurnOff", {"name": "Bedroom Blinds"})
LIGHTS_OFF = "HassTurnOff"


def lights_off(area):
    return (LIGHTS_OFF, {"domain": "light", "area": area})


@pytest.mark.parametrize(
    ("sentence", "commands"),
    [
        ("turn off the desk lamp and close the bedroom blinds", [OFF_DESK, CLOSE_BLINDS]),
        ("turn off the desk lamp, then close the bedroom blinds", [OFF_DESK, CLOSE_BLINDS]),
        ("turn off the desk lamp and then close the bedroom blinds, please", [OFF_DESK, CLOSE_BLINDS]),
        ("Turn off the desk lamp. Close the bedroom blinds.", [OFF_DESK, CLOSE_BLINDS]),
        ("turn off desk lamp close bedroom blinds", [OFF_DESK, CLOSE_BLINDS]),
        ("turn off both the desk lamp and the office fan", [OFF_DESK, OFF_FAN]),
        ("turn the desk lamp and the office fan off", [OFF_DESK, OFF_FAN]),
        ("desk lamp on and office fan off", [ON_DESK, OFF_FAN]),
        ("turn off the lights in the kitchen and the office", [lights_off("Kitchen"), lights_off("Office")]),
        (
            "turn off the lights in the kitchen, the office and the bathroom",
            [lights_off("Kitchen"), lights_off("Office"), lights_off("Bathroom")],
        ),
        (
            "turn off the lamp and the fan in the office",
            [lights_off("Office"), ("HassTurnOff", {"domain": "fan", "area": "Office"})],
        ),
        ("turn on the salt and pepper lamp", [("HassTurnOn", {"name": "Salt and Pepper Lamp"})]),
        (
            "turn on the salt and pepper lamp and the desk lamp",
            [("HassTurnOn", {"name": "Salt and Pepper Lamp"}), ON_DESK],
        ),
        (
            "set a timer for 5 minutes and 30 seconds and turn off the desk lamp",
            [("HassStartTimer", {"minutes": 5, "seconds": 30}), OFF_DESK],
        ),
        (
            "is the front door locked and is the desk lamp on",
            [
                ("HassGetState", {"name": "Front Door", "state": "locked"}),
                ("HassGetState", {"name": "Desk Lamp", "state": "on"}),
            ],
        ),
    ],
)
def test_each_command_of_a_sentence_is_understood(sentence, commands):
    assert meant(sentence) == commands


def test_can_you_is_no_command_of_its_own():
    assert meant("Can you turn off the desk lamp, too?") in (None, [OFF_DESK])
    assert meant("Can you turn off the desk lamp as well?") == [OFF_DESK]


def test_a_second_thing_without_a_verb_is_never_turned_on_where_the_first_is_turned_off():
    assert meant("turn off the kitchen light and the desk lamp") == [
        ("HassTurnOff", {"name": "Kitchen Light"}),
        OFF_DESK,
    ]


def test_what_is_to_be_played_does_not_swallow_the_next_command():
    assert meant("play jazz and turn off the desk lamp") == [
        ("HassMediaSearchAndPlay", {"search_query": "jazz", "area": "Hall"}),
        OFF_DESK,
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "turn on the desk lamp and walk the dog",
        "walk the dog and turn on the desk lamp",
        "turn on the desk lamp and don't lock the front door",
    ],
)
def test_nothing_is_understood_where_one_part_is_not(sentence):
    assert meant(sentence) is None


def test_a_part_may_be_misheard():
    assert meant("turn off the desk lamp and close the bedrom blinds") == [OFF_DESK, CLOSE_BLINDS]
