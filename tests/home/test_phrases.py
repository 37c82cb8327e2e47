"""How things, places, numbers and states are said."""

from __future__ import annotations

import pytest

from tests.home.things import (
    button,
    climate,
    contact,
    cover,
    fan,
    lamp,
    light,
    lock,
    player,
    scene,
    sensor,
    switch,
    thing,
    vacuum,
)
from voiceslm.colors import named
from voiceslm.entities import Kind
from voiceslm.home.conditions import condition, wanted
from voiceslm.home.phrases import be, begun, is_plural, listed, located, noun, placed, the, together
from voiceslm.home.units import measured, number, plain

NUMBER = thing(Kind.NUMBER, "Delay", unit="min")
SELECT = thing(Kind.SELECT, "Programme")


@pytest.mark.parametrize(
    ("entity", "said"),
    [
        (lamp("kitchen light"), "the kitchen light"),
        (lamp("the big lamp"), "the big lamp"),
        (lamp("Anna's lamp"), "Anna's lamp"),
        (lamp("Anna\u2019s lamp"), "Anna\u2019s lamp"),
        (lamp("lamp 2"), "lamp 2"),
        (lamp("kitchen_light"), "the kitchen light"),
        (scene("movie night"), "the movie night scene"),
        (scene("cosy scene"), "the cosy scene"),
        (button("doorbell"), "the doorbell button"),
        (vacuum("Robby"), "Robby"),
        (vacuum("robot vacuum"), "the robot vacuum"),
        (contact("hall motion", device_class="motion"), "the hall motion sensor"),
        (contact("front door"), "the front door"),
    ],
)
def test_a_thing_stands_in_a_sentence(entity, said):
    assert the(entity) == said


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("kitchen", "in the kitchen"),
        ("Upstairs", "upstairs"),
        ("balcony", "on the balcony"),
        ("first floor", "on the first floor"),
        ("Anna's room", "in Anna's room"),
        ("bedroom 2", "in bedroom 2"),
    ],
)
def test_a_place_has_its_preposition(place, said):
    assert placed(place) == said


@pytest.mark.parametrize(
    ("entity", "said"),
    [
        (lamp("lamp", "bedroom"), "the lamp in the bedroom"),
        (lamp("bedroom lamp", "Bedroom"), "the bedroom lamp"),
        (lamp("hallway lamp", "hall"), "the hallway lamp in the hall"),
        (lamp("lamp"), "the lamp"),
    ],
)
def test_the_room_is_said_unless_the_name_says_it(entity, said):
    assert located(entity) == said


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists(words, said):
    assert listed(words) == said


def test_only_the_first_letter_becomes_a_capital():
    assert begun("the TV is on.") == "The TV is on."


@pytest.mark.parametrize(
    ("name", "plural"),
    [
        ("living room blinds", True),
        ("Christmas lights", True),
        ("glass", False),
        ("Sonos", False),
        ("lamp", False),
    ],
)
def test_plural_names(name, plural):
    assert is_plural(lamp(name)) is plural
    assert be([lamp(name)]) == ("are" if plural else "is")


def test_one_two_three_and_many_things_together():
    lamps = [lamp(name, "hall") for name in ("a lamp", "red lamp", "blue lamp", "old lamp")]
    assert together(lamps[1:2]) == "the red lamp"
    assert together(lamps[1:3]) == "the red lamp and the blue lamp"
    assert together(lamps[1:4]) == "the red lamp, the blue lamp and the old lamp"
    assert together(lamps) == "4 lights in the hall"


def test_things_of_one_name_are_said_with_their_rooms():
    pair = [lamp("lamp", "hall"), lamp("lamp", "bedroom")]
    assert together(pair) == "the lamp in the hall and the lamp in the bedroom"


@pytest.mark.parametrize(
    ("things", "said"),
    [
        ([cover("a", device_class="blind")], "blinds"),
        ([contact("a", device_class="window"), cover("b", device_class="window")], "windows"),
        ([cover("a", device_class="blind"), cover("b", device_class="curtain")], "covers"),
        ([lamp("a"), switch("b")], "devices"),
    ],
)
def test_many_things_have_a_noun(things, said):
    assert noun(things) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (21.0, "21"),
        (21.46, "21.5"),
        (-5, "minus 5"),
        (-0.04, "minus 0.04"),
        (-0.0, "0"),
        (0.256, "0.26"),
        (0.0000001, "0"),
        (1234567.8, "1234567.8"),
    ],
)
def test_numbers(value, said):
    assert number(value) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (21.5, "°C", "21.5 degrees"),
        (1, "°C", "1 degree"),
        (-1, "°C", "minus 1 degree"),
        (1, "km/h", "1 kilometre per hour"),
        (2, "km/h", "2 kilometres per hour"),
        (1, "ppm", "1 part per million"),
        (1, "ft", "1 foot"),
        (1, "lx", "1 lux"),
        (1, "inHg", "1 inch of mercury"),
        (55, "%", "55 percent"),
        (3, "furlongs", "3"),
        ("heavy_rain", "", "heavy rain"),
    ],
)
def test_measures(value, unit, said):
    assert measured(value, unit) == said


