"""One sentence against the templates and the names of this home: what it may ask for, the likeliest first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import hassil

from voiceslm.entities import Choice
from voiceslm.events import Intent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hassil.recognize import RecognizeResult

    from voiceslm.entities import Entity
    from voiceslm.intents.lexicon import Lexicon
    from voiceslm.intents.names import Near
    from voiceslm.intents.sentences import Sentences

QUESTIONS = frozenset(
    {
        "HassGetState",
        "HassClimateGetTemperature",
        "HassGetWeather",
        "HassGetCurrentDate",
        "HassGetCurrentTime",
        "HassTimerStatus",
    }
)
"""Intents that only ask."""

_ELSEWHERE = frozenset({"HassVacuumCleanArea", "HassMediaSearchAndPlay"})
"""Intents whose room need not be where the thing of the name stands."""

_OPTIONS: Mapping[str, str] = {
    "effect": "effect",
    "preset": "preset",
    "mode": "mode",
    "source": "source",
    "option": "state",
    "swing_mode": "swing_mode",
}
"""Slot that holds an option of a device -> the property that must have it."""

_HOME_LISTS = ("name", "area", "floor")

Heard = tuple[str, str, int]
"""A word as it was heard, the word it is taken for, and how many letters are between them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a sentence may ask for."""

    intent: Intent

    free: str = ""
    """Text that its template leaves free, such as what is to be played."""

    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Slot -> the first character of what named it in the text, and the one after the last."""

    heard: tuple[Heard, ...] = ()
    """What was taken for misheard within names."""

    borrowed: bool = False
    """Whether it was completed from another part of the sentence."""

    literal: int = 0
    """Characters of the template itself that were said."""

    rank: tuple[float, ...] = ()
    """The smaller the better: a name before none, the longer the better; then the less is free, the more of
    the template was said, and the fewer slots it took."""


@dataclass(slots=True)
class Matcher:
    """The templates of a language and the names of one home."""

    sentences: Sentences
    entities: Mapping[str, Entity]
    lexicon: Lexicon

    def read(
        self, text: str, area: str, *, question: bool = False, near: Near | None = None
    ) -> list[Reading]:
        """Return what ``text`` may ask for, the best first; nothing where no template matches it whole.

        Args:
            text: canonical.
            area: where it is said; empty where nobody knows.
            question: whether it is known to be a question; otherwise its first word tells.
            near: words that are looked for in names in place of those that were heard.
        """
        question = question or self.asks(text)
        lists = dict(self.lexicon.lists)
        if near:
            lists.update({name: lists[name].mishearing(near) for name in _HOME_LISTS})
        results = hassil.recognize_all(
            text,
            self.sentences.possible(
                text.casefold(), lambda word: word in self.lexicon.words or word in (near or ())
            ),
            slot_lists=lists,
            intent_context={"area": area},
        )
        found: dict[object, Reading] = {}
        for result in results:
            if question and result.intent.name not in QUESTIONS:
                continue
            reading = self._reading(result, text)
            if reading is not None:
                key = (reading.intent.name, tuple(sorted(reading.intent.slots.items())), reading.heard)
                found[key] = _joined(found.get(key, reading), reading)
        return sorted(found.values(), key=lambda reading: reading.rank)

    def asks(self, text: str) -> bool:
        """Say whether the first word of ``text`` is that of a question."""
        words = self.sentences.words
        first = next((word for word in text.casefold().split() if word not in words.fillers), "")
        return first in words.questions

    def _reading(self, result: RecognizeResult, text: str) -> Reading | None:
        """Return what a match comes to; None where this home has no such thing."""
        slots = {
            entity.name: _value(entity.value)
            for entity in result.entities_list
            if not (entity.name == "area" and not entity.value)
        }
        spoken = [entity for entity in result.entities_list if entity.text]
        named = next((entity for entity in spoken if entity.name == "name" and not entity.is_wildcard), None)
        things = tuple((named.metadata or {}).get("ids", ())) if named else ()
        if things and not (things := self._able(things, slots, result.intent.name)):
            return None
        free = [entity.text for entity in spoken if entity.is_wildcard]
        name = result.intent.name
        return Reading(
            Intent(name, slots, things, text, str(result.response) if name == "HassGetState" else ""),
            free=" ".join(free),
            spans={entity.name: entity.text_span for entity in spoken if entity.text_span},
            heard=tuple(
                sorted({word for entity in spoken for word in (entity.metadata or {}).get("heard", ())})
            ),
            literal=result.text_chunks_matched,
            rank=(
                named is None,
                -len(named.text.strip()) if named else 0,
                len(free),
                -result.text_chunks_matched,
                sum(map(len, free)),
                len(spoken),
            ),
        )

    def _able(
        self, things: Sequence[str], slots: Mapping[str, str | int | float], intent: str
    ) -> tuple[str, ...]:
        """Return those that stand where it was said and have the option that was said."""
        found = [self.entities[thing] for thing in things]
        if intent not in _ELSEWHERE:
            for place in {"area", "floor"} & slots.keys():
                found = [thing for thing in found if getattr(thing, place) in {"", slots[place]}]
        for slot in _OPTIONS.keys() & slots.keys():
            found = [thing for thing in found if _has(thing, _OPTIONS[slot], str(slots[slot]))]
        return tuple(thing.id for thing in found)


def best(readings: Sequence[Reading], entities: Mapping[str, Entity], area: str) -> list[Reading]:
    """Return the best reading, and the others that are as good and differ in nothing but the thing named.

    Args:
        readings: the best first.
        entities: what there is.
        area: where the speaker is: what stands there is preferred.
    """
    if not readings:
        return []
    first = readings[0]
    equal = [
        reading
        for reading in readings
        if reading.rank == first.rank
        and reading.intent.name == first.intent.name
        and _without_name(reading.intent) == _without_name(first.intent)
    ]
    if len(equal) == 1:
        return equal
    near = [
        reading
        for reading in equal
        if any(entities[thing].area == area for thing in reading.intent.entities if area)
    ]
    return near or equal


def _without_name(intent: Intent) -> dict[str, str | int | float]:
    return {slot: value for slot, value in intent.slots.items() if slot != "name"}


def _has(thing: Entity, name: str, option: str) -> bool:
    allowed = thing.settable.get(name)
    return isinstance(allowed, Choice) and option in allowed.options


def _joined(one: Reading, other: Reading) -> Reading:
    """Return one reading for both, which differ in nothing but the things that their name means."""
    first = min(one, other, key=lambda reading: reading.rank)
    things = dict.fromkeys((*one.intent.entities, *other.intent.entities))
    return replace(first, intent=replace(first.intent, entities=tuple(things)))


def _value(value: str | float) -> str | int | float:
    if isinstance(value, str):
        return value.strip()
    return int(value) if value == int(value) else value
