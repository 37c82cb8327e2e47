"""The sentences of the intents' templates, as frames: what needs no model is not lost on it either."""

from __future__ import annotations

import random
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hassil.expression import Alternative, ListReference, Permutation, RuleReference, TextChunk
from hassil.intents import TextSlotList

from voiceslm.entities import Kind
from voiceslm.intents.sentences import load
from voiceslm.tuning.frames import Frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hassil.expression import Expression
    from hassil.intents import Intents

SAMPLES = 6
"""Sentences of one template; they are one phrasing."""

_VALUES = {
    "brightness": ("brightness {percent}", "percent"),
    "position": ("position {percent}", "percent"),
    "fan_speed": ("percentage {percent}", "percent"),
    "volume": ("volume {percent}", "percent"),
    "humidity": ("humidity {percent}", "percent"),
    "temperature": ("temperature {degrees}", "degrees"),
    "color": ("color {color}", "color"),
}
"""List of the templates -> call, and the place of its value."""

_ON = {
    Kind.COVER: "open",
    Kind.VALVE: "open",
    Kind.LOCK: "lock",
    Kind.SCENE: "activate",
    Kind.BUTTON: "press",
}
_OFF = {Kind.COVER: "close", Kind.VALVE: "close", Kind.LOCK: "unlock"}

_CALLS = {
    "HassToggle": "toggle",
    "HassStopMoving": "stop",
    "HassVacuumStart": "start",
    "HassVacuumReturnToBase": "dock",
    "HassVacuumPause": "pause",
    "HassVacuumStop": "stop",
    "HassVacuumLocate": "locate",
    "HassLawnMowerStartMowing": "start",
    "HassLawnMowerDock": "dock",
    "HassMediaPause": "pause",
    "HassMediaUnpause": "play",
    "HassMediaNext": "next",
    "HassMediaPrevious": "previous",
    "HassMediaStop": "stop",
    "HassMediaPlayerMute": "mute",
    "HassMediaPlayerUnmute": "unmute",
    "HassGetState": "get",
    "HassClimateGetTemperature": "get",
}
"""Intent -> what is answered after the device; of others only those with a value or a direction are used."""

_UNIT = re.compile(
    r"(\{(?:percent|degrees)\})(?:\s*(?:%|percent|per cent|°|degrees?|celsius|fahrenheit|[cf]\b))*",
    re.IGNORECASE,
)
"""What is said with a value: our own values have it."""


@lru_cache(maxsize=1)
def intent_frames(language: str = "en") -> Mapping[Kind, Mapping[str, tuple[Frame, ...]]]:
    """Return kind -> call -> a frame for each template that names one device, and no room."""
    known = load(language)
    found: dict[Kind, dict[str, list[Frame]]] = {}
    if known is None:
        return {}
    chance = random.Random(f"intents {language}")  # noqa: S311 - frames that can be made again
    for name, intent in known.intents.intents.items():
        for block in intent.data:
            for kind in _kinds(block):
                call = _call(name, block, kind, known.intents)
                if call and (frame := _frame(call, block, known.intents, chance)):
                    found.setdefault(kind, {}).setdefault(call, []).append(frame)
    return {kind: {call: tuple(ways) for call, ways in calls.items()} for kind, calls in found.items()}


def _kinds(block: Any) -> list[Kind]:
    domains = block.requires_context.get("domain") or ()
    return [Kind(domain) for domain in domains if domain in set(Kind)]


def _call(intent: str, block: Any, kind: Kind, known: Intents) -> str:
    """Return what a template asks for of a kind; empty where that is nothing that is learnt."""
    (sentence,) = block.sentences
    names = {*sentence.list_names(known.expansion_rules)}
    if "name" not in names or names & {"area", "floor"}:
        return ""
    values = [_VALUES[name][0] for name in names if name in _VALUES]
    if values and intent.startswith(("HassLightSet", "HassSet", "HassFan", "HassClimateSet")):
        return values[0] if len(names) == 2 else ""  # noqa: PLR2004 - the name and the value
    if intent in {"HassTurnOn", "HassTurnOff"}:
        usual = (_ON, "on") if intent == "HassTurnOn" else (_OFF, "off")
        return usual[0].get(kind, usual[1])
    direction = block.slots.get("direction")
    if intent == "HassAdjust" and direction and names == {"name"}:
        return f"{block.slots.get('property')} {direction}"
    return _CALLS.get(intent, "")


def _frame(call: str, block: Any, known: Intents, chance: random.Random) -> Frame | None:
    """Return some of a template's sentences as one frame."""
    (sentence,) = block.sentences
    said: dict[str, None] = {}
    for _ in range(SAMPLES):
        text = _UNIT.sub(r"\1", " ".join(_sampled(sentence.expression, known, chance).split()))
        if "\x00" not in text and not set("()[]|") & set(text) and text.count("{name}") == 1:
            said[text] = None
    return Frame(f"({'|'.join(said)})", call) if said else None


def _sampled(expression: Expression, known: Intents, chance: random.Random) -> str:
    """Return one of the sentences that a template matches, its name and value as our places.

    What cannot be said so holds a NUL.
    """
    if isinstance(expression, TextChunk):
        return str(expression.text)
    if isinstance(expression, Alternative):
        return _sampled(chance.choice(expression.items), known, chance)
    if isinstance(expression, RuleReference):
        return _sampled(known.expansion_rules[expression.rule_name].expression, known, chance)
    if isinstance(expression, ListReference):
        return _listed(expression.list_name, known, chance)
    items = [*expression.items]
    if isinstance(expression, Permutation):
        chance.shuffle(items)
        return " ".join(_sampled(item, known, chance) for item in items)
    return "".join(_sampled(item, known, chance) for item in items)


def _listed(name: str, known: Intents, chance: random.Random) -> str:
    if name == "name":
        return "{name}"
    if name in _VALUES:
        return f"{{{_VALUES[name][1]}}}"
    values = known.slot_lists.get(name)
    if isinstance(values, TextSlotList) and values.values:
        return _sampled(chance.choice(values.values).text_in, known, chance)
    return "\x00"