def test_a_long_text_is_not_read_to_its_end():
    assert len(plain("rain " * 1000)) == 80


@pytest.mark.parametrize(
    ("entity", "state", "said"),
    [
        (light("L"), {"state": "on", "brightness": 40}, "on at 40 percent"),
        (light("L"), {"state": "off", "brightness": 40}, "off"),
        (fan("F"), {"state": "on", "percentage": 66}, "on at 66 percent"),
        (cover("C"), {"state": "open", "position": 40}, "40 percent open"),
        (cover("C"), {"state": "open", "position": 100}, "open"),
        (cover("C"), {"state": "opening", "position": 40}, "opening"),
        (cover("C"), {"state": "closed", "position": 2}, "closed"),
        (cover("C"), {"position": 0}, "closed"),
        (cover("C"), {"state": "stopped"}, "stopped part way"),
        (cover("C"), {}, ""),
        (lock("D"), {"state": "unlocked"}, "unlocked"),
        (contact("D"), {"state": "on"}, "open"),
        (contact("M", device_class="moisture"), {"state": "off"}, "dry"),
        (contact("?", device_class=""), {"state": "on"}, "on"),
        (sensor("T"), {"state": -2.5}, "minus 2.5 degrees"),
        (sensor("T"), {}, ""),
        (player("P"), {"state": "playing", "volume": 30}, "playing at 30 percent volume"),
        (vacuum("V"), {"state": "returning"}, "returning to its dock"),
        (climate("T"), {"mode": "off", "temperature": 21}, "off"),
        (climate("T"), {"mode": "heat", "temperature": 21}, "set to heat at 21 degrees"),
        (
            climate("T"),
            {"mode": "heat", "temperature": 21, "action": "idle"},
            "set to heat at 21 degrees, idle now",
        ),
        (climate("T"), {"temperature": 20.5}, "set to 20.5 degrees"),
        (climate("T"), {"current_temperature": 19}, "at 19 degrees"),
        (climate("T"), {"mode": "off", "current_temperature": 19}, "off, and it's 19 degrees there"),
        (climate("T"), {"state": "off", "mode": "heat"}, "off"),
        (climate("T"), {}, ""),
    ],
)
def test_conditions(entity, state, said):
    assert condition(entity, state) == said


@pytest.mark.parametrize(
    ("entity", "name", "value", "said"),
    [
        (light("L"), "brightness", 40, "at 40 percent"),
        (light("L"), "color", (255, 0, 0), "red"),
        (light("L"), "color_temperature", 2700, "at 2700 kelvin"),
        (light("L"), "effect", "color_loop", "set to color loop"),
        (cover("C"), "position", 0, "closed"),
        (cover("C"), "position", 100, "open"),
        (cover("C"), "position", 40, "40 percent open"),
        (cover("C"), "tilt", 40, "tilted to 40 percent"),
        (climate("T"), "mode", "heat", "set to heat"),
        (climate("T"), "mode", "off", "off"),
        (climate("T"), "mode", "fan_only", "set to fan only"),
        (climate("T"), "temperature", 21.5, "set to 21.5 degrees"),
        (climate("T"), "fan_mode", "low", "set to fan mode low"),
        (player("P"), "volume", 30, "at 30 percent volume"),
        (player("P"), "muted", "off", "no longer muted"),
        (fan("F"), "oscillating", "on", "oscillating"),
        (NUMBER, "state", 1, "set to 1 minute"),
        (SELECT, "state", "Eco_Wash", "set to Eco Wash"),
        (thing(Kind.ALARM, "A"), "state", "armed_night", "armed for the night"),
        (thing(Kind.HUMIDIFIER, "H"), "humidity", 45, "set to 45 percent humidity"),
    ],
)
def test_what_was_set(entity, name, value, said):
    assert wanted(entity, name, value) == said


@pytest.mark.parametrize(
    ("color", "name"), [((255, 0, 0), "red"), ((250, 240, 245), "white"), ((250, 120, 10), "orange")]
)
def test_a_colour_has_the_name_of_the_nearest(color, name):
    assert named(color) == name
