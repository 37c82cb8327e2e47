"""What is said of what came of a command: from the outcome, never from the wish. Pure."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from voiceslm.entities import Kind, Outcome, Result
from voiceslm.home.phrases import begun, listed, the, wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.entities import Change, Entity

NAMED = 3
"""So many entities are named; more are counted."""

OFFLINE = "I can't reach the devices right now."
TOO_MANY = "That's too many commands at once. Please wait a moment."

_DEEDS: Mapping[str, str] = {
    "press": "pressed",
    "activate": "activated",
    "stop": "stopped",
    "next": "skipped to the next on",
    "previous": "went back to the previous on",
    "pause": "paused",
    "locate": "called",
    "open": "opened",
}

_MOVING = frozenset({"opening", "closing"})

_PLURAL_NAMES = frozenset(
    {
        "lights",
        "lamps",
        "blinds",
        "curtains",
        "drapes",
        "shades",
        "shutters",
        "speakers",
        "fans",
        "doors",
        "windows",
        "spots",
        "leds",
        "bulbs",
    }
)

_PLURALS: Mapping[Kind, str] = {
    Kind.LIGHT: "lights",
    Kind.SWITCH: "switches",
    Kind.COVER: "covers",
    Kind.FAN: "fans",
    Kind.LOCK: "locks",
    Kind.MEDIA_PLAYER: "players",
    Kind.CLIMATE: "thermostats",
    Kind.VALVE: "valves",
}


def confirmation(outcomes: Sequence[Outcome], entities: Mapping[str, Entity]) -> str:
    """Return what came of a command as one or a few short sentences."""
    if any(outcome.result is Result.OFFLINE for outcome in outcomes):
        return OFFLINE
    if all(outcome.result is Result.REFUSED for outcome in outcomes):
        return TOO_MANY
    known = [outcome for outcome in outcomes if outcome.change.entity in entities]
    order = list(Result)
    ranked = sorted(known, key=lambda outcome: order.index(outcome.result))
    sentences = []
    for result, group in groupby(ranked, key=lambda outcome: outcome.result):
        sentences += _sentences(result, list(group), entities)
    return " ".join(sentences) or "I don't know that device."


def expected(changes: Sequence[Change], entities: Mapping[str, Entity]) -> str:
    """Return what will be said if all goes well, so that its sound can be made meanwhile."""
    outcomes = []
    for change in changes:
        entity = entities.get(change.entity)
        reports = entity is not None and change.wants and change.wants.keys() <= entity.reports
        outcomes.append(Outcome(change, Result.DONE if reports else Result.SENT, after=change.wants))
    return confirmation(outcomes, entities)


def _sentences(result: Result, outcomes: Sequence[Outcome], entities: Mapping[str, Entity]) -> list[str]:
    sentences = []
    for said, group in groupby(outcomes, key=lambda outcome: _predicate(result, outcome, entities)):
        things = [entities[outcome.change.entity] for outcome in group]
        if said.startswith("<"):
            sentences.append(begun(f"{said[1:]} {_together(things)}."))
        else:
            plural = "are" if len(things) > 1 or _is_plural(things[0]) else "is"
            sentences.append(begun(f"{_together(things)} {said.format(be=plural)}."))
    return sentences


def _predicate(result: Result, outcome: Outcome, entities: Mapping[str, Entity]) -> str:
    """Return what is said of an entity; with "<" before it where it goes before the name."""
    entity, change = entities[outcome.change.entity], outcome.change
    if change.deed and result in {Result.DONE, Result.ALREADY, Result.SENT}:
        return f"<{_DEEDS.get(change.deed, change.deed)}"
    said = {
        Result.DONE: f"{{be}} {_so(entity, outcome)}",
        Result.ALREADY: f"{{be}} already {_so(entity, outcome)}",
        Result.SENT: f"should now be {_wish(entity, change)}",
        Result.SILENT: "{be} not responding",
        Result.UNAVAILABLE: "{be} offline",
        Result.REFUSED: "{be} not to be changed so often",
    }
    return said.get(result, "can't do that")


def _so(entity: Entity, outcome: Outcome) -> str:
    """Say how it is now: what was wanted, or that it is under way."""
    moving = outcome.after.get("state")
    if moving in _MOVING and ("position" in outcome.change.wants or "state" in outcome.change.wants):
        return str(moving)
    return _wish(entity, outcome.change)


def _wish(entity: Entity, change: Change) -> str:
    wants = {name: value for name, value in change.wants.items() if name != "state" or len(change.wants) == 1}
    return " and ".join(wanted(entity, name, value) for name, value in wants.items())


def _together(things: Sequence[Entity]) -> str:
    if len(things) <= NAMED:
        return listed([the(thing) for thing in things])
    kinds = {thing.kind for thing in things}
    word = _PLURALS.get(things[0].kind, "devices") if len(kinds) == 1 else "devices"
    areas = {thing.area for thing in things}
    place = f" in the {things[0].area}" if len(areas) == 1 and things[0].area else ""
    return f"{len(things)} {word}{place}"


def _is_plural(entity: Entity) -> bool:
    last = entity.name.split()[-1].lower() if entity.name.split() else ""
    return last in {
        "lights",
        "lamps",
        "blinds",
        "curtains",
        "shades",
        "shutters",
        "speakers",
        "fans",
        "doors",
        "windows",
        "spots",
        "leds",
    }
