"""Lights of the three schemas."""

from __future__ import annotations

import json

import pytest

from tests.home.drivers.bench import driver, echoed, sent
from voiceslm.entities import Change, Kind
from voiceslm.home.driver import Unable
from voiceslm.home.drivers import ConfigRefused
from voiceslm.home.states import reached

RED = (255, 0, 0)


def basic(**config):
    return driver(Kind.LIGHT, **{"command_topic": "set", **config})


def dimmable(**config):
    return basic(
        brightness_command_topic="dim", brightness_state_topic="dim/state", state_topic="state", **config
    )


def in_json(**config):
    return driver(Kind.LIGHT, **{"schema": "json", "command_topic": "set", "state_topic": "state", **config})


def told(light, wants, state=None):
    """Return the one JSON object that is sent."""
    [(topic, payload)] = sent(light, wants, state)
    assert topic == "set"
    return json.loads(payload)


@pytest.mark.parametrize(
    ("scale", "percent", "payload"),
    [(254, 50, "127"), (255, 100, "255"), (100, 50, "50"), (255, 0.1, "1"), ("1000", 33, "330")],
)
def test_brightness_in_percent_is_sent_on_the_lights_own_scale(scale, percent, payload):
    light = dimmable(brightness_scale=scale)

    assert ("dim", payload) in sent(light, {"brightness": percent})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("first", [("set", "ON"), ("dim", "128")]),
        ("last", [("dim", "128"), ("set", "ON")]),
        ("brightness", [("dim", "128")]),
    ],
)
def test_the_command_to_be_on_goes_where_the_light_wants_it(kind, expected):
    assert sent(dimmable(on_command_type=kind), {"brightness": 50}) == expected


@pytest.mark.parametrize(
    ("state", "payload"), [({}, "255"), ({"brightness": 20}, "51"), ({"brightness": 0}, "255")]
)
def test_a_light_that_is_turned_on_by_its_brightness_gets_the_last_one(state, payload):
    light = dimmable(on_command_type="brightness")

    assert sent(light, {"state": "on"}, state) == [("dim", payload)]
    assert sent(light, {"state": "off"}, state) == [("set", "OFF")]


@pytest.mark.parametrize("wants", [{"brightness": 0}, {"state": "off"}, {"state": "on", "brightness": 0}])
def test_a_light_at_zero_percent_is_off(wants):
    assert sent(dimmable(), wants) == [("set", "OFF")]
    assert told(in_json(brightness=True), wants) == {"state": "OFF"}


def test_a_light_reports_its_brightness_in_percent():
    light = dimmable()

    assert light.read("dim/state", "128") == {"brightness": 50}
    assert light.read("dim/state", "1") == {"brightness": 1}
    assert light.read("dim/state", "300") == {"brightness": 100}


@pytest.mark.parametrize(
    ("notation", "payload"),
    [
        ("rgb", "255,128,128"),
        ("rgbw", "127,0,0,128"),
        ("rgbww", "127,0,0,128,128"),
        ("hs", "0,49.804"),
        ("xy", "0.5235,0.3132"),
    ],
)
def test_a_colour_is_written_in_the_lights_own_notation_and_read_back(notation, payload):
    light = dimmable(**{f"{notation}_command_topic": "color", f"{notation}_state_topic": "color/state"})
    wants = {"color": (255, 128, 128)}

    assert ("color", payload) in sent(light, wants)
    assert reached(wants, echoed(light, wants, {"color": "color/state", "set": "state"}))


def test_a_colour_is_given_to_the_command_template_channel_by_channel():
    light = dimmable(
        rgb_command_topic="color", rgb_command_template="{{ '#%02x%02x%02x' | format(red, green, blue) }}"
    )

    assert sent(light, {"color": (255, 128, 0)})[0] == ("color", "#ff8000")


