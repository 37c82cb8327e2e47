"""Homes that nobody lives in: of these a model learns to take a name from the sentence, whatever it is."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from voiceslm.entities import Choice, Entity, Kind, Span
from voiceslm.tuning.data import read
from voiceslm.tuning.wording import luck

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.entities import Range

DEVICES = 20
"""In one made-up home."""

_ON_OFF = Choice(("on", "off"))
_PERCENT = Span(0, 100)
_HELD = 8
"""Rooms of one home."""

_SENSORS = {"temperature": "°C", "humidity": "%", "battery": "%", "power": "W"}
_DETECTORS = frozenset({"window", "door", "motion", "smoke", "moisture"})

_NAMED_LIKE_PEOPLE = frozenset({"vacuum", "lawn_mower"})

_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"


@dataclass(frozen=True, slots=True)
class Words:
    """What names are made of."""

    areas: tuple[str, ...]
    people: tuple[str, ...]
    brands: tuple[str, ...]
    styles: tuple[str, ...]
    names: tuple[str, ...]
    things: Mapping[str, tuple[str, ...]]
    how_many: Mapping[str, int]


@lru_cache(maxsize=256)
def made_up(seed: int, number: int) -> tuple[Entity, ...]:
    """Return the home of this ``number``: for the same ``seed`` always the same."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - a home that can be made again
    words = _words()
    areas = chance.sample(words.areas, _HELD)
    kinds = chance.choices([*words.how_many], [*words.how_many.values()], k=DEVICES)
    found: dict[str, Entity] = {}
    taken: Counter[str] = Counter()
    for thing in kinds:
        area = chance.choice(areas)
        name = _name(thing, area, words, chance)
        taken[name] += 1
        if taken[name] > 1:
            name = f"{name} {taken[name]}"
        entity = _entity(thing, name, area, chance)
        found.setdefault(entity.id, entity)
    return tuple(found.values())


def home_of(mark: str) -> tuple[Entity, ...]:
    """Return the made-up home that an example's device is marked with: its seed and number, "0-12".

    Raises:
        ValueError: it is no such mark.
    """
    seed, _, number = mark.rpartition("-")
    return made_up(int(seed), int(number))


def _name(thing: str, area: str, words: Words, chance: random.Random) -> str:
    """Call a thing as people do: by its room, its owner, its maker, a name of its own."""
    called = chance.choice(words.things[thing])
    if thing in _NAMED_LIKE_PEOPLE and luck(chance, 0.6):
        return chance.choice(words.names)
    ways: list[tuple[float, Callable[[], str]]] = [
        (10, lambda: f"{area} {called}"),
        (4, lambda: called),
        (2, lambda: f"{chance.choice(words.people)}'s {called}"),
        (2, lambda: f"{chance.choice(words.brands)} {area} {called}"),
        (2, lambda: f"{chance.choice(words.brands)} {area}"),
        (3, lambda: f"{area} {chance.choice(words.styles)} {called}"),
        (2, lambda: f"{chance.choice(words.styles).title()} {called}"),
        (3, lambda: area),
        (4, lambda: f"{_strange(chance)} {called}"),
    ]
    (way,) = chance.choices([way for _, way in ways], [weight for weight, _ in ways])
    return way()


def _strange(chance: random.Random) -> str:
    """Return a word that is in no dictionary."""
    parts = (
        chance.choice(_CONSONANTS) + chance.choice(_VOWELS) + chance.choice(("", *_CONSONANTS))
        for _ in range(chance.choice((2, 2, 3)))
    )
    return "".join(parts).title()


def _entity(thing: str, name: str, area: str, chance: random.Random) -> Entity:
    kind, device_class = _kind(thing, name)
    settable, deeds = _abilities(kind, chance)
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return Entity(
        f"{kind}.{slug}",
        kind,
        name,
        area=area,
        device_class=device_class,
        unit=_SENSORS.get(thing, "°C" if kind is Kind.CLIMATE else ""),
        settable=settable,
        deeds=deeds,
        reports=frozenset({"state"}),
    )


