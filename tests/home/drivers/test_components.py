"""The components that are a set of independent properties."""

from __future__ import annotations

import json

import pytest

from tests.home.drivers.bench import driver, echoed, sent
from voiceslm.entities import Change, Choice, Kind, Span
from voiceslm.home.driver import Unable
from voiceslm.home.drivers import ConfigRefused
from voiceslm.home.states import reached


def with_topics(*prefixes, **config):
    """Return a config with a command topic and a state topic for each prefix, named as it is."""
    for prefix in prefixes:
        name = prefix.rstrip("_") or "main"
        config |= {f"{prefix}command_topic": f"{name}/set", f"{prefix}state_topic": name}
    return config


def echo(topic, payload):
    return [(topic.removesuffix("/set"), payload)]


def words(**reports):
    """A device whose reports differ from its commands."""
    return lambda topic, payload: [(topic.removesuffix("/set"), reports[payload])]


FAN = with_topics(
    "", "percentage_", "oscillation_", "direction_", "preset_mode_", preset_modes=["auto", "sleep"]
)
CLIMATE = with_topics(
    *("mode_", "temperature_", "temperature_low_", "temperature_high_", "target_humidity_"),
    *("preset_mode_", "fan_mode_", "swing_mode_", "power_"),
    preset_modes=["eco", "away"],
    temp_step=0.5,
    payload_on="1",
    payload_off="0",
)
PLAYER = with_topics("", "volume_", "mute_", "source_", sources=["Radio", "TV"], volume_scale=40)
PLAYED = words(PLAY="playing", PAUSE="paused", ON="on", OFF="off")
VACUUM = with_topics(
    "",
    set_fan_speed_topic="speed",
    fan_speed_list=["min", "max"],
    supported_features=["start", "return_home", "stop", "pause", "locate", "fan_speed"],
)
MOWER = {
    "start_mowing_command_topic": "mow",
    "dock_command_topic": "dock",
    "pause_command_topic": "pause",
    "activity_state_topic": "activity",
}

ROUND_TRIPS = [
    (Kind.SWITCH, with_topics(""), {"state": "on"}, echo),
    (
        Kind.SWITCH,
        with_topics("", state_on="yes", state_off="no"),
        {"state": "off"},
        words(ON="yes", OFF="no"),
    ),
    (Kind.SIREN, with_topics(""), {"state": "on"}, echo),
    (Kind.FAN, FAN, {"state": "off"}, echo),
    (Kind.FAN, FAN, {"percentage": 40}, echo),
    (Kind.FAN, FAN | {"speed_range_max": 3}, {"percentage": 67}, echo),
    (Kind.FAN, FAN, {"preset": "sleep", "oscillating": "on", "direction": "reverse"}, echo),
    (Kind.CLIMATE, CLIMATE, {"mode": "heat", "temperature": 20.5}, echo),
    (Kind.CLIMATE, CLIMATE, {"temperature_low": 19, "temperature_high": 24}, echo),
    (Kind.CLIMATE, CLIMATE, {"humidity": 45, "preset": "away", "fan_mode": "low", "swing_mode": "on"}, echo),
    (Kind.CLIMATE, CLIMATE, {"state": "off"}, echo),
    (Kind.WATER_HEATER, with_topics("mode_", "temperature_"), {"mode": "eco", "temperature": 50}, echo),
    (Kind.HUMIDIFIER, with_topics("", "target_humidity_"), {"state": "on", "humidity": 55}, echo),
    (Kind.HUMIDIFIER, with_topics("", "mode_", modes=["auto", "baby"]), {"mode": "baby"}, echo),
    (Kind.LOCK, with_topics(""), {"state": "locked"}, words(LOCK="LOCKED", UNLOCK="UNLOCKED")),
    (Kind.NUMBER, with_topics("", min=-5, max="5", step=0.5), {"state": 2.5}, echo),
    (Kind.SELECT, with_topics("", options=["low", "high"]), {"state": "high"}, echo),
    (Kind.ALARM, with_topics(""), {"state": "armed_night"}, words(ARM_NIGHT="armed_night")),
    (Kind.VACUUM, VACUUM, {"state": "cleaning"}, words(start='{"state": "cleaning"}')),
    (Kind.VACUUM, VACUUM, {"state": "returning"}, words(return_to_base='{"state": "returning"}')),
    (Kind.VACUUM, VACUUM, {"fan_mode": "max"}, lambda _, value: [("main", json.dumps({"fan_speed": value}))]),
    (Kind.LAWN_MOWER, MOWER, {"state": "mowing"}, lambda *_: [("activity", "mowing")]),
    (Kind.LAWN_MOWER, MOWER, {"state": "docked"}, lambda *_: [("activity", "docked")]),
    (Kind.MEDIA_PLAYER, PLAYER, {"state": "playing"}, PLAYED),
    (Kind.MEDIA_PLAYER, PLAYER, {"state": "off"}, PLAYED),
    (Kind.MEDIA_PLAYER, PLAYER, {"volume": 35, "muted": "on", "source": "TV"}, echo),
]


