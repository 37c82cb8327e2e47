"""Which entities a command or a question is about. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.entities import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from voiceslm.entities import Entity
    from voiceslm.events import Intent

CLASSES: Mapping[str, frozenset[str]] = {
    "garage": frozenset({"garage", "garage_door"}),
    "door": frozenset({"door", "garage_door", "garage", "opening"}),
    "window": frozenset({"window", "opening"}),
    "blind": frozenset({"blind", "shade", "shutter"}),
    "shade": frozenset({"shade", "blind"}),
    "curtain": frozenset({"curtain", "drape"}),
}
"""What people say -> device classes that it may be; every other word is its own class."""


@dataclass(frozen=True, slots=True)
class Several:
    """More than one thing may be meant, and they are not meant together."""

    entities: tuple[Entity, ...]


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
    slots = intent.slots
    if intent.entities:
        named = [entities[name] for name in intent.entities if name in entities]
        found = _best([entity for entity in named if fits(entity)] or named)
        found = _within(found, str(slots.get("area", "")), str(slots.get("floor", "")))
        return _one(found, area)
    return _many(intent, [entity for entity in entities.values() if not entity.auxiliary], fits)


def _many(
    intent: Intent, entities: Iterable[Entity], fits: Callable[[Entity], bool]
) -> tuple[Entity, ...] | Several:
    """Select by kind, class and place."""
    slots = intent.slots
    wanted_class = str(slots.get("device_class", ""))
    kinds = {str(slots["domain"])} if "domain" in slots else set()
    found = [
        entity
        for entity in entities
        if fits(entity)
        and (not kinds or entity.kind in kinds)
        and (not wanted_class or entity.device_class in CLASSES.get(wanted_class, {wanted_class}))
    ]
    place, floor = str(slots.get("area", "")), str(slots.get("floor", ""))
    if floor:
        return tuple(_within(found, "", floor))
    if not place:
        return tuple(found)
    near = tuple(_within(found, place, ""))
    if near or place.casefold() in intent.text.casefold():
        return near
    # The place is only where the speaker is: where nothing of the kind is there, it is what stands elsewhere,
    # if that is one place.
    places = {entity.area for entity in found}
    return tuple(found) if len(places) <= 1 else Several(tuple(found))


def _within(entities: Sequence[Entity], area: str, floor: str) -> list[Entity]:
    return [
        entity
        for entity in entities
        if (not area or entity.area.casefold() == area.casefold())
        and (not floor or entity.floor.casefold() == floor.casefold())
    ]


def _best(entities: Sequence[Entity]) -> list[Entity]:
    """Leave out what only maintains a device, unless it is all there is."""
    return [entity for entity in entities if not entity.auxiliary] or list(entities)


def _one(entities: list[Entity], area: str) -> tuple[Entity, ...] | Several:
    """Return the one of a name; of several, the one where the speaker is."""
    if len(entities) <= 1:
        return tuple(entities)
    near = _within(entities, area, "") if area else []
    if len(near) == 1:
        return tuple(near)
    same_kind = {entity.kind for entity in entities}
    if len(same_kind) > 1:
        first = min(entities, key=lambda entity: _PRECEDENCE.get(entity.kind, len(_PRECEDENCE)))
        of_kind = [entity for entity in entities if entity.kind is first.kind]
        return tuple(of_kind) if len(of_kind) == 1 else Several(tuple(of_kind))
    return Several(tuple(entities))


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
"""Which of one name is meant where only the kind differs: a garage door opener before its lamp's sensor."""
