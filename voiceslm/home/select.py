"""Which entities a command or a question is about. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.entities import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voiceslm.entities import Entity
    from voiceslm.events import Intent

OPENINGS = frozenset({"door", "garage", "garage_door", "gate", "opening", "window"})
"""Classes of what can be open, of covers and of the sensors at it."""

CLASSES: Mapping[str, frozenset[str]] = {
    "garage": frozenset({"garage", "garage_door"}),
    "door": frozenset({"door", "garage_door", "garage", "opening"}),
    "window": frozenset({"window", "opening"}),
    "blind": frozenset({"blind", "shade", "shutter"}),
    "shade": frozenset({"shade", "blind"}),
    "curtain": frozenset({"curtain", "drape"}),
}
"""What people say -> device classes that it may be; every other word is its own class."""

ANYWHERE = frozenset({Kind.VACUUM, Kind.LAWN_MOWER})
"""What goes where it is wanted: the room that is said is not where it stands."""

_SWITCHED = frozenset({Kind.LIGHT, Kind.SWITCH, Kind.FAN, Kind.MEDIA_PLAYER, Kind.SIREN, Kind.HUMIDIFIER})
_OPENED = frozenset({Kind.COVER, Kind.VALVE, Kind.BINARY_SENSOR})
_CLIMATES = frozenset({Kind.CLIMATE, Kind.WATER_HEATER, Kind.HUMIDIFIER})

_KINDS: Sequence[tuple[str, frozenset[Kind]]] = (
    ("HassTurnO", _SWITCHED),
    ("HassToggle", _SWITCHED),
    ("HassLight", frozenset({Kind.LIGHT})),
    ("HassFan", frozenset({Kind.FAN})),
    ("HassSetOscillation", frozenset({Kind.FAN})),
    ("HassMedia", frozenset({Kind.MEDIA_PLAYER})),
    ("HassSetVolume", frozenset({Kind.MEDIA_PLAYER})),
    ("HassVacuumPause", ANYWHERE),
    ("HassVacuum", frozenset({Kind.VACUUM})),
    ("HassLawnMower", frozenset({Kind.LAWN_MOWER})),
    ("HassClimateGet", frozenset({Kind.CLIMATE, Kind.SENSOR})),
    ("HassClimate", frozenset({Kind.CLIMATE})),
    ("HassSetSwingMode", frozenset({Kind.CLIMATE})),
    ("HassSetMode", _CLIMATES),
    ("HassSetPreset", _CLIMATES | {Kind.FAN}),
    ("HassSetHumidity", frozenset({Kind.HUMIDIFIER, Kind.CLIMATE})),
    ("HassSetPosition", frozenset({Kind.COVER, Kind.VALVE})),
    ("HassSetTilt", frozenset({Kind.COVER})),
    ("HassStopMoving", frozenset({Kind.COVER, Kind.VALVE})),
    ("HassAlarm", frozenset({Kind.ALARM})),
    ("HassArm", frozenset({Kind.ALARM})),
    ("HassDisarm", frozenset({Kind.ALARM})),
    ("HassSetOption", frozenset({Kind.SELECT})),
    ("HassSetValue", frozenset({Kind.NUMBER})),
)
"""How an intent's name begins -> what it is about where neither a name nor a kind was said."""

_ADJUSTED: Mapping[str, frozenset[Kind]] = {
    "brightness": frozenset({Kind.LIGHT}),
    "color_temperature": frozenset({Kind.LIGHT}),
    "percentage": frozenset({Kind.FAN}),
    "position": frozenset({Kind.COVER, Kind.VALVE}),
    "tilt": frozenset({Kind.COVER}),
    "temperature": frozenset({Kind.CLIMATE}),
    "humidity": frozenset({Kind.HUMIDIFIER, Kind.CLIMATE}),
    "volume": frozenset({Kind.MEDIA_PLAYER}),
}

_STATES: Mapping[str, frozenset[Kind]] = {
    "on": _SWITCHED | {Kind.CLIMATE},
    "off": _SWITCHED | {Kind.CLIMATE},
    "open": _OPENED,
    "closed": _OPENED,
    "opening": _OPENED,
    "closing": _OPENED,
    "locked": frozenset({Kind.LOCK}),
    "unlocked": frozenset({Kind.LOCK}),
}
"""State that is asked for -> what can be in it, where no kind was said: "is anything on?"."""