def _kind(thing: str, name: str) -> tuple[Kind, str]:
    """Return the kind and Home Assistant's device class."""
    if thing in _SENSORS:
        return Kind.SENSOR, thing
    if thing in _DETECTORS:
        return Kind.BINARY_SENSOR, thing
    if thing == "garage":
        return Kind.COVER, "gate" if "Gate" in name else "garage"
    if thing == "cover":
        classes = ("curtain", "shutter", "shade", "awning", "window")
        return Kind.COVER, next((one for one in classes if one in name.lower()), "blind")
    return Kind(thing), ""


def _abilities(kind: Kind, chance: random.Random) -> tuple[dict[str, Range], frozenset[str]]:
    """Return what can be set of one of a kind, and what can be done with it; not all can do the same."""
    settable: dict[str, Range] = dict(_SETTABLE.get(kind, {}))
    for name, (share, allowed) in _SOME.get(kind, {}).items():
        if luck(chance, share):
            settable[name] = allowed
    return settable, _DEEDS.get(kind, frozenset())


_SETTABLE: dict[Kind, dict[str, Range]] = {
    Kind.LIGHT: {"state": _ON_OFF},
    Kind.SWITCH: {"state": _ON_OFF},
    Kind.SIREN: {"state": _ON_OFF},
    Kind.FAN: {"state": _ON_OFF},
    Kind.HUMIDIFIER: {"state": _ON_OFF, "humidity": _PERCENT},
    Kind.COVER: {"state": Choice(("open", "closed"))},
    Kind.VALVE: {"state": Choice(("open", "closed"))},
    Kind.LOCK: {"state": Choice(("locked", "unlocked"))},
    Kind.CLIMATE: {
        "mode": Choice(("off", "heat", "cool", "auto")),
        "temperature": Span(7, 35, 0.5),
    },
    Kind.WATER_HEATER: {"mode": Choice(("off", "eco", "performance")), "temperature": Span(30, 70)},
    Kind.MEDIA_PLAYER: {
        "state": Choice(("playing", "paused", "on", "off")),
        "volume": _PERCENT,
        "muted": _ON_OFF,
    },
    Kind.VACUUM: {"state": Choice(("cleaning", "docked"))},
    Kind.LAWN_MOWER: {"state": Choice(("mowing", "docked"))},
    Kind.ALARM: {"state": Choice(("disarmed", "armed_home", "armed_away", "armed_night"))},
}

_SOME: dict[Kind, dict[str, tuple[float, Range]]] = {
    Kind.LIGHT: {
        "brightness": (0.85, _PERCENT),
        "color": (0.5, Choice(())),
        "color_temperature": (0.5, Span(2000, 6535)),
        "effect": (0.2, Choice(("blink", "rainbow"))),
    },
    Kind.FAN: {"percentage": (0.85, _PERCENT), "oscillating": (0.4, _ON_OFF)},
    Kind.COVER: {"position": (0.8, _PERCENT)},
    Kind.VALVE: {"position": (0.5, _PERCENT)},
    Kind.MEDIA_PLAYER: {"source": (0.5, Choice(("Radio", "Spotify", "Bluetooth", "Television")))},
}
"""What a part of them has, and how large that part is."""

_DEEDS: dict[Kind, frozenset[str]] = {
    Kind.COVER: frozenset({"stop"}),
    Kind.VALVE: frozenset({"stop"}),
    Kind.MEDIA_PLAYER: frozenset({"next", "previous", "stop"}),
    Kind.VACUUM: frozenset({"stop", "pause", "locate"}),
    Kind.LAWN_MOWER: frozenset({"pause"}),
    Kind.SCENE: frozenset({"activate"}),
    Kind.BUTTON: frozenset({"press"}),
}


@lru_cache(maxsize=1)
def _words() -> Words:
    raw: dict[str, Any] = read("homes.yaml")
    return Words(
        **{key: _listed(raw[key]) for key in ("areas", "people", "brands", "styles", "names")},
        things={thing: _listed(called) for thing, called in raw["things"].items()},
        how_many=raw["how_many"],
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))
