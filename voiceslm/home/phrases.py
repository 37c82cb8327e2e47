"""How entities, places and lists of them are said in English. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.entities import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.entities import Entity

NAMED = 3
"""So many entities are named; more are counted."""

NOUNS: Mapping[str, tuple[str, str]] = {
    Kind.ALARM: ("alarm", "alarms"),
    Kind.BINARY_SENSOR: ("sensor", "sensors"),
    Kind.BUTTON: ("button", "buttons"),
    Kind.CLIMATE: ("thermostat", "thermostats"),
    Kind.COVER: ("cover", "covers"),
    Kind.FAN: ("fan", "fans"),
    Kind.HUMIDIFIER: ("humidifier", "humidifiers"),
    Kind.LAWN_MOWER: ("lawn mower", "lawn mowers"),
    Kind.LIGHT: ("light", "lights"),
    Kind.LOCK: ("lock", "locks"),
    Kind.MEDIA_PLAYER: ("player", "players"),
    Kind.NUMBER: ("number", "numbers"),
    Kind.SCENE: ("scene", "scenes"),
    Kind.SELECT: ("setting", "settings"),
    Kind.SENSOR: ("sensor", "sensors"),
    Kind.SIREN: ("siren", "sirens"),
    Kind.SWITCH: ("switch", "switches"),
    Kind.VACUUM: ("vacuum", "vacuums"),
    Kind.VALVE: ("valve", "valves"),
    Kind.WATER_HEATER: ("water heater", "water heaters"),
    "awning": ("awning", "awnings"),
    "blind": ("blind", "blinds"),
    "curtain": ("curtain", "curtains"),
    "door": ("door", "doors"),
    "garage": ("garage door", "garage doors"),
    "garage_door": ("garage door", "garage doors"),
    "gate": ("gate", "gates"),
    "shade": ("shade", "shades"),
    "shutter": ("shutter", "shutters"),
    "window": ("window", "windows"),
    "battery": ("battery", "batteries"),
}
"""Kind or device class -> what one and what several of it are called."""

_PLURALS = frozenset(
    {noun[1].split()[-1] for noun in NOUNS.values()}
    | {
        "lamps",
        "drapes",
        "speakers",
        "spots",
        "spotlights",
        "downlights",
        "leds",
        "bulbs",
        "strips",
        "candles",
    }
    | {"heaters", "radiators", "plugs", "sockets", "outlets", "sprinklers", "screens", "monitors", "displays"}
)
_ARTICLE = re.compile(r"(?:the|my|our|your|a|an)\b|\w+['’]s\b", re.IGNORECASE)  # noqa: RUF001 - typographic
_NUMBERED = re.compile(r".*\d$")
_ADVERBS = frozenset({"upstairs", "downstairs", "outside", "outdoors", "inside", "indoors"})
_ON = frozenset({"floor", "balcony", "terrace", "patio", "porch", "roof", "deck", "landing", "driveway"})
_ROBOTS = frozenset({Kind.VACUUM, Kind.LAWN_MOWER})
_ROBOT_NOUNS = (["vacuum"], ["cleaner"], ["robot"], ["hoover"], ["mower"], ["lawnmower"])
"""A robot of another name goes by it, without an article."""

_SENSED = (
    "motion",
    "occupancy",
    "presence",
    "smoke",
    "gas",
    "monoxide",
    "moisture",
    "leak",
    "vibration",
    "sound",
)
_WORDS: Mapping[Kind, str] = {Kind.SCENE: "scene", Kind.BUTTON: "button"}


def the(entity: Entity) -> str:
    """Return the entity as part of a sentence: "the kitchen light", "Anna's lamp", "lamp 2"."""
    name = entity.name.replace("_", " ")
    if entity.kind in _ROBOTS and name.casefold().split()[-1:] not in _ROBOT_NOUNS:
        return name
    word = _WORDS.get(entity.kind, "")
    if entity.kind is Kind.BINARY_SENSOR and name.casefold().endswith(_SENSED):
        word = "sensor"
    return _with_article(name if word in name.casefold() else f"{name} {word}")


def placed(place: str) -> str:
    """Return where an area or a floor is: "in the kitchen", "upstairs", "on the balcony"."""
    words = place.casefold().split()
    if place.casefold() in _ADVERBS:
        return place.casefold()
    return f"{'on' if words and words[-1] in _ON else 'in'} {_with_article(place)}"


def located(entity: Entity) -> str:
    """Return the entity with its room, unless its name says it: "the lamp in the bedroom"."""
    name = the(entity)
    if not entity.area or f" {entity.area.casefold()} " in f" {name.casefold()} ":
        return name
    return f"{name} {placed(entity.area)}"


def together(things: Sequence[Entity]) -> str:
    """Return several entities by name, with rooms where names are the same; more than a few are counted."""
    if len(things) > NAMED:
        areas = {thing.area for thing in things}
        place = f" {placed(things[0].area)}" if len(areas) == 1 and things[0].area else ""
        return f"{len(things)} {noun(things)}{place}"
    names = [the(thing) for thing in things]
    if len(set(names)) < len(names):
        names = [located(thing) for thing in things]
    return listed(list(dict.fromkeys(names)))


def noun(things: Sequence[Entity]) -> str:
    """Return what several entities are called: "blinds", "lights", or only "devices"."""
    kinds, classes = {thing.kind for thing in things}, {thing.device_class for thing in things}
    if len(classes) == 1 and (found := NOUNS.get(things[0].device_class)):
        return found[1]
    return NOUNS[things[0].kind][1] if len(kinds) == 1 else "devices"


def is_plural(entity: Entity) -> bool:
    """Say whether the entity's name is that of several things: "living room blinds"."""
    words = entity.name.replace("_", " ").casefold().split()
    return bool(words) and words[-1] in _PLURALS


def be(things: Sequence[Entity]) -> str:
    """Return "is" or "are"."""
    return "are" if len(things) > 1 or any(is_plural(thing) for thing in things) else "is"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def begun(sentence: str) -> str:
    """Return ``sentence`` with a capital first letter, the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def _with_article(name: str) -> str:
    return name if _ARTICLE.match(name) or _NUMBERED.match(name) else f"the {name}"