_ALL = re.compile(r"\b(?:all|both|every|each)\b", re.IGNORECASE)
_HERE = re.compile(r"\b(?:here|in (?:this|the|my|our) (?:room|area|space))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Several:
    """More than one thing may be meant, and they are not meant together."""

    entities: tuple[Entity, ...]

    by_room: bool = False
    """Those of one room are meant together: only the room is in doubt."""


def selected(
    intent: Intent, entities: Mapping[str, Entity], area: str, fits: Callable[[Entity], bool]
) -> tuple[Entity, ...] | Several:
    """Return what ``intent`` is about.

    Args:
        intent: with the slots name (and ids in ``entities``), area, floor, domain, device_class.
        entities: what there is.
        area: where the speaker is; empty where nobody knows.
        fits: whether an entity can do what is wanted; those that cannot are left out.
    """
    if not intent.entities:
        return _many(intent, entities, area, fits)
    named = [entities[name] for name in intent.entities if name in entities]
    if intent.name != "HassVacuumCleanArea":
        place = "" if implied(intent, area) else str(intent.slots.get("area", ""))
        named = _within(named, place, str(intent.slots.get("floor", "")), unplaced=True)
    return _one(_best([entity for entity in named if fits(entity)] or named), area, intent.text)


def implied(intent: Intent, area: str) -> bool:
    """Say whether the area is only where the speaker is, and nobody said it."""
    place, text = str(intent.slots.get("area", "")).casefold(), intent.text.casefold()
    return place == area.casefold() and place not in text and not _HERE.search(text)


def kinds(intent: Intent) -> frozenset[str]:
    """Return the kinds of what ``intent`` may be about, where it has no name; empty for all kinds."""
    slots = intent.slots
    if "domain" in slots:
        said = str(slots["domain"])
        openings = (
            said == Kind.COVER and intent.name == "HassGetState" and slots.get("device_class") in OPENINGS
        )
        return frozenset({said, Kind.BINARY_SENSOR} if openings else {said})
    if intent.name == "HassAdjust":
        return frozenset(_ADJUSTED.get(str(slots.get("property", "")), ()))
    if intent.name == "HassGetState":
        return frozenset(_STATES.get(str(slots.get("state", "")), ()))
    return frozenset(next((found for start, found in _KINDS if intent.name.startswith(start)), ()))


def _many(
    intent: Intent, entities: Mapping[str, Entity], area: str, fits: Callable[[Entity], bool]
) -> tuple[Entity, ...] | Several:
    """Select by kind, class and place."""
    slots, allowed = intent.slots, kinds(intent)
    wanted_class, state = str(slots.get("device_class", "")), str(slots.get("state", ""))
    found = [
        entity
        for entity in entities.values()
        if (not allowed or entity.kind in allowed) and _of_class(entity, wanted_class, state) and fits(entity)
    ]
    found = [entity for entity in found if not entity.auxiliary] or (
        found if intent.name == "HassGetState" and wanted_class else []
    )
    place, floor = str(slots.get("area", "")), str(slots.get("floor", ""))
    near = tuple(_within(found, "" if floor else place, floor))
    if near or not (place or floor):
        return near
    if allowed and allowed <= ANYWHERE:
        return tuple(found)
    if floor or not implied(intent, area):
        return ()
    # Nothing of the kind is where the speaker is: then it is what stands elsewhere, if that is one place.
    return Several(tuple(found), by_room=True) if len({entity.area for entity in found}) > 1 else tuple(found)


def _of_class(entity: Entity, wanted: str, state: str) -> bool:
    """Say whether the entity is of the class that was said, which a cover's name may tell as well."""
    if not wanted:
        is_opening = entity.kind is not Kind.BINARY_SENSOR or entity.device_class in OPENINGS
        return state not in {"open", "closed"} or is_opening
    classes = CLASSES.get(wanted, frozenset({wanted}))
    if entity.device_class or entity.kind is not Kind.COVER:
        return entity.device_class in classes
    return not classes.isdisjoint(word.removesuffix("s") for word in entity.name.casefold().split())


def _within(entities: Sequence[Entity], area: str, floor: str, *, unplaced: bool = False) -> list[Entity]:
    """Return those in ``area`` and on ``floor``; with ``unplaced`` those that are nobody knows where, too."""

    def there(said: str, found: str) -> bool:
        return not said or (unplaced and not found) or said.casefold() == found.casefold()

    return [entity for entity in entities if there(area, entity.area) and there(floor, entity.floor)]


def _best(entities: Sequence[Entity]) -> list[Entity]:
    """Leave out what only maintains a device, unless it is all there is."""
    return [entity for entity in entities if not entity.auxiliary] or list(entities)


def _one(entities: Sequence[Entity], area: str, text: str) -> tuple[Entity, ...] | Several:
    """Return the one of a name; of several, the one where the speaker is, or all where several were said."""
    near = (_within(entities, area, "") if area else []) or entities
    near = _main(near)
    if len(near) <= 1 or _plural(near, text):
        return tuple(near)
    return Several(tuple(near))


def _plural(entities: Sequence[Entity], text: str) -> bool:
    """Say whether ``text`` has the last word of the entities' names in the plural."""
    if _ALL.search(text):
        return True
    words = set(re.findall(r"\w+", text.casefold()))
    lasts = {entity.name.casefold().split()[-1] for entity in entities if entity.name.split()}
    return bool(lasts) and all(f"{last}s" in words and last not in words for last in lasts)


def _main(entities: Sequence[Entity]) -> Sequence[Entity]:
    """Return those of the kind that a name means that several kinds share."""
    told = [entity for entity in entities if _NOUNS.get(entity.kind, "\0") in entity.name.casefold()]
    first = min(
        told or entities, key=lambda entity: _PRECEDENCE.get(entity.kind, len(_PRECEDENCE)), default=None
    )
    return [entity for entity in entities if first and entity.kind is first.kind]


_NOUNS: Mapping[Kind, str] = {Kind.LIGHT: "light", Kind.FAN: "fan", Kind.LOCK: "lock", Kind.COVER: "door"}
"""What tells in a name which part of a device it is: the fan of a "ceiling fan" that is a light, too."""

_PRECEDENCE = {
    kind: index
    for index, kind in enumerate(
        (
            Kind.LIGHT,
            Kind.COVER,
            Kind.LOCK,
            Kind.CLIMATE,
            Kind.FAN,
            Kind.MEDIA_PLAYER,
            Kind.VACUUM,
            Kind.LAWN_MOWER,
            Kind.HUMIDIFIER,
            Kind.WATER_HEATER,
            Kind.VALVE,
            Kind.SIREN,
            Kind.SWITCH,
            Kind.SCENE,
            Kind.BINARY_SENSOR,
            Kind.SENSOR,
        )
    )
}
"""Which of one name is meant where only the kind differs and the name does not tell."""
