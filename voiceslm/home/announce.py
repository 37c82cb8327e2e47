"""What the home is told of the assistant as a device: Home Assistant's MQTT discovery. Pure.

It is one device with several entities, in one message (device-based discovery:
https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload), which read and write the plain
topics of `voiceslm.home.topics`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceslm.events import Ended
from voiceslm.home.message import Message

if TYPE_CHECKING:
    from voiceslm.home.topics import Topics

STATES = ("idle", "listening", "thinking", "speaking")


@dataclass(frozen=True, slots=True)
class About:
    """Who announces itself, and how."""

    topics: Topics
    discovery_prefix: str
    version: str
    wake_words: tuple[str, ...]
    """Those that can be chosen; none where it does not wait for a word."""

    area: str = ""
    announce: bool = True
    """To Home Assistant and the like; the plain topics are there in any case."""

    transcripts: bool = False
    """Tell with each turn what was said and answered."""

    @property
    def discovery_topic(self) -> str:
        """Where the device is announced. Whoever learns the home from discovery leaves it out."""
        return f"{self.discovery_prefix}/device/voiceslm_{self.topics.id}/config"

    @property
    def birth_topic(self) -> str:
        """Where Home Assistant says that it has started."""
        return f"{self.discovery_prefix}/status"


def announcement(about: About) -> Message:
    """Return the message that announces the assistant, or, where it shall not, takes an earlier one back."""
    payload = json.dumps(device(about), ensure_ascii=False) if about.announce else ""
    return Message(about.discovery_topic, payload, retain=True)


def device(about: About) -> dict[str, Any]:
    """Return the discovery payload of the assistant and its entities."""
    topics = about.topics
    place = {"suggested_area": about.area} if about.area else {}
    return {
        "dev": {
            "identifiers": [f"voiceslm_{topics.id}"],
            "name": f"Voice assistant {topics.id}",
            "manufacturer": "voiceslm",
            "model": "Voice assistant",
            "sw_version": about.version,
            **place,
        },
        "o": {"name": "voiceslm", "sw_version": about.version},
        "availability_topic": topics["availability"],
        "cmps": {
            key: entity | ({"unique_id": f"voiceslm_{topics.id}_{key}"} if "name" in entity else {})
            for key, entity in _entities(about).items()
        },
    }


def _entities(about: About) -> dict[str, dict[str, Any]]:
    """Return the entities.

    Most have a category, so that whoever speaks of all that is in the home, as another assistant, leaves them
    out. One that has nothing but its platform is taken back.
    """
    topics = about.topics
    return {
        "state": {
            "platform": "sensor",
            "name": "State",
            "entity_category": "diagnostic",
            "device_class": "enum",
            "options": list(STATES),
            **_reads(topics["state"], "{{ value_json.state }}"),
        },
        "mute": {
            "platform": "switch",
            "name": "Microphone mute",
            "entity_category": "config",
            "command_topic": topics["mute/set"],
            **_reads(topics["state"], "{{ 'ON' if value_json.muted else 'OFF' }}"),
        },
        "volume": {
            "platform": "number",
            "name": "Volume",
            "entity_category": "config",
            "min": 0,
            "max": 100,
            "unit_of_measurement": "%",
            "command_topic": topics["volume/set"],
            **_reads(topics["state"], "{{ value_json.volume }}"),
        },
        "wake_word": _wake_word(about) if about.wake_words else {"platform": "select"},
        "say": {"platform": "text", "name": "Say", "command_topic": topics["say"]},
        "ask": {"platform": "text", "name": "Ask", "command_topic": topics["ask"]},
        "listen": _button("Listen", topics["listen"]),
        "stop": _button("Stop", topics["stop"]),
        "timers": {
            "platform": "sensor",
            "name": "Timers",
            "entity_category": "diagnostic",
            "json_attributes_topic": topics["timers"],
            **_reads(topics["timers"], "{{ value_json.count }}"),
        },
        "latency": {
            "platform": "sensor",
            "name": "Latency of the last turn",
            "entity_category": "diagnostic",
            "device_class": "duration",
            "state_class": "measurement",
            "unit_of_measurement": "ms",
            **_reads(topics["latency"], "{{ value_json.latency_ms }}"),
        },
        "health": {
            "platform": "binary_sensor",
            "name": "Health",
            "entity_category": "diagnostic",
            "device_class": "problem",
            "json_attributes_topic": topics["health"],
            **_reads(topics["health"], "{{ 'ON' if value_json.degraded else 'OFF' }}"),
        },
        "turn": {
            "platform": "event",
            "name": "Turn",
            "event_types": [ended.value for ended in Ended],
            "state_topic": topics["turn"],
        },
    }


def _wake_word(about: About) -> dict[str, Any]:
    return {
        "platform": "select",
        "name": "Wake word",
        "entity_category": "config",
        "options": list(about.wake_words),
        "command_topic": about.topics["wake_word/set"],
        **_reads(about.topics["state"], "{{ value_json.wake_word }}"),
    }


def _button(name: str, topic: str) -> dict[str, str]:
    return {"platform": "button", "name": name, "entity_category": "config", "command_topic": topic}


def _reads(topic: str, template: str) -> dict[str, str]:
    return {"state_topic": topic, "value_template": template}
