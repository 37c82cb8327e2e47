"""What can be asked of one entity, in a few words each. Pure.

A phrase is what the language model says after an entity's name: ``on``, ``lock``, ``brightness 40``,
``temperature up``, ``get``. Which of them it may say in answer to a sentence is decided here, by the
sentence: numbers, colours and options must have been said, and "off" rules out ``on``. A small model
is good at what is meant by "it's gloomy in here", and bad at copying numbers and telling on from off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from voiceslm.colors import COLORS
from voiceslm.entities import Change, Choice, Entity, Span
from voiceslm.llm.retrieve import words_of
from voiceslm.llm.words import (
    DOWN,
    INSTEAD,
    MEASURED,
    ROUND_NUMBERS,
    TENS,
    TRIGGERS,
    UNITS,
    UNLESS,
    UP,
    WISHES,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

READ = "get"
TOGGLE = "toggle"

STATE_VERBS = {
    "on": "on",
    "off": "off",
    "open": "open",
    "closed": "close",
    "locked": "lock",
    "unlocked": "unlock",
    "cleaning": "start",
    "docked": "dock",
    "returning": "dock",
    "mowing": "start",
    "playing": "play",
    "paused": "pause",
    "disarmed": "disarm",
    "armed_home": "arm_home",
    "armed_away": "arm_away",
    "armed_night": "arm_night",
}
"""A state that can be commanded -> the verb for it. Other states are set like any property."""

DEED_VERBS = {deed: deed for deed in ("press", "activate", "stop", "next", "previous", "pause", "locate")} | {
    "open": "unlatch"
}

STEPPED = frozenset(
    {"brightness", "color_temperature", "position", "percentage", "temperature", "humidity", "volume"}
)
"""Properties that can go up or down by as much as is usual."""

_NO_LIGHT = frozenset({"black"})
"""Colours in which nothing shines."""

_IDIOMS = {
    re.compile(r"\blight (?:it |them )?up\b", re.IGNORECASE): "illuminate",
    re.compile(r"\b(?:power|shut)(?: \w+)? down\b", re.IGNORECASE): "off",
    re.compile(r"\bno (?:more|longer)\b", re.IGNORECASE): "off",
}
"""Of two words that mean something else together."""

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?|[a-z]+")


@dataclass(frozen=True, slots=True)
class Step:
    """Somewhat more or less of a property than now."""

    entity: str
    """Its id."""
    property: str
    up: bool


@dataclass(frozen=True, slots=True)
class Toggle:
    """On if it is off, off if it is on."""

    entity: str
    """Its id."""


@dataclass(frozen=True, slots=True)
class Read:
    """What an entity reports."""

    entity: str
    """Its id."""


Call: TypeAlias = Change | Step | Toggle | Read


@dataclass(frozen=True, slots=True)
class Phrases:
    """What may be wanted of one entity: phrase -> the call."""

    meant: dict[str, Call]
    """What words of the sentence stand for."""

    possible: dict[str, Call]
    """What can be done without a value, where the sentence does not tell what is wanted."""


def phrases(text: str, entity: Entity, figures: Sequence[str]) -> Phrases:
    """Return what ``text`` may want done to ``entity``; a value that was said leaves nothing else.

    ``figures`` are the `numbers` of ``text`` that may be values.
    """
    for idiom, plain in _IDIOMS.items():
        text = idiom.sub(plain, text)
    values = _values(text, entity, figures)
    if values:
        return Phrases(values, {})
    said = set(words_of(text))
    verbs, steps = _verbs(entity), _steps(entity)
    measured = {name for name, words in MEASURED.items() if words & said}
    if measured:
        steps = {phrase: step for phrase, step in steps.items() if step.property in measured}
    meant: dict[str, Call] = {
        phrase: call for phrase, call in verbs.items() if _stands_for(phrase, said, verbs)
    }
    meant |= {phrase: step for phrase, step in steps.items() if (UP if step.up else DOWN) & said}
    verbs.pop(TOGGLE, None)
    told = WISHES & said or figures or (measured and not steps)
    return Phrases(meant, {} if told else {**verbs, **steps})


def numbers(text: str) -> list[str]:
    """Return the numbers said in ``text``, in digits; not those after "by", which are differences.

    "forty two", "21.5", "half" and "maximum" are numbers; one hundred is the largest in words.
    """
    words = _NUMBER.findall(text.lower())
    found: list[str] = []
    for index, word in enumerate(words):
        before = words[index - 1] if index else ""
        after = words[index + 1] if index + 1 < len(words) else ""
        if before == "by" or (word in UNITS and before in TENS):
            continue
        if word in TENS:
            found.append(str(TENS[word] + UNITS.get(after, 0)))
        elif word in UNITS or word in ROUND_NUMBERS:
            found.append(str((UNITS | ROUND_NUMBERS)[word]))
        elif not word.isalpha():
            found.append(word)
    return list(dict.fromkeys(found))


def numbered(entities: Iterable[Entity]) -> set[tuple[str, str]]:
    """Return the pairs of words in names of which one is a number: those numbers are no values."""
    names = (name for entity in entities for name in (entity.name, entity.area, *entity.aliases))
    pairs = (pair for name in names for pair in pairwise(words_of(name)))
    return {pair for pair in pairs if any(word.isdigit() for word in pair)}


def _verbs(entity: Entity) -> dict[str, Call]:
    found: dict[str, Call] = {}
    states = entity.settable.get("state")
    for state in states.options if isinstance(states, Choice) else ():
        if state in STATE_VERBS:
            found.setdefault(STATE_VERBS[state], Change(entity.id, {"state": state}))
    for deed in sorted(entity.deeds & DEED_VERBS.keys()):
        found.setdefault(DEED_VERBS[deed], Change(entity.id, deed=deed))
    if {"on", "off"} <= found.keys():
        found[TOGGLE] = Toggle(entity.id)
    if isinstance(entity.settable.get("muted"), Choice):
        found["mute"] = Change(entity.id, {"muted": "on"})
        found["unmute"] = Change(entity.id, {"muted": "off"})
    return found


def _steps(entity: Entity) -> dict[str, Step]:
    names = [
        name for name, allowed in entity.settable.items() if name in STEPPED and isinstance(allowed, Span)
    ]
    return {
        f"{name} {'up' if up else 'down'}": Step(entity.id, name, up)
        for name in names
        for up in (True, False)
    }


def _stands_for(verb: str, said: set[str], verbs: Collection[str]) -> bool:
    """Say whether a word of the sentence stands for ``verb``, of an entity that knows ``verbs``."""
    if TRIGGERS.get(verb, frozenset()) & said:
        return not UNLESS.get(verb, frozenset()) & said
    return any(verb in others and word in said and word not in verbs for word, others in INSTEAD.items())


def _values(text: str, entity: Entity, figures: Sequence[str]) -> dict[str, Call]:
    """Return the settings whose value was said."""
    said = set(words_of(text))
    named = set(words_of(" ".join((entity.name, entity.area, *entity.aliases))))
    found: dict[str, Call] = {}
    for name, allowed in entity.settable.items():
        if isinstance(allowed, Span):
            values: Mapping[str, float | str | tuple[int, int, int]] = _fitting(figures, allowed)
        elif not allowed.options:
            values = {color: COLORS[color] for color in COLORS if color in said - named - _NO_LIGHT}
        elif name == "muted":
            continue
        else:
            values = {option: option for option in _said_options(said, named, name, allowed)}
        for spelled, value in values.items():
            found[f"{name} {spelled}"] = Change(entity.id, {name: value})
    return found


def _fitting(figures: Sequence[str], allowed: Span) -> dict[str, float]:
    values = {figure: float(figure) for figure in figures}
    return {
        figure: int(value) if value.is_integer() else value
        for figure, value in values.items()
        if allowed.low <= value <= allowed.high
    }


def _said_options(said: set[str], named: set[str], name: str, allowed: Choice) -> list[str]:
    """Return the options that were said; of those that are yes or no, only if the property was said too."""
    if name == "state":
        options = [option for option in allowed.options if option not in STATE_VERBS]
    elif set(allowed.options) <= {"on", "off", "forward", "reverse"}:
        options = list(allowed.options) if any(word.startswith(name[:5]) for word in said) else []
    else:
        options = list(allowed.options)
    return [
        option
        for option in options
        if option.isprintable() and (wanted := set(words_of(option)) - named) and wanted <= _stems(said)
    ]


def _stems(said: set[str]) -> set[str]:
    """Return words with what they are forms of: cooling, cooled -> cool."""
    return said | {word.removesuffix("ing").removesuffix("ed") for word in said}
