"""What sentences about a home come to, by their kind of wording."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intents.a_home import AREA, HOME, THINGS, intent, meant, thing
from voiceslm.intents.home import LONGEST, Ambiguous, HomeSentences
from voiceslm.intents.matching import QUESTIONS

HERE = {"area": AREA}

SENTENCES = {
    # What Home Assistant's sentences have
    "turn on the kitchen light": ("HassTurnOn", {"name": "Kitchen Light"}),
    "kitchen ceiling light off": ("HassTurnOff", {"name": "Kitchen Ceiling Light"}),
    "turn on the kitchen lights": ("HassTurnOn", {"area": "Kitchen", "domain": "light"}),
    "turn off all the lights": ("HassTurnOff", {"domain": "light"}),
    "turn off the lights": ("HassTurnOff", {"domain": "light", **HERE}),
    "turn off the lights upstairs": ("HassTurnOff", {"domain": "light", "floor": "Upstairs"}),
    "set the desk lamp to 40%": ("HassLightSet", {"name": "Desk Lamp", "brightness": 40}),
    "set the desk lamp to forty percent": ("HassLightSet", {"name": "Desk Lamp", "brightness": 40}),
    "lock the front door": ("HassTurnOn", {"name": "Front Door"}),
    "set the thermostat to 21.5 degrees": (
        "HassClimateSetTemperature",
        {"name": "Thermostat", "temperature": 21.5},
    ),
    "add apples to my trader joes list": ("HassListAddItem", {"item": "apples", "name": "Trader Joe's"}),
    "turn off the lights in 5 minutes": (
        "HassStartTimer",
        {"minutes": 5, "conversation_command": "turn off the lights"},
    ),
    # Names
    "turn on bedroom one light": ("HassTurnOn", {"name": "Bedroom 1 Light"}),
    "turn on freds lamp": ("HassTurnOn", {"name": "Fred's Lamp"}),
    "turn on the work light": ("HassTurnOn", {"name": "Desk Lamp"}),
    "turn on the kitchen ceiling": ("HassTurnOn", {"name": "Kitchen Ceiling Light"}),
    "turn on the desk light": ("HassTurnOn", {"name": "Desk Lamp"}),
    "close the smart curtains": ("HassTurnOff", {"name": "Smart Curtain"}),
    "turn off the tv": ("HassTurnOff", {"name": "Living Room TV"}),
    "turn on the kitchenlight": ("HassTurnOn", {"name": "Kitchen Light"}),
    "turn on the bed room 2 light": ("HassTurnOn", {"name": "Bedroom 2 Light"}),
    # Switching
    "toggle the coffee maker": ("HassToggle", {"name": "Coffee Maker"}),
    "power down the coffee maker": ("HassTurnOff", {"name": "Coffee Maker"}),
    "could you illuminate the kitchen": ("HassTurnOn", {"domain": "light", "area": "Kitchen"}),
    "I need the desk lamp on": ("HassTurnOn", {"name": "Desk Lamp"}),
    "turn everything off upstairs": ("HassTurnOff", {"floor": "Upstairs"}),
    "movie time": ("HassTurnOn", {"name": "Movie Time"}),
    "activate movie time": ("HassTurnOn", {"name": "Movie Time"}),
    "press the restart router button": ("HassTurnOn", {"name": "Restart Router"}),
    "turn on the garage siren": ("HassTurnOn", {"name": "Garage Siren"}),
    # Light
    "make the desk lamp glow red": ("HassLightSet", {"name": "Desk Lamp", "color": "red"}),
    "set the desk lamp to warm white": ("HassLightSet", {"name": "Desk Lamp", "temperature": 2700}),
    "set the salt and pepper lamp to rainbow": (
        "HassLightSet",
        {"name": "Salt and Pepper Lamp", "effect": "rainbow"},
    ),
    "set the salt and pepper lamp to color loop": (
        "HassLightSet",
        {"name": "Salt and Pepper Lamp", "effect": "color_loop"},
    ),
    # More and less
    "brighter": ("HassAdjust", {"property": "brightness", "direction": "up", "domain": "light", **HERE}),
    "dim the kitchen light": (
        "HassAdjust",
        {"property": "brightness", "direction": "down", "name": "Kitchen Light"},
    ),
    "a bit cooler in here": (
        "HassAdjust",
        {"property": "temperature", "direction": "down", "domain": "climate", **HERE},
    ),
    "turn the office fan up": (
        "HassAdjust",
        {"property": "percentage", "direction": "up", "name": "Office Fan"},
    ),
    "open the bedroom blinds a bit": (
        "HassAdjust",
        {"property": "position", "direction": "up", "name": "Bedroom Blinds"},
    ),
    "turn up the tv": ("HassSetVolumeRelative", {"name": "Living Room TV", "volume_step": "up"}),
    # Covers, locks, valves
    "stop the bedroom blinds": ("HassStopMoving", {"name": "Bedroom Blinds"}),
    "open the bedroom blinds halfway": ("HassSetPosition", {"name": "Bedroom Blinds", "position": 50}),
    "tilt the bedroom blinds to 30 percent": ("HassSetTilt", {"name": "Bedroom Blinds", "tilt": 30}),
    "open the living room smart curtain": ("HassTurnOn", {"area": "Living Room", "name": "Smart Curtain"}),
    "open the front yard valve": ("HassTurnOn", {"area": "Front Yard", "domain": "valve"}),
    "lock up": ("HassTurnOn", {"domain": "lock"}),
    "secure the front door": ("HassTurnOn", {"name": "Front Door"}),
    # Climate
    "set the thermostat to cool": ("HassSetMode", {"name": "Thermostat", "mode": "cool"}),
    "set the thermostat to eco mode": ("HassSetPreset", {"name": "Thermostat", "preset": "eco"}),
    "turn on the heating": ("HassSetMode", {"domain": "climate", "mode": "heat", **HERE}),
    "turn off the heating in the office": ("HassTurnOff", {"domain": "climate", "area": "Office"}),
    "set the humidity to 45 percent": ("HassSetHumidity", {"humidity": 45, **HERE}),
    "set the boiler to 60 degrees": ("HassClimateSetTemperature", {"name": "Boiler", "temperature": 60}),
    "set the office fan to sleep mode": ("HassSetPreset", {"name": "Office Fan", "preset": "sleep"}),
    # Media
    "mute the outdoor speakers": ("HassMediaPlayerMute", {"name": "Outdoor Speakers"}),
    "pause the rooftop terrace music": ("HassMediaPause", {"area": "Rooftop Terrace"}),
    "switch the tv to hdmi one": ("HassMediaSource", {"name": "Living Room TV", "source": "HDMI 1"}),
    "stop the outdoor speakers": ("HassMediaStop", {"name": "Outdoor Speakers"}),
    # Vacuum and mower
    "start the vacuum in the living room": ("HassVacuumStart", {"domain": "vacuum", "area": "Living Room"}),
    "return vacuum in the living room to base": (
        "HassVacuumReturnToBase",
        {"domain": "vacuum", "area": "Living Room"},
    ),
    "send rover home": ("HassVacuumReturnToBase", {"name": "Rover"}),
    "start clippy": ("HassLawnMowerStartMowing", {"name": "Clippy"}),
    # Choices and numbers
    "set the log level to debug": ("HassSetOption", {"name": "Log Level", "option": "debug"}),
    "set fade time to 12": ("HassSetValue", {"name": "Fade Time", "value": 12}),
    # Alarm
    "arm the alarm": ("HassAlarmArm", {"domain": "alarm_control_panel"}),
    "set the alarm to away mode": ("HassAlarmArm", {"domain": "alarm_control_panel", "mode": "away"}),
    "disarm the house alarm": ("HassAlarmDisarm", {"name": "House Alarm"}),
    # Questions
    "is the front door locked?": ("HassGetState", {"name": "Front Door", "state": "locked"}),
    "is the kitchen light on": ("HassGetState", {"name": "Kitchen Light", "state": "on"}),
    "how many lights are on": ("HassGetState", {"domain": "light", "state": "on"}),
    "is anything open upstairs": ("HassGetState", {"state": "open", "floor": "Upstairs"}),
    "how warm is it in here": ("HassClimateGetTemperature", HERE),
    "what's the humidity in the bathroom": (
        "HassGetState",
        {"domain": "sensor", "device_class": "humidity", "area": "Bathroom"},
    ),
    "how bright is the desk lamp": ("HassGetState", {"name": "Desk Lamp", "property": "brightness"}),
    "what's the outdoor temperature": ("HassGetState", {"name": "Outdoor Temperature"}),
    # The rest
    "undo that": ("HassUndo", {}),
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_comes_to_its_intent(sentence):
    name, slots = SENTENCES[sentence]

    assert meant(sentence) == [(name, slots)]


@pytest.mark.parametrize(
    "sentence",
    [
        "kitchen light?",
        "kitchen light on?",
        "front door unlocked",
        "don't turn on the kitchen light",
        "never unlock the front door",
        "turned on the kitchen light",
        "who is the president",
        "is the moon on",
        "what will happen in 5 minutes",
        "set the desk lamp to rainbow",  # it has no such effect
        "turn on the desk lamp in the kitchen",  # it stands elsewhere
        "turn on the kitchen light and dance",
        "",
        "?!",
    ],
)
def test_what_is_not_wholly_a_command_or_a_question_of_this_home_is_nothing(sentence):
    assert meant(sentence) is None


@pytest.mark.parametrize("ending", ["", "?", ", please?", "."])
@pytest.mark.parametrize("opening", ["is", "are", "was", "does", "why is", "when is", "how is"])
@pytest.mark.parametrize(
    "rest", ["the kitchen light on", "the front door unlocked", "turn off the desk lamp"]
)
def test_a_question_commands_nothing(opening, rest, ending):
    found = HOME.recognize(f"{opening} {rest}{ending}", AREA)

    assert found is None or (isinstance(found, tuple) and {one.name for one in found} <= QUESTIONS)


def test_a_polite_command_may_end_in_a_question_mark():
    assert meant("Could you turn on the desk lamp, please?") == [("HassTurnOn", {"name": "Desk Lamp"})]


def test_a_name_that_two_things_have_is_one_reading_with_both():
    home = HomeSentences()
    home.learn([thing("Lamp 1", "light"), thing("Lamp 1", "switch")])

    found = intent("turn on lamp one", home)

    assert sorted(found.entities) == ["light.lamp_1", "switch.lamp_1"]


def test_an_alias_of_two_things_is_asked_about():
    home = HomeSentences()
    home.learn([thing("Lava", "light", aliases=("glow",)), thing("Globe", "light", aliases=("glow",))])

    assert meant("turn on glow", home) == ("asked", "Lava", "Globe")


def test_an_alias_of_two_things_is_the_one_that_is_in_this_room():
    home = HomeSentences()
    home.learn(
        [
            thing("Lava", "light", "Attic", aliases=("glow",)),
            thing("Globe", "light", "Cellar", aliases=("glow",)),
        ]
    )

    assert meant("turn on glow", home, "Cellar") == [("HassTurnOn", {"name": "Globe"})]


def test_where_nobody_knows_the_room_a_sentence_that_names_none_means_the_whole_home():
    assert meant("open the curtains", area="") == [
        ("HassTurnOn", {"domain": "cover", "device_class": "curtain"})
    ]


def test_the_text_of_an_intent_names_the_room_as_the_home_does():
    found = intent("turn on the lights in bedroom one")

    assert found.text == "turn on the lights in Bedroom 1"


def test_what_was_learnt_before_is_forgotten():
    home = HomeSentences()
    home.learn([thing("Desk Lamp", "light")])
    assert meant("turn on the desk lamp", home)

    home.learn([thing("Floor Lamp", "light")])

    assert meant("turn on the desk lamp", home) is None


@pytest.mark.parametrize("language", ["de", "xx"])
def test_a_language_without_sentences_understands_nothing(language):
    home = HomeSentences(language)
    home.learn(THINGS)

    assert home.recognize("turn on the kitchen light", AREA) is None


def test_a_text_too_long_for_a_command_is_not_looked_at():
    assert HOME.recognize("please " * LONGEST + "turn on the desk lamp", AREA) is None


@given(st.text(max_size=LONGEST + 10))
def test_any_text_at_all_is_understood_or_not(text):
    found = HOME.recognize(text, AREA)

    assert found is None or isinstance(found, tuple | Ambiguous)
