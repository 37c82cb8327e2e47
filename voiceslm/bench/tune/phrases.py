"""What people say to a home, of the data of home-llm: it is never trained on.

The rows are those of https://github.com/acon96/home-llm (specific actions, templated ones, status requests):
a sentence, and the service that it comes to. Where a sentence has a place for a device, it is said of one of
the simulated home that has one of the kind, else of one of the data.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceslm.bench.home.part import dice
from voiceslm.bench.home.sentences import rows
from voiceslm.entities import Choice, Entity, Kind, Span
from voiceslm.llm.tools import handles

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from voiceslm.entities import Range

PHRASES = "text/homellm_phrases.jsonl"

DEVICES = 30
"""In one home of the data's devices, which has some hundred."""

_KINDS = {
    "light": Kind.LIGHT,
    "fan": Kind.FAN,
    "switch": Kind.SWITCH,
    "lock": Kind.LOCK,
    "media_player": Kind.MEDIA_PLAYER,
    "vacuum": Kind.VACUUM,
    "blinds": Kind.COVER,
    "garage_door": Kind.COVER,
}

_CALLS = {
    "turn_on": "on",
    "turn_off": "off",
    "toggle": "toggle",
    "lock": "lock",
    "unlock": "unlock",
    "open_cover": "open",
    "close_cover": "close",
    "stop_cover": "stop",
    "increase_speed": "percentage up",
    "decrease_speed": "percentage down",
    "media_play": "play",
    "media_pause": "pause",
    "media_stop": "stop",
    "media_next_track": "next",
    "media_previous_track": "previous",
    "volume_up": "volume up",
    "volume_down": "volume down",
    "volume_mute": "mute",
    "start": "start",
}
"""Service -> what is answered after the device."""

_VALUES = {"color": ("color", ("red", "blue", "green")), "brightness": ("brightness", ("40", "75", "20"))}
"""Place -> the property, and what stands there."""

_ON_OFF = Choice(("on", "off"))
_PERCENT = Span(0, 100)

