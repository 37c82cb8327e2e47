import pytest

from tests.llm.homes import BEDROOM_2, DOOR, GARAGE, KITCHEN, PLAYER, PUMP, ROBOT, THERMOSTAT
from voiceslm.entities import Change, Choice, Entity, Kind, Span
from voiceslm.llm.calls import Step, Toggle, numbered, numbers, phrases


def meant(text, entity):
    return set(phrases(text, entity, numbers(text)).meant)


def possible(text, entity):
    return set(phrases(text, entity, numbers(text)).possible)


@pytest.mark.parametrize(
    ("text", "entity", "expected"),
    [
        ("turn it on", KITCHEN, {"on"}),
        ("kill the light", KITCHEN, {"off"}),
        ("toggle the pump", PUMP, {"toggle"}),
        ("light up the kitchen", KITCHEN, {"on"}),
        ("power down the pump", PUMP, {"off"}),
        ("at 40 percent", KITCHEN, {"brightness 40"}),
        ("half brightness", KITCHEN, {"brightness 50"}),
        ("make it red", KITCHEN, {"color red"}),
        ("a bit brighter", KITCHEN, {"brightness up"}),
        ("too bright", KITCHEN, {"brightness down"}),
        ("lock the door", DOOR, {"lock"}),
        ("disengage the lock", DOOR, {"unlock"}),
        ("shut the garage", GARAGE, {"close"}),
        ("the garage to thirty five", GARAGE, {"position 35"}),
        ("to 21.5 degrees", THERMOSTAT, {"temperature 21.5"}),
        ("cooling please", THERMOSTAT, {"mode cool"}),
        ("I'm freezing", THERMOSTAT, {"temperature up"}),
        ("unmute the radio", PLAYER, {"unmute"}),
        ("no more music", PLAYER, {"off"}),
        ("send it home", ROBOT, {"dock"}),
        ("make it beep", ROBOT, {"locate"}),
    ],
)
def test_words_stand_for_what_is_wanted(text, entity, expected):
    assert meant(text, entity) == expected


def test_a_phrase_is_a_call():
    assert phrases("off", KITCHEN, []).meant == {"off": Change("light.kitchen_light", {"state": "off"})}
    assert phrases("toggle", KITCHEN, []).meant == {"toggle": Toggle("light.kitchen_light")}
    assert phrases("brighter", KITCHEN, []).meant == {
        "brightness up": Step("light.kitchen_light", "brightness", up=True)
    }
    assert phrases("red", KITCHEN, []).meant == {
        "color red": Change("light.kitchen_light", {"color": (255, 0, 0)})
    }


def test_where_nothing_is_told_everything_is_possible_that_needs_no_value():
    assert possible("I can't see a thing", KITCHEN) == {"on", "off", "brightness up", "brightness down"}


@pytest.mark.parametrize(
    ("text", "entity"),
    [("unlock", KITCHEN), ("to 50", PUMP), ("colder", PUMP), ("skip this", KITCHEN), ("to 99", THERMOSTAT)],
)
def test_what_a_device_cannot_do_leaves_it_nothing(text, entity):
    wish = phrases(text, entity, numbers(text))
    assert (wish.meant, wish.possible) == ({}, {})


@pytest.mark.parametrize(
    ("value", "fits"), [("7", True), ("35", True), ("6.9", False), ("36", False), ("-8", False)]
)
def test_a_value_must_be_in_range(value, fits):
    assert (f"temperature {value}" in meant(value, THERMOSTAT)) is fits


def test_below_zero_is_a_number():
    freezer = Entity("climate.x", Kind.CLIMATE, "Freezer", settable={"temperature": Span(-30, 0)})
    assert meant("to -18 degrees", freezer) == {"temperature -18"}


def test_an_option_must_have_been_said():
    lamp = Entity(
        "light.x", Kind.LIGHT, "X", settable={"effect": Choice(("rainbow", "slow fade", "bad\nname"))}
    )
    assert meant("do the slow fade", lamp) == {"effect slow fade"}
    assert meant("something nice, bad name", lamp) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("40%", ["40"]),
        ("forty two", ["42"]),
        ("to twenty and to five", ["20", "5"]),
        ("brighter by 20", []),
        ("two point five or 2.5", ["2", "5", "2.5"]),
        ("fully, half", ["100", "50"]),
        ("none at all", []),
    ],
)
def test_numbers_are_read_in_digits_and_words(text, expected):
    assert numbers(text) == expected


def test_numbers_in_names_are_known():
    assert ("bedroom", "2") in numbered([BEDROOM_2])
