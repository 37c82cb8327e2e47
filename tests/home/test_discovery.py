"""What discovery messages say, from the shortest to the hostile."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceslm.entities import Kind
from voiceslm.home.abbreviations import ABBREVIATIONS, DEVICE_ABBREVIATIONS, ORIGIN_ABBREVIATIONS
from voiceslm.home.discovery import (
    LARGEST_PAYLOAD,
    MOST_COMPONENTS,
    component_of,
    declared,
    discovery_filters,
    parse,
)
from voiceslm.home.templates import ConfigRefused

LIGHT = "homeassistant/light/lamp/config"
DEVICE = "homeassistant/device/box/config"


def read(config, topic=LIGHT, prefix="homeassistant"):
    payload = config if isinstance(config, bytes) else json.dumps(config).encode()
    return parse(topic, payload, prefix)


def config_of(config, topic=LIGHT):
    (found,) = read(config, topic).found
    return found.config


def test_a_message_names_one_entity_by_its_topic():
    (found,) = read({"command_topic": "set"}).found

    assert (found.key, found.component, found.config) == (LIGHT, Kind.LIGHT, {"command_topic": "set"})


@pytest.mark.parametrize(
    ("topic", "component"),
    [
        ("homeassistant/light/lamp/config", "light"),
        ("homeassistant/light/node/lamp/config", "light"),
        ("homeassistant/device/box/config", "device"),
        ("homeassistant/light/config", ""),
        ("homeassistant/light/a/b/c/config", ""),
        ("homeassistant/light/lamp/state", ""),
        ("homeassistant/light//config", ""),
        ("homeassistant/status", ""),
        ("other/light/lamp/config", ""),
        ("homeassistant", ""),
        ("", ""),
    ],
)
def test_the_topic_tells_the_component(topic, component):
    assert component_of(topic, "homeassistant") == component


def test_any_prefix_will_do():
    assert discovery_filters("my/home") == ("my/home/+/+/config", "my/home/+/+/+/config")
    assert read({"command_topic": "set"}, "my/home/light/lamp/config", "my/home").found


@pytest.mark.parametrize("payload", [b"", b"  ", b"{}", b'{"migrate_discovery": true}'])
def test_what_is_taken_back_is_gone(payload):
    assert read(payload) == read(b"")
    assert not read(payload).found


@pytest.mark.parametrize("component", ["device_automation", "tag", "camera", "update", "nonsense"])
def test_what_is_no_entity_here_is_ignored(component):
    parsed = read({"topic": "a"}, f"homeassistant/{component}/a/config")

    assert (parsed.found, parsed.refused, parsed.ignored) == ((), (), 1)


@pytest.mark.parametrize("enabled", [False, "false", "False", "off"])
def test_what_is_not_enabled_by_default_is_ignored(enabled):
    assert read({"cmd_t": "set", "en": enabled}).ignored == 1


@pytest.mark.parametrize("enabled", [True, "true", None])
def test_what_is_enabled_is_found(enabled):
    assert read({"cmd_t": "set", "en": enabled}).found


def test_short_names_are_written_out():
    config = config_of(
        {
            "cmd_t": "set",
            "uniq_id": "1",
            "dev": {"ids": "a", "sa": "Kitchen", "mdl": "Box"},
            "o": {"sw": "1"},
            "avty": {"t": "online", "pl_avail": "yes", "val_tpl": "{{ value }}"},
        }
    )

    assert config == {
        "command_topic": "set",
        "unique_id": "1",
        "device": {"identifiers": ["a"], "suggested_area": "Kitchen", "model": "Box"},
        "origin": {"sw_version": "1"},
        "availability": [{"topic": "online", "payload_available": "yes", "value_template": "{{ value }}"}],
    }


def test_the_short_names_are_home_assistants(speech_data):
    real = json.loads((speech_data / "mqtt" / "ha_abbreviations.json").read_text("utf-8"))

    for name, ours in (
        ("ABBREVIATIONS", ABBREVIATIONS),
        ("DEVICE_ABBREVIATIONS", DEVICE_ABBREVIATIONS),
        ("ORIGIN_ABBREVIATIONS", ORIGIN_ABBREVIATIONS),
    ):
        assert ours == {short: full for short, full in real[name].items() if short != full}


def test_the_tilde_begins_or_ends_a_topic_and_nothing_else():
    config = config_of(
        {
            "~": "base/lamp",
            "cmd_t": "~/set",
            "stat_t": "tele/~",
            "bri_stat_t": "a~b",
            "pl_on": "~",
            "avty": [{"t": "~/online"}, {"topic": "status/~"}],
            "avty_t": "~/status",
        }
    )

    assert config["command_topic"] == "base/lamp/set"
    assert config["state_topic"] == "tele/base/lamp"
    assert config["brightness_state_topic"] == "a~b"
    assert config["payload_on"] == "~"
    assert [item["topic"] for item in config["availability"]] == ["base/lamp/online", "status/base/lamp"]
    assert config["availability_topic"] == "base/lamp/status"


def test_a_device_has_components():
    parsed = read(
        {
            "dev": {"ids": "box", "name": "Box"},
            "o": {"name": "maker"},
            "~": "box",
            "stat_t": "~/state",
            "avty_t": "~/online",
            "qos": 1,
            "cmps": {
                "lamp": {"p": "light", "cmd_t": "~/lamp/set", "name": None},
                "heat": {"p": "sensor", "stat_t": "heat", "avty": [{"t": "heat/online"}]},
                "press": {"p": "device_automation", "type": "short"},
                "old": {"p": "sensor"},
            },
        },
        DEVICE,
    )
    lamp, heat = parsed.found

    assert (lamp.key, lamp.component) == (f"{DEVICE}#lamp", Kind.LIGHT)
    assert lamp.config == {
        "command_topic": "box/lamp/set",
        "state_topic": "box/state",
        "availability_topic": "box/online",
        "name": None,
        "qos": 1,
        "device": {"identifiers": ["box"], "name": "Box"},
        "origin": {"name": "maker"},
    }
    assert heat.config["state_topic"] == "heat"
    assert heat.config["availability"] == [{"topic": "heat/online"}]
    assert "availability_topic" not in heat.config
    assert parsed.ignored == 1


def test_a_bad_component_leaves_the_others():
    parsed = read({"cmps": {"a": 5, "b": {"name": "x"}, "c": {"p": "light", "cmd_t": "set"}}}, DEVICE)

    assert [found.key for found in parsed.found] == [f"{DEVICE}#c"]
    assert [key for key, _ in parsed.refused] == [f"{DEVICE}#a", f"{DEVICE}#b"]


def test_of_too_many_components_the_first_are_taken():
    components = {str(number): {"p": "light", "cmd_t": "set"} for number in range(MOST_COMPONENTS + 5)}
    parsed = read({"cmps": components}, DEVICE)

    assert (len(parsed.found), len(parsed.refused)) == (MOST_COMPONENTS, 5)


@pytest.mark.parametrize(
    "payload",
    [
        b"offline",
        b"[]",
        b"5",
        b'"light"',
        b"{",
        b"\xff\xfe",
        b'{"name": NaN}',
        b'{"name": "\\ud800"}',
        b'{"avty": [5]}',
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b"[" * 100_000,
        b'{"a": "' + b"a" * 10_000_000 + b'"}',
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
    ids=lambda payload: repr(payload[:12]),
)
def test_what_is_no_discovery_message_is_refused_with_a_reason(payload):
    with pytest.raises(ConfigRefused) as refused:
        read(payload)

    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 80


def test_a_device_without_components_is_refused():
    with pytest.raises(ConfigRefused, match="components"):
        read({"dev": {"ids": "a"}}, DEVICE)


def test_a_message_may_be_large():
    room = LARGEST_PAYLOAD - 100

    assert read({"cmd_t": "set", "note": "a" * room}).found


def test_a_device_of_the_configuration_file_is_as_one_of_the_network():
    parsed = declared(
        2,
        {
            "component": "light",
            "name": "Lamp",
            "cmd_t": "~/set",
            "~": "a",
            "area": "Kitchen",
            "aliases": ["bulb"],
        },
    )
    (found,) = parsed.found

    assert (found.component, found.area, found.aliases) == (Kind.LIGHT, "Kitchen", ("bulb",))
    assert found.config == {"name": "Lamp", "command_topic": "a/set"}


@pytest.mark.parametrize("component", ["", "lamp", None, 5])
def test_a_device_of_the_configuration_file_needs_a_component(component):
    with pytest.raises(ConfigRefused, match="component"):
        declared(1, {"component": component, "name": "Lamp"})


def test_every_real_message_is_read(speech_data):
    rows = (speech_data / "mqtt" / "discovery.jsonl").read_text("utf-8").splitlines()
    kinds = {str(kind) for kind in Kind}

    for row in map(json.loads, rows):
        parsed = read(row["payload"], row["topic"])

        disabled = str(row["payload"].get("en", row["payload"].get("enabled_by_default"))).lower() == "false"
        assert not parsed.refused
        assert bool(parsed.found) == (row["component"] in {*kinds, "device"} and not disabled)
        assert not any("~" in str(found.config) for found in parsed.found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["dev", "cmps", "avty", "~", "p", "t", "cmd_t", "stat_t", "o", "ids", "en", "name", "device"]
            )
            | st.text(max_size=5),
            inner | st.sampled_from(["light", "~/a", "a/~", "sensor"]),
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(JSON.map(json.dumps).map(str.encode) | st.binary(max_size=80), st.sampled_from([LIGHT, DEVICE]))
@settings(max_examples=300, deadline=None)
def test_any_message_is_read_or_refused(payload, topic):
    try:
        parsed = read(payload, topic)
    except ConfigRefused:
        return

    assert len({found.key for found in parsed.found}) == len(parsed.found)
    assert all(isinstance(found.component, Kind) for found in parsed.found)
