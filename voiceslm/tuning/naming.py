"""What people say instead of a device's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.entities import Kind
from voiceslm.llm.retrieve import words_of
from voiceslm.llm.words import KIND_WORDS
from voiceslm.tuning.wording import luck

if TYPE_CHECKING:
    import random

    from voiceslm.entities import Entity

_CALLED: dict[Kind, tuple[str, ...]] = {
    Kind.LIGHT: ("light", "lamp"),
    Kind.FAN: ("fan",),
    Kind.SWITCH: ("switch", "plug", "socket"),
    Kind.LOCK: ("door", "lock"),
    Kind.CLIMATE: ("thermostat", "heating"),
    Kind.MEDIA_PLAYER: ("speaker", "player"),
    Kind.VACUUM: ("vacuum", "robot"),
    Kind.LAWN_MOWER: ("mower",),
    Kind.VALVE: ("valve",),
    Kind.HUMIDIFIER: ("humidifier",),
    Kind.SIREN: ("siren",),
    Kind.WATER_HEATER: ("boiler",),
}

_COVERS: dict[str, tuple[str, ...]] = {
    "curtain": ("curtain",),
    "shutter": ("shutter",),
    "shade": ("shade",),
    "awning": ("awning",),
    "garage": ("garage door",),
    "garage_door": ("garage door",),
    "gate": ("gate",),
    "window": ("window",),
}

_NEEDS_KIND = frozenset({Kind.LIGHT, Kind.FAN, Kind.LOCK})
"""Of these people say the kind with a name that does not tell it."""


def kind_word(entity: Entity, chance: random.Random) -> str:
    """Return what one of its kind is called."""
    if entity.kind is Kind.COVER:
        return chance.choice(_COVERS.get(entity.device_class, ("blind",)))
    return chance.choice(_CALLED.get(entity.kind, (str(entity.kind).replace("_", " "),)))


def said_name(entity: Entity, chance: random.Random) -> str:
    """Return one of the ways in which people call an entity, in lower case."""
    if entity.aliases and luck(chance, 0.25):
        return chance.choice(entity.aliases).lower()
    name = entity.name.lower()
    tells = KIND_WORDS.get(entity.kind, frozenset()) & set(words_of(name))
    if entity.kind in _NEEDS_KIND and not tells and luck(chance, 0.8):
        name = f"{name} {kind_word(entity, chance)}"
    area = entity.area.lower()
    if area and name.startswith(f"{area} ") and luck(chance, 0.15):
        return f"{name.removeprefix(f'{area} ')} in the {area}"
    if area and area not in name and luck(chance, 0.1):
        return f"{name} in the {area}"
    return name