@pytest.mark.parametrize(("kind", "config", "wants", "device"), ROUND_TRIPS)
def test_what_is_written_and_then_reported_is_what_was_wanted(kind, config, wants, device):
    thing = driver(kind, **config)

    assert wants.keys() <= thing.settable.keys() & thing.reports
    assert reached(wants, echoed(thing, wants, device))


@pytest.mark.parametrize(
    ("kind", "config", "deed", "message"),
    [
        (Kind.SCENE, {"command_topic": "set"}, "activate", ("set", "ON")),
        (
            Kind.SCENE,
            {"command_topic": "set", "payload_on": '{"scene_recall": 4}'},
            "activate",
            ("set", '{"scene_recall": 4}'),
        ),
        (Kind.BUTTON, {"command_topic": "set"}, "press", ("set", "PRESS")),
        (Kind.BUTTON, {"command_topic": "set", "payload_press": ""}, "press", ("set", "")),
        (Kind.LOCK, {"command_topic": "set", "payload_open": "OPEN"}, "open", ("set", "OPEN")),
        (Kind.VACUUM, VACUUM, "locate", ("main/set", "locate")),
        (Kind.VACUUM, VACUUM, "pause", ("main/set", "pause")),
        (Kind.LAWN_MOWER, MOWER, "pause", ("pause", "pause")),
        (Kind.MEDIA_PLAYER, PLAYER, "next", ("main/set", "NEXT")),
        (Kind.MEDIA_PLAYER, PLAYER | {"payload_stop": "halt"}, "stop", ("main/set", "halt")),
    ],
)
def test_a_deed_is_done_by_one_message(kind, config, deed, message):
    thing = driver(kind, **config)

    assert sent(thing, deed=deed) == [message]


@pytest.mark.parametrize(
    ("kind", "config"),
    [(Kind.VACUUM, with_topics("")), (Kind.LOCK, with_topics("")), (Kind.SWITCH, with_topics(""))],
)
def test_what_a_thing_does_not_say_it_can_do_it_cannot(kind, config):
    assert not driver(kind, **config).deeds & {"pause", "locate", "open", "press"}


@pytest.mark.parametrize(
    ("kind", "config", "state", "wants", "messages"),
    [
        (Kind.FAN, FAN, {"state": "off"}, {"percentage": 50}, [("main/set", "ON"), ("percentage/set", "50")]),
        (Kind.FAN, FAN, {"state": "on"}, {"percentage": 50}, [("percentage/set", "50")]),
        (Kind.FAN, FAN, {"state": "on"}, {"percentage": 0}, [("main/set", "OFF")]),
        (Kind.FAN, FAN | {"speed_range_max": 3}, {}, {"percentage": 1}, [("percentage/set", "1")]),
        (Kind.SIREN, with_topics(""), {}, {"state": "on"}, [("main/set", '{"state": "ON"}')]),
        (
            Kind.SIREN,
            with_topics("", command_template="{{ value }}!", command_off_template="quiet"),
            {},
            {"state": "off"},
            [("main/set", "quiet")],
        ),
        (
            Kind.ALARM,
            with_topics("", command_template='{"action": "{{ action }}", "code": "{{ code }}"}'),
            {},
            {"state": "disarmed"},
            [("main/set", '{"action": "DISARM", "code": ""}')],
        ),
        (
            Kind.NUMBER,
            with_topics("", command_template="set {{ value }}"),
            {},
            {"state": 7.0},
            [("main/set", "set 7")],
        ),
        (
            Kind.LAWN_MOWER,
            MOWER | {"dock_command_template": '{"do": "{{ value }}"}'},
            {},
            {"state": "docked"},
            [("dock", '{"do": "dock"}')],
        ),
    ],
)
def test_messages_are_those_that_the_component_asks_for(kind, config, state, wants, messages):
    assert sent(driver(kind, **config), wants, state) == messages