_ABLE: Mapping[Kind, tuple[dict[str, Range], frozenset[str]]] = {
    Kind.LIGHT: ({"state": _ON_OFF, "brightness": _PERCENT, "color": Choice(())}, frozenset()),
    Kind.FAN: ({"state": _ON_OFF, "percentage": _PERCENT}, frozenset()),
    Kind.SWITCH: ({"state": _ON_OFF}, frozenset()),
    Kind.LOCK: ({"state": Choice(("locked", "unlocked"))}, frozenset()),
    Kind.COVER: ({"state": Choice(("open", "closed")), "position": _PERCENT}, frozenset({"stop"})),
    Kind.VACUUM: ({"state": Choice(("cleaning", "docked"))}, frozenset({"stop", "pause", "locate"})),
    Kind.MEDIA_PLAYER: (
        {"state": Choice(("playing", "paused", "on", "off")), "volume": _PERCENT, "muted": _ON_OFF},
        frozenset({"next", "previous", "stop"}),
    ),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence to a home, and its calls."""

    text: str
    reply: str
    home: tuple[Entity, ...]
    """What is in it."""

    own: bool
    """Whether it is the simulated home, whose devices a model may have learnt."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """All that can be asked."""

    phrases: tuple[Phrase, ...]
    left_out: Mapping[str, int]
    """Service -> rows that no call of any device is: timers, lists, what names no device."""


def phrases(data: Path, simulated: Sequence[Entity]) -> Phrases:
    """Return the rows as sentences to homes.

    Args:
        data: the folder that holds `PHRASES`.
        simulated: the entities of the simulated home.
    """
    found = list(rows(data / PHRASES))
    strange = _Strange([row for row in found if row.get("device") and _known(row["service"])])
    chance = dice("phrases")
    left_out: Counter[str] = Counter()
    asked: list[Phrase] = []
    for row in found:
        phrase = strange.said(row) if row.get("device") else _filled(row, simulated, strange, chance)
        if phrase is None:
            left_out[row["service"]] += 1
        else:
            asked.append(phrase)
    return Phrases(tuple(asked), left_out)


class _Strange:
    """Homes of the data's own devices: no model has learnt them."""

    def __init__(self, named: Sequence[Mapping[str, Any]]) -> None:
        keys = dict.fromkeys((row["service"].split(".")[0], _device(row)) for row in named)
        entities = [_entity(domain, device) for domain, device in keys]
        # Dealt out by turns, so that each home has some of every kind, and none two of one name.
        count = -(-len(entities) // DEVICES)
        self.homes = [tuple(entities[start::count]) for start in range(count)]
        self._home = {(one.kind, one.id): home for home in self.homes for one in home}

    def said(self, row: Mapping[str, Any]) -> Phrase | None:
        """Return a row that names its device."""
        if not _known(row["service"]):
            return None
        domain, service = row["service"].split(".")
        entity = _entity(domain, _device(row))
        home = self._home[entity.kind, entity.id]
        return Phrase(row["text"], f"{handles(home)[entity.id]} {_CALLS[service]}", home, own=False)


def _filled(
    row: Mapping[str, Any], simulated: Sequence[Entity], strange: _Strange, chance: random.Random
) -> Phrase | None:
    """Return a row with devices in its places."""
    status = row["service"].startswith("status.")
    domains, _, services = row["service"].removeprefix("status.").partition(".")
    kinds = [_KINDS.get(domain) for domain in domains.split("|")]
    places = re.findall(r"<device_name\d?>", row["text"])
    calls = ["get"] * len(kinds) if status else [_CALLS.get(one, "") for one in services.split("|")]
    if None in kinds or not all(calls) or len(places) != len(kinds):
        return None
    text, calls = _valued(row["text"], calls, chance)
    if services == "toggle" and kinds == [Kind.COVER]:
        return None
    for own, home in ((True, tuple(simulated)), *((False, home) for home in strange.homes)):
        chosen = _chosen(home, domains.split("|"), calls, chance)
        if chosen:
            for place, entity in zip(places, chosen, strict=True):
                text = text.replace(place, entity.name.lower(), 1)
            known = handles(home)
            lines = [f"{known[one.id]} {call}" for one, call in zip(chosen, calls, strict=True)]
            return None if "<" in text else Phrase(text, "\n".join(lines), home, own=own)
    return None


def _chosen(
    home: Sequence[Entity], domains: Sequence[str], calls: Sequence[str], chance: random.Random
) -> list[Entity]:
    """Return a device for each place, no one twice; empty where the home lacks one that can do it."""
    chosen: list[Entity] = []
    for domain, call in zip(domains, calls, strict=True):
        name, _, value = call.partition(" ")
        fitting = [
            one
            for one in home
            if _is(one, domain) and one not in chosen and (not value or name in one.settable)
        ]
        if not fitting:
            return []
        chosen.append(chance.choice(fitting))
    return chosen


def _valued(text: str, calls: list[str], chance: random.Random) -> tuple[str, list[str]]:
    """Return the sentence and its calls with values in their places."""
    for place, (name, values) in _VALUES.items():
        if f"<{place}>" in text:
            value = chance.choice(values)
            text, calls = text.replace(f"<{place}>", value), [f"{name} {value}"]
    return text, calls


def _is(entity: Entity, domain: str) -> bool:
    garage = entity.device_class in {"garage", "garage_door"}
    if entity.kind is not _KINDS[domain] or entity.auxiliary:
        return False
    return entity.kind is not Kind.COVER or garage == (domain == "garage_door")


def _known(service: str) -> bool:
    domain, _, name = service.partition(".")
    return domain in _KINDS and name in _CALLS


def _device(row: Mapping[str, Any]) -> str:
    """Return the device, without the number that tells apart those that people call the same."""
    return re.sub(r"_\d$", "", str(row["device"]).lower())


def _entity(domain: str, device: str) -> Entity:
    kind = _KINDS[domain]
    settable, deeds = _ABLE[kind]
    ending = {"blinds": " Blinds", "garage_door": " Garage Door"}.get(domain, "")
    return Entity(
        f"{kind}.{domain}_{device}",
        kind,
        f"{device.replace('_', ' ').title()}{ending}",
        device_class={"blinds": "blind", "garage_door": "garage"}.get(domain, ""),
        settable=settable,
        deeds=deeds,
        reports=frozenset({"state"}),
    )


def by_home(asked: Sequence[Phrase]) -> Iterator[tuple[tuple[Entity, ...], list[Phrase]]]:
    """Yield each home with what is said to it."""
    homes = {tuple(entity.id for entity in one.home): one.home for one in asked}
    for home in homes.values():
        yield home, [one for one in asked if one.home is home]
