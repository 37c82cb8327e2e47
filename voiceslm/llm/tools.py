"""A home as the language model is told of it, and what it may say about it. Pure.

Everything that is known before the user speaks stands in the prompt's head, which is computed once; a turn
adds the user's words and a few tokens of answer. The answer is one call a line, an entity and a phrase::

    kitchen_light off
    bedroom_lamp brightness 40
    front_door get

or ``none`` (the sentence is not about the home) or ``ask`` (it is not clear what is wanted). Which lines are
possible is decided for every sentence anew, so whatever the model says can be done; names are only data.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from voiceslm.entities import Kind
from voiceslm.llm import Message
from voiceslm.llm.calls import READ, Call, Read, numbered, numbers, phrases
from voiceslm.llm.examples import examples
from voiceslm.llm.retrieve import words_of
from voiceslm.llm.words import KIND_WORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from voiceslm.entities import Entity

NONE = "none"
ASK = "ask"

MOST_CALLS = 5
"""In one answer."""

LIST_CHARS = 2400
"""Longest list of devices: some 800 tokens, 9 s of computing at start on two cores."""

INTRODUCTION = f"""\
You control a smart home. Answer each sentence with calls, one a line: a device, then what to do with it.
DEVICE {READ}: for every question about a device.
{ASK}: it is about a device, but it is not clear which one or what to do.
{NONE}: it is not about these devices (small talk, knowledge, weather, music titles, timers, reminders)."""

BRIEF = "Answer with calls to this home."
"""The whole head for a model that has learnt the home (`voiceslm.tuning`): a few tokens instead of 800."""

_UNTOLD = frozenset({Kind.SENSOR, Kind.BINARY_SENSOR})
"""Kinds whose names tell what they are better than "sensor" does."""

_CALLED = frozenset({Kind.LIGHT, Kind.FAN, Kind.LOCK, Kind.VACUUM})
"""Kinds that people say with the name: "the porch light" is the one called "porch"."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the model has decided; neither calls nor ``unclear``: the sentence is conversation."""

    calls: tuple[Call, ...] = ()
    unclear: bool = False


class Tools:
    """One home's tools; build new ones when the home changes."""

    def __init__(self, entities: Sequence[Entity], *, brief: bool = False) -> None:
        """Name the entities and write the head: a millisecond for a hundred.

        Args:
            entities: of the home.
            brief: the model has learnt the home, and is told no more than that it is meant. What it may
                answer is the same.
        """
        self._handles = handles(entities)
        self._numbered = numbered(entities)
        self.head = [Message("system", BRIEF)] if brief else self._told_all(entities)
        """What precedes the user's words, the same for every sentence."""

    def menu(self, text: str, candidates: Iterable[Entity], *, question: bool) -> dict[str, Call]:
        """Return the lines that may answer ``text``, and the call that each is; a question can only read."""
        if question:
            return {f"{self._handles[entity.id]} {READ}": Read(entity.id) for entity in candidates}
        named = self._numbered & set(pairwise(words_of(text)))
        figures = [figure for figure in numbers(text) if not any(figure in pair for pair in named)]
        wishes = [(self._handles[entity.id], phrases(text, entity, figures)) for entity in candidates]
        meant = {f"{handle} {phrase}": call for handle, wish in wishes for phrase, call in wish.meant.items()}
        return meant or {
            f"{handle} {phrase}": call for handle, wish in wishes for phrase, call in wish.possible.items()
        }

    def _told_all(self, entities: Sequence[Entity]) -> list[Message]:
        """Return what a model must be told that knows nothing of the home."""
        listed = Message("system", f"{INTRODUCTION}\nDevices:\n{self._list(entities)}")
        return [listed, *examples(entities, self._handles)]

    def _list(self, entities: Sequence[Entity]) -> str:
        """Return the devices by area; of a large home those that can be changed, of a huge one the first."""
        changeable = [entity for entity in entities if entity.settable or entity.deeds]
        whole = self._by_area(entities)
        return whole if len(whole) <= LIST_CHARS else _cut(self._by_area(changeable))

    def _by_area(self, entities: Iterable[Entity]) -> str:
        areas: dict[str, list[str]] = defaultdict(list)
        for entity in entities:
            areas[entity.area or "Elsewhere"].append(self._told(entity))
        return "\n".join(f"{area}: {', '.join(told)}" for area, told in areas.items())

    def _told(self, entity: Entity) -> str:
        handle = self._handles[entity.id]
        kind = str(entity.kind)
        clear = entity.kind in _UNTOLD or _told_by_name(entity) or handle.endswith(kind)
        told = [*([] if clear else [kind.replace("_", " ")]), *entity.aliases]
        return f"{handle} ({', '.join(told)})" if told else handle


def handles(entities: Sequence[Entity]) -> dict[str, str]:
    """Return id -> what the model calls the entity: its name; where others share it, its kind too, or its id.

    A light is always called one: of "pool" and "pool table light" the models take the second for "the pool
    light".
    """
    found = {entity.id: _slug(entity.name) for entity in entities}
    told = {entity.id for entity in entities if _told_by_name(entity)}
    same = {entity.id for entity in _sharing(entities, found)}
    for entity in entities:
        if entity.id not in told and (entity.kind in _CALLED or entity.id in same):
            found[entity.id] += f"_{entity.kind}"
    return found | {entity.id: _slug(entity.id) for entity in _sharing(entities, found)}


def _told_by_name(entity: Entity) -> bool:
    """Say whether the name tells the kind."""
    return bool(KIND_WORDS.get(entity.kind, frozenset()) & set(words_of(entity.name)))


def _sharing(entities: Iterable[Entity], found: Mapping[str, str]) -> list[Entity]:
    """Return those whose handle another has too."""
    taken = Counter(found.values())
    return [entity for entity in entities if taken[found[entity.id]] > 1]


def grammar(menu: Collection[str]) -> str:
    """Return the GBNF of `NONE`, `ASK` or lines of ``menu``: as many as it has, `MOST_CALLS` at most."""
    nothing = f"{literal(NONE)} | {literal(ASK)}"
    if not menu:
        return f"root ::= {nothing}"
    more = min(MOST_CALLS, len(menu)) - 1
    lines = " | ".join(literal(line) for line in menu)
    return f'root ::= {nothing} | line ("\\n" line){{0,{more}}}\nline ::= {lines}'


def parse(output: str, menu: Mapping[str, Call]) -> Decision | None:
    """Return what ``output`` means, the same line twice counting once; None where it is no answer at all."""
    if output == NONE:
        return Decision()
    if output == ASK:
        return Decision(unclear=True)
    lines = list(dict.fromkeys(output.split("\n")))
    if len(lines) > MOST_CALLS or any(line not in menu for line in lines):
        return None
    return Decision(tuple(menu[line] for line in lines))


def literal(text: str) -> str:
    """Return the GBNF that matches ``text`` and nothing else; whatever it contains is only data."""
    return '"' + "".join(_spelled(character) for character in text) + '"'


def _spelled(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\U{ord(character):08X}"


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_") or "device"


def _cut(text: str) -> str:
    """Return as many whole entries of a list as fit."""
    return text if len(text) <= LIST_CHARS else text[:LIST_CHARS].rsplit(", ", 1)[0]