@pytest.mark.parametrize(
    ("kind", "config", "payload", "found"),
    [
        (Kind.SENSOR, {"unit_of_measurement": "°C"}, "21.50", {"state": 21.5}),
        (Kind.SENSOR, {"device_class": "temperature"}, " 21 ", {"state": 21}),
        (Kind.SENSOR, {}, "2.10", {"state": "2.10"}),
        (Kind.SENSOR, {}, "2.5", {"state": 2.5}),
        (Kind.SENSOR, {}, "partly\x00 cloudy\n", {"state": "partly cloudy"}),
        (Kind.SENSOR, {"value_template": "{{ value_json.t }}"}, '{"t": null}', {}),
        (Kind.SENSOR, {"value_template": "{{ value_json.t }}"}, "none of JSON", {}),
        (Kind.SENSOR, {}, "unavailable", {}),
        (Kind.SENSOR, {"unit_of_measurement": "W"}, "inf", {"state": "inf"}),
        (
            Kind.BINARY_SENSOR,
            {"payload_on": True, "value_template": "{{ value_json.on }}"},
            '{"on": true}',
            {"state": "on"},
        ),
        (Kind.BINARY_SENSOR, {"payload_on": 1, "payload_off": 0}, "0", {"state": "off"}),
        (Kind.BINARY_SENSOR, {}, "maybe", {}),
        (Kind.SELECT, {"command_topic": "set", "options": ["a"]}, "b", {}),
        (Kind.LOCK, {"command_topic": "set", "state_jammed": 254}, "254", {"state": "jammed"}),
        (Kind.SIREN, {"command_topic": "set"}, '{"state": "OFF", "tone": "x"}', {"state": "off"}),
        (Kind.VACUUM, {}, '{"state": "docked", "battery_level": 90}', {"state": "docked"}),
        (Kind.VACUUM, {}, '{"state": null}', {}),
        (Kind.ALARM, {"command_topic": "set"}, "triggered", {"state": "triggered"}),
    ],
)
def test_a_report_is_read_as_the_component_writes_it(kind, config, payload, found):
    thing = driver(kind, state_topic="state", **config)

    assert thing.read("state", payload) == found


def test_a_thermostat_reports_what_it_measures_and_does():
    thermostat = driver(
        Kind.CLIMATE,
        current_temperature_topic="all",
        current_temperature_template="{{ value_json.local_temperature }}",
        action_topic="all",
        action_template="{{ value_json.running_state }}",
        current_humidity_topic="humidity",
    )

    assert thermostat.read("all", '{"local_temperature": 20.5, "running_state": "heating"}') == {
        "current_temperature": 20.5,
        "action": "heating",
    }
    assert thermostat.read("humidity", "45") == {"current_humidity": 45}


def test_the_template_of_the_value_serves_every_property_of_a_thermostat_that_has_none():
    thermostat = driver(
        Kind.CLIMATE, mode_state_topic="mode", value_template="{{ value_json }}", temperature_state_topic="t"
    )

    assert thermostat.read("mode", '"off"') == {"mode": "off"}


def test_a_thermostat_with_a_power_switch_is_off_in_the_mode_off():
    thermostat = driver(Kind.CLIMATE, mode_state_topic="mode", power_command_topic="power")

    assert thermostat.read("mode", "off") == {"state": "off", "mode": "off"}
    assert thermostat.read("mode", "cool") == {"state": "on", "mode": "cool"}


@pytest.mark.parametrize(
    ("kind", "config", "name", "settable"),
    [
        (Kind.CLIMATE, {"temperature_command_topic": "set"}, "temperature", Span(7, 35)),
        (
            Kind.CLIMATE,
            {"temperature_command_topic": "set", "temperature_unit": "F"},
            "temperature",
            Span(45, 95),
        ),
        (Kind.CLIMATE, {"temperature_command_topic": "set", "min_temp": "40"}, "temperature", Span(40, 40)),
        (Kind.CLIMATE, {"target_humidity_command_topic": "set"}, "humidity", Span(30, 99)),
        (
            Kind.CLIMATE,
            {"preset_mode_command_topic": "set", "preset_modes": "eco"},
            "preset",
            Choice(("none", "eco")),
        ),
        (Kind.NUMBER, {"command_topic": "set"}, "state", Span(1, 100)),
        (
            Kind.ALARM,
            {"command_topic": "set", "supported_features": ["arm_away"]},
            "state",
            Choice(("disarmed", "armed_away")),
        ),
        (Kind.VACUUM, {"command_topic": "set"}, "state", Choice(("cleaning", "returning"))),
        (Kind.LAWN_MOWER, {"dock_command_topic": "set"}, "state", Choice(("docked",))),
    ],
)
def test_what_can_be_set_is_what_the_config_says_or_the_default(kind, config, name, settable):
    assert driver(kind, **config).settable[name] == settable


