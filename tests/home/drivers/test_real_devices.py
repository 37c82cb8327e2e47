"""What real devices announce: each has a driver, and is told what it understands."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.home.drivers.bench import sent
from voiceslm.home.discovery import parse
from voiceslm.home.drivers import driver_for

PREFIX = "homeassistant"
ENTITIES = 55


def wants_of(action):
    """Return what an action of the data wants, in our words."""
    words = {
        "turn": lambda value: {"state": value},
        "brightness_pct": lambda value: {"brightness": value},
        "position": lambda value: {"position": value},
        "open": lambda _: {"state": "open"},
        "close": lambda _: {"state": "closed"},
        "lock": lambda _: {"state": "locked"},
        "unlock": lambda _: {"state": "unlocked"},
    }
    [(word, value)] = action.items()
    return words[word](value)


def lines_of(name):
    folder = Path(os.environ.get("VOICESLM_DATA", Path(__file__).parents[4] / "shared" / "data"))
    path = folder / "mqtt" / name
    if not path.exists():
        pytest.skip(f"no {path}; set VOICESLM_DATA")
    return [json.loads(line) for line in path.read_text().splitlines()]


def entities_of(line):
    """Return the entities of an announcement, those included that are not enabled by default."""
    payload = {
        key: value for key, value in line["payload"].items() if key not in {"en", "enabled_by_default"}
    }
    return parse(line["topic"], json.dumps(payload).encode(), PREFIX).found


def test_every_entity_that_real_devices_announce_has_a_driver():
    entities = [entity for line in lines_of("discovery.jsonl") for entity in entities_of(line)]

    drivers = [driver_for(entity.component, entity.config) for entity in entities]

    assert len(drivers) >= ENTITIES
    assert all(driver.settable or driver.deeds or driver.reports for driver in drivers)


def test_real_devices_are_told_what_they_understand():
    announced = {(line["id"], line["topic"]): line for line in lines_of("discovery.jsonl")}
    wrong = []
    for case in lines_of("command_cases.jsonl"):
        entities = entities_of(announced[case["id"], case["topic"]])
        entity = next(entity for entity in entities if entity.component == case["component"])
        messages = sent(driver_for(entity.component, entity.config), wants_of(case["action"]))
        expected = [case["expect_payload"], *case.get("accept", ())]
        if len(messages) != 1 or not is_expected(messages[0], case["expect_topic"], expected):
            wrong.append((case["id"], case["action"], messages))

    assert wrong == []


def is_expected(message, topic, payloads):
    said = [json.loads(message[1])] if isinstance(payloads[0], dict) else [message[1]]
    return message[0] == topic and said[0] in payloads