def test_a_light_with_its_brightness_in_its_colour_is_dimmed_by_it():
    light = basic(rgb_command_topic="color", rgb_state_topic="color/state")

    assert sent(light, {"brightness": 50}, {"color": RED})[0] == ("color", "128,0,0")
    assert sent(light, {"color": RED}, {"brightness": 50})[0] == ("color", "128,0,0")
    assert light.read("color/state", "128,0,0") == {"color": RED, "brightness": 50}
    assert light.reports == {"color", "brightness"}


def test_white_is_made_by_the_white_of_a_light_that_has_one():
    light = dimmable(rgb_command_topic="color", white_command_topic="white", white_scale=100)

    assert sent(light, {"color": (255, 255, 255)}, {"brightness": 40})[0] == ("white", "40")
    assert told(
        in_json(supported_color_modes=["rgb", "white"]), {"color": (255, 255, 255), "brightness": 20}
    ) == {
        "state": "ON",
        "white": 51,
    }


@pytest.mark.parametrize(
    ("config", "payload"),
    [({}, "333"), ({"color_temp_kelvin": "true"}, "3000"), ({"min_mireds": 334}, "334")],
)
def test_a_colour_temperature_is_sent_in_mired_or_kelvin(config, payload):
    light = dimmable(color_temp_command_topic="ct", color_temp_state_topic="ct/state", **config)
    wants = {"color_temperature": min(3000, light.settable["color_temperature"].high)}

    assert ("ct", payload) in sent(light, wants)
    assert reached(wants, light.read("ct/state", payload))


def test_the_coldest_white_is_a_whole_number_of_mired():
    light = dimmable(color_temp_command_topic="ct")

    assert ("ct", "153") in sent(light, {"color_temperature": light.settable["color_temperature"].high})


def test_a_json_light_without_a_list_of_effects_has_none_that_is_called_none():
    light = in_json(brightness=True, effect=True)

    assert light.read("state", '{"state": "ON"}') == {"state": "on"}


def test_only_effects_of_the_list_can_be_set():
    light = dimmable(effect_command_topic="effect", effect_list=["rainbow", "none"])

    assert sent(light, {"effect": "rainbow"})[0] == ("effect", "rainbow")
    with pytest.raises(Unable):
        light.write(Change("a", {"effect": "disco"}), {})


def test_the_template_of_the_value_is_that_of_the_state():
    light = basic(state_topic="state", value_template="{{ value_json.POWER }}")

    assert light.read("state", '{"POWER": "ON"}') == {"state": "on"}


def test_one_json_object_says_everything():
    light = in_json(
        supported_color_modes=["xy", "color_temp"],
        brightness_scale=254,
        effect=True,
        effect_list=["colorloop"],
    )

    assert told(light, {"brightness": 50, "color": RED, "effect": "colorloop"}) == {
        "state": "ON",
        "brightness": 127,
        "color": {"x": 0.7006, "y": 0.2993},
        "effect": "colorloop",
    }
    assert told(light, {"color_temperature": 4000}) == {"state": "ON", "color_temp": 250}


@pytest.mark.parametrize(
    ("config", "color"),
    [
        ({"supported_color_modes": ["rgb"]}, {"r": 255, "g": 0, "b": 0}),
        ({"supported_color_modes": ["rgbw"]}, {"r": 255, "g": 0, "b": 0, "w": 0}),
        ({"supported_color_modes": ["rgbww"]}, {"r": 255, "g": 0, "b": 0, "c": 0, "w": 0}),
        ({"supported_color_modes": ["hs", "color_temp"]}, {"h": 0.0, "s": 100.0}),
        ({"hs": True, "rgb": "true"}, {"r": 255, "g": 0, "b": 0, "h": 0.0, "s": 100.0}),
    ],
)
def test_a_json_light_gets_its_colour_in_a_mode_it_supports(config, color):
    light = in_json(**config)

    assert told(light, {"color": RED}) == {"state": "ON", "color": color}
    assert light.read("state", json.dumps({"color": color})) == {"color": RED}


