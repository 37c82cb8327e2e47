"""How the assistant announces itself to Home Assistant and the like."""

import json
from typing import Any

import pytest
from jinja2.sandbox import SandboxedEnvironment

from voiceslm.home.announce import About, announcement, device
from voiceslm.home.presence import Condition, Presence
from voiceslm.home.topics import Topics

ABOUT = About(
    topics=Topics("voiceslm", "kitchen"),
    discovery_prefix="homeassistant",
    version="1.2.3",
    wake_words=("okay_nabu", "hey_jarvis"),
    area="Kitchen",
)


def about(**changes: Any) -> About:
    fields = {name: getattr(ABOUT, name) for name in About.__slots__} | changes
    return About(**fields)


def published() -> dict[str, str]:
    """Return what is published at a connection, by topic."""
    presence = Presence(ABOUT, Condition("listening", muted=True, volume=40, wake_word="hey_jarvis"))
    return {message.topic: message.payload for message in presence.connected()}


def test_it_is_one_retained_message_for_the_device() -> None:
    message = announcement(ABOUT)

    assert message.topic == "homeassistant/device/voiceslm_kitchen/config"
    assert message.retain
    assert json.loads(message.payload) == device(ABOUT)


def test_it_says_who_made_it_and_where_it_stands() -> None:
    payload = device(ABOUT)

    assert payload["dev"]["identifiers"] == ["voiceslm_kitchen"]
    assert payload["dev"]["suggested_area"] == "Kitchen"
    assert payload["o"] == {"name": "voiceslm", "sw_version": "1.2.3"}
    assert payload["availability_topic"] == "voiceslm/kitchen/availability"


def test_without_an_area_it_suggests_none() -> None:
    assert "suggested_area" not in device(about(area=""))["dev"]


def test_every_entity_has_a_platform_a_name_and_an_id_of_its_own() -> None:
    entities = device(ABOUT)["cmps"]

    assert {key: entity["platform"] for key, entity in entities.items()} == {
        "state": "sensor",
        "mute": "switch",
        "volume": "number",
        "wake_word": "select",
        "say": "text",
        "ask": "text",
        "listen": "button",
        "stop": "button",
        "timers": "sensor",
        "latency": "sensor",
        "health": "binary_sensor",
        "turn": "event",
    }
    assert all(entity["name"] for entity in entities.values())
    assert {entity["unique_id"] for entity in entities.values()} == {
        f"voiceslm_kitchen_{key}" for key in entities
    }


def test_every_command_of_an_entity_is_one_that_is_taken() -> None:
    commands = {e["command_topic"] for e in device(ABOUT)["cmps"].values() if "command_topic" in e}
    assert commands == ABOUT.topics.commands


@pytest.mark.parametrize(
    ("key", "value"),
    [("state", "listening"), ("mute", "ON"), ("volume", "40"), ("wake_word", "hey_jarvis"), ("timers", "0")],
)
def test_what_is_published_reads_as_the_entitys_state(key: str, value: str) -> None:
    entity = device(ABOUT)["cmps"][key]
    template = SandboxedEnvironment().from_string(entity["value_template"])

    assert template.render(value_json=json.loads(published()[entity["state_topic"]])) == value


def test_where_it_shall_not_announce_it_takes_an_earlier_announcement_back() -> None:
    message = announcement(about(announce=False))

    assert (message.topic, message.payload, message.retain) == (ABOUT.discovery_topic, "", True)
