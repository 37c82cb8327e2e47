"""What real products announce, and what they are told: nothing but the registry is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from voiceslm.bench.home.discovered import announced
from voiceslm.bench.home.part import Part
from voiceslm.bench.home.sentences import Miss, rows
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.entities import Change
from voiceslm.home.driver import Unable
from voiceslm.home.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from voiceslm.bench.home.part import Bench
    from voiceslm.entities import Value

DISCOVERY = "mqtt/discovery.jsonl"
COMMANDS = "mqtt/command_cases.jsonl"

ALL = Target(100.0, at_least=True)

_ENABLED = ("en", "enabled_by_default")

_WANTS: Mapping[str, Callable[[Any], dict[str, Value]]] = {
    "turn": lambda value: {"state": value},
    "brightness_pct": lambda value: {"brightness": value},
    "position": lambda value: {"position": value},
    "open": lambda _: {"state": "open"},
    "close": lambda _: {"state": "closed"},
    "lock": lambda _: {"state": "locked"},
    "unlock": lambda _: {"state": "unlocked"},
}
"""The actions of the command cases, in the words of `voiceslm.entities`."""


async def products(bench: Bench) -> Part:
    """Count the entities that can be used, and compare what is sent with what the product takes."""
    usable: dict[bool, list[bool]] = {True: [], False: []}
    misses: list[Miss] = []
    for line in rows(bench.data / DISCOVERY):
        for key, enabled, works in _entities(line):
            usable[enabled].append(works)
            if not works:
                misses.append(Miss(f"{line['product']} {line['topic']}", "usable", f"{key} is not"))
    cases, wrong = _commands(bench)
    sheet = Sheet("products")
    return Part(
        (
            sheet.share("entities usable, of supported components", usable[True], ALL),
            sheet.share("the same, of those that are not enabled by default", usable[False]),
            sheet.share("commands as the product takes them", cases, ALL),
        ),
        misses=(*misses, *wrong),
    )


def _entities(line: Mapping[str, Any]) -> Iterator[tuple[str, bool, bool]]:
    """Yield key, whether it is enabled by default, and whether it can be used, of each entity of a message.

    How many there are is counted by the simulation, which shares no code with the registry.
    """
    registry = _knowing(line)
    found = list(registry.entities.values())
    used = [entity for entity in found if entity.settable or entity.deeds or entity.reports]
    for thing in announced({line["topic"]: line["payload"]}):
        enabled = str(thing.config.get("en", thing.config.get("enabled_by_default", True))).lower() != "false"
        match = next((entity for entity in used if entity.kind is thing.kind), None)
        if match:
            used.remove(match)
        yield thing.key, enabled, match is not None


def _knowing(line: Mapping[str, Any]) -> Registry:
    """Return a registry that knows one message, also what is not enabled by default in it."""
    registry = Registry()
    registry.take(line["topic"], json.dumps(_all_enabled(line["payload"])).encode())
    return registry


def _all_enabled(payload: Any) -> Any:
    if not isinstance(payload, dict):
        return payload
    return {name: _all_enabled(value) for name, value in payload.items() if name not in _ENABLED}


def _commands(bench: Bench) -> tuple[list[bool], list[Miss]]:
    lines = {(line["id"], line["topic"]): line for line in rows(bench.data / DISCOVERY)}
    hits, misses = [], []
    for case in rows(bench.data / COMMANDS):
        sent = _sent(_knowing(lines[case["id"], case["topic"]]), case)
        wanted = [case["expect_payload"], *case.get("accept", ())]
        hits.append(_is(sent, case["expect_topic"], wanted))
        if not hits[-1]:
            expected = f"{case['expect_topic']} {case['expect_payload']}"
            misses.append(Miss(f"{case['topic']} {case['action']}", expected, str(sent)))
    return hits, misses


def _sent(registry: Registry, case: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return topic and payload of what is sent for a case; nothing where the entity cannot do it."""
    [(action, value)] = case["action"].items()
    entity = next((one for one in registry.entities.values() if one.kind == case["component"]), None)
    if entity is None:
        return []
    try:
        messages = registry.messages(Change(entity.id, _WANTS[action](value)))
    except Unable:
        return []
    return [(message.topic, message.payload) for message in messages]


def _is(sent: list[tuple[str, str]], topic: str, payloads: list[Any]) -> bool:
    """Say whether one message was sent, one of those that are right; objects are compared as JSON."""
    if len(sent) != 1 or sent[0][0] != topic:
        return False
    said: Any = sent[0][1]
    if isinstance(payloads[0], dict):
        try:
            said = json.loads(said)
        except ValueError:
            return False
    return said in payloads