@pytest.mark.parametrize(
    ("modes", "settable"),
    [(["onoff"], {"state"}), (["brightness"], {"state", "brightness"}), (["white"], {"state", "brightness"})],
)
def test_a_json_light_can_be_set_to_what_its_modes_allow(modes, settable):
    light = in_json(supported_color_modes=modes)

    assert set(light.settable) == settable


@pytest.mark.parametrize(
    "wants", [{"state": "on"}, {"brightness": 30}, {"color": (0, 0, 255)}, {"effect": "blink"}]
)
def test_a_json_light_reports_what_was_wanted(wants):
    light = in_json(supported_color_modes=["rgb"], effect="true", effect_list=["blink"])

    assert reached(wants, echoed(light, wants, {"set": "state"}))


def test_the_colour_mode_says_which_of_colour_and_temperature_is_true():
    light = in_json(supported_color_modes=["xy", "color_temp"], brightness_scale=254)
    report = {
        "state": "ON",
        "brightness": 254,
        "color": {"x": 0.7006, "y": 0.2993, "hue": 0, "saturation": 100},
        "color_temp": 250,
    }

    white = light.read("state", json.dumps({**report, "color_mode": "color_temp"}))
    colored = light.read("state", json.dumps({**report, "color_mode": "xy"}))

    assert white == {"state": "on", "brightness": 100, "color_temperature": 4000}
    assert colored == {"state": "on", "brightness": 100, "color": RED}


def test_a_template_light_has_its_colour_temperature_in_a_template_of_its_own():
    light = driver(
        Kind.LIGHT,
        **TEMPLATES | {"command_on_template": "ct{{ color_temp }}", "color_temp_template": "{{ value[2:] }}"},
    )
    wants = {"color_temperature": 4000}

    assert sent(light, wants) == [("set", "ct250")]
    assert light.read("state", "ct250") == wants


def test_an_effect_in_json_is_read_but_not_counted_on():
    light = in_json(brightness=True, effect=True, effect_list=["blink"])

    assert light.read("state", '{"effect": "blink"}') == {"effect": "blink"}
    assert "effect" not in light.reports


TEMPLATES = {
    "schema": "template",
    "command_topic": "set",
    "state_topic": "state",
    "command_on_template": "on,{{ brightness|d }},{{ red|d }}-{{ green|d }}-{{ blue|d }},{{ effect|d }}",
    "command_off_template": "off",
    "state_template": "{{ value.split(',')[0] }}",
    "brightness_template": "{{ value.split(',')[1] }}",
    "red_template": "{{ value.split(',')[2].split('-')[0] }}",
    "green_template": "{{ value.split(',')[2].split('-')[1] }}",
    "blue_template": "{{ value.split(',')[2].split('-')[2] }}",
    "effect_template": "{{ value.split(',')[3] }}",
    "effect_list": ["rainbow"],
}


@pytest.mark.parametrize(
    ("wants", "payload"),
    [
        ({"state": "on"}, "on,,--,"),
        ({"state": "off"}, "off"),
        ({"brightness": 50}, "on,128,--,"),
        ({"brightness": 50, "color": RED}, "on,128,255-0-0,"),
        ({"effect": "rainbow"}, "on,,--,rainbow"),
    ],
)
def test_a_template_light_is_spoken_to_in_its_own_form_and_read_back(wants, payload):
    light = driver(Kind.LIGHT, **TEMPLATES)

    assert sent(light, wants) == [("set", payload)]
    assert reached(wants, echoed(light, wants, {"set": "state"}))


@pytest.mark.parametrize(
    "config",
    [
        {"schema": "json", "state_topic": "state"},
        {"command_topic": "set", "schema": "yaml"},
        {"command_topic": "set", "on_command_type": "middle"},
        {"command_topic": "set", "brightness_scale": 0},
        {"command_topic": "set", "min_mireds": 500, "max_mireds": 150},
        {"command_topic": "set", "min_mireds": 0},
        {"schema": "template", "command_topic": "set"},
    ],
)
def test_a_light_that_cannot_work_is_refused(config):
    with pytest.raises(ConfigRefused):
        driver(Kind.LIGHT, **config)
