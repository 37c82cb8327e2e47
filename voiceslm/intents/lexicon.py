"""What a home calls its things, rooms, floors and options, as lists that sentences are matched with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.entities import Choice, Kind
from voiceslm.intents.names import SHARED, NameList, canonical, shortened, ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from voiceslm.entities import Entity
    from voiceslm.intents.words import Words

ALIASES = 16
"""So many further names of one thing are known."""

_OPTION_LISTS: Mapping[str, str] = {
    "effect": "effect",
    "preset": "preset",
    "mode": "mode",
    "source": "source",
    "swing_mode": "swing_mode",
    "fan_mode": "home_fan_mode",
}
"""Property -> list of its options."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The names of one home."""

    lists: Mapping[str, NameList]

    words: frozenset[str]
    """Every word of every name, in lower case."""

    joined: tuple[str, ...]
    """Names in which "and" stands, which a sentence must not be split at."""


def lexicon(entities: Sequence[Entity], others: Mapping[str, Sequence[str]], words: Words) -> Lexicon:
    """Return the lists of a home.

    Args:
        entities: what there is.
        others: names of what is no entity, by what it is: area, floor, todo, person.
        words: of the language.
    """
    lists = {name: NameList(name) for name in ("name", "area", "floor", "option", *_OPTION_LISTS.values())}
    for place in ("area", "floor"):
        known = {str(getattr(entity, place)) for entity in entities} | set(others.get(place, ()))
        for name in sorted(known - {""}):
            for way in ways(name, words):
                lists[place].add(way, name)
    _names(lists, entities, words)
    for domain, names in others.items():
        if domain not in lists:
            for name in names:
                for way in ways(name, words):
                    lists["name"].add(way, name, {"domain": domain})
    _options(lists, entities, words)
    return Lexicon(
        lists,
        frozenset(word for values in lists.values() for said in values for word in said.split()),
        tuple(said for values in lists.values() for said in values if " and " in f" {said} "),
    )


def _names(lists: Mapping[str, NameList], entities: Iterable[Entity], words: Words) -> None:
    names = lists["name"]
    short: dict[str, list[tuple[Entity, bool]]] = defaultdict(list)
    for entity in entities:
        for name in (entity.name, *entity.aliases[:ALIASES]):
            for way in ways(name, words, several=True):
                if not _all_there(way, name, entity, words):
                    names.add(way, entity.name, _context(entity), entity.id)
            for way, alone in shortened(name, entity.kind, entity.area, words):
                short[way].append((entity, alone))
    taken = {way for way in short if way in names or way in lists["area"] or way in lists["floor"]}
    for way, meant in short.items():
        if way in taken or way in words.generic:
            continue
        several = len({entity.name for entity, _ in meant})
        if several > SHARED or (several > 1 and any(alone for _, alone in meant)):
            continue
        for entity, _ in meant:
            names.add(way, entity.name, _context(entity), entity.id)


def _all_there(way: str, name: str, entity: Entity, words: Words) -> bool:
    """Say whether ``way`` means all of the kind in a room, for a thing with the singular for a name."""
    stem, _, noun = way.rpartition(" ")
    plural = noun in words.generic and noun.endswith("s") and way != canonical(name).casefold()
    return plural and stem in ways(entity.area, words)


def _context(entity: Entity) -> dict[str, str]:
    context = {"domain": str(entity.kind)}
    if entity.device_class:
        context["device_class"] = entity.device_class
    return context


def _options(lists: Mapping[str, NameList], entities: Iterable[Entity], words: Words) -> None:
    known: dict[str, dict[str, None]] = defaultdict(dict)
    for entity in entities:
        for name, allowed in entity.settable.items():
            choices = "option" if name == "state" and entity.kind is Kind.SELECT else _OPTION_LISTS.get(name)
            if choices and isinstance(allowed, Choice):
                known[choices].update(dict.fromkeys(allowed.options))
    for name, options in known.items():
        own = {way: option for option in options for way in ways(option, words)}
        also = {way: option for option in options for way in words.options.get(_key(option), ())}
        for way, option in (also | own).items():
            lists[name].add(way, option)


def _key(option: str) -> str:
    return canonical(option).casefold().replace(" ", "_")