@pytest.mark.parametrize(
    ("kind", "config", "wants"),
    [
        (Kind.NUMBER, {"command_topic": "set"}, {"state": 101}),
        (Kind.NUMBER, {"command_topic": "set"}, {"state": "many"}),
        (Kind.NUMBER, {"command_topic": "set"}, {"state": float("nan")}),
        (Kind.NUMBER, {"command_topic": "set"}, {"state": True}),
        (Kind.SELECT, {"command_topic": "set", "options": ["a"]}, {"state": "b"}),
        (Kind.SWITCH, {"command_topic": "set"}, {"brightness": 50}),
        (Kind.SWITCH, {"command_topic": "set"}, {}),
        (Kind.SENSOR, {"state_topic": "state"}, {"state": 5}),
        (Kind.LIGHT, {"command_topic": "set", "rgb_command_topic": "c"}, {"color": (256, 0, 0)}),
        (Kind.LIGHT, {"command_topic": "set", "rgb_command_topic": "c"}, {"color": "red"}),
        (Kind.NUMBER, {"command_topic": "set", "command_template": "{{ 1 / 0 }}"}, {"state": 5}),
        (Kind.NUMBER, {"command_topic": "set", "command_template": r"{{ '\ud800' }}"}, {"state": 5}),
        (
            Kind.SELECT,
            {"command_topic": "set", "options": ["a"], "command_template": "{{ value.b.c }}"},
            {"state": "a"},
        ),
    ],
)
def test_what_cannot_be_done_is_said_to_be_so(kind, config, wants):
    with pytest.raises(Unable):
        driver(kind, **config).write(Change("a.thing", wants), {})


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (Kind.SWITCH, {}),
        (Kind.SWITCH, {"command_topic": ""}),
        (Kind.SWITCH, {"command_topic": "a/+"}),
        (Kind.SWITCH, {"command_topic": "a\0b"}),
        (Kind.SWITCH, {"command_topic": "a" * 65_536}),
        (Kind.SWITCH, {"command_topic": "\ud800"}),
        (Kind.SWITCH, {"command_topic": ["a"]}),
        (Kind.SWITCH, {"command_topic": "set", "state_topic": "#"}),
        (Kind.SWITCH, {"command_topic": "set", "qos": 3}),
        (Kind.SWITCH, {"command_topic": "set", "payload_on": {"a": 1}}),
        (Kind.SWITCH, {"command_topic": "set", "command_template": "{% for a in b %}{% endfor %}"}),
        (Kind.NUMBER, {"command_topic": "set", "min": 5, "max": 4}),
        (Kind.NUMBER, {"command_topic": "set", "min": "few"}),
        (Kind.NUMBER, {"command_topic": "set", "max": float("inf")}),
        (Kind.NUMBER, {"command_topic": "set", "step": 0}),
        (Kind.COVER, {"command_topic": "set", "position_open": 1e308, "position_closed": -1e308}),
        (Kind.SELECT, {"command_topic": "set"}),
        (Kind.SENSOR, {}),
        (Kind.CLIMATE, {}),
        (Kind.MEDIA_PLAYER, {}),
        (Kind.VALVE, {"command_topic": "set", "reports_position": "perhaps"}),
    ],
)
def test_a_config_that_cannot_work_is_refused(kind, config):
    with pytest.raises(ConfigRefused):
        driver(kind, **config)


def test_commands_have_the_configs_quality_of_service_and_are_never_retained():
    switch = driver(Kind.SWITCH, command_topic="set", qos="2", retain=True)

    [message] = switch.write(Change("a.thing", {"state": "on"}), {})

    assert (message.qos, message.retain) == (2, False)
