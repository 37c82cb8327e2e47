"""A frame, filled with what is in a home: a sentence and its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.colors import COLORS
from voiceslm.entities import Choice, Span
from voiceslm.llm.tools import MOST_CALLS
from voiceslm.tuning.naming import kind_word, said_name
from voiceslm.tuning.wording import degrees, expand, luck, percent

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from voiceslm.entities import Entity
    from voiceslm.tuning.frames import Frame

_COMMON_COLORS = ("red", "green", "blue", "yellow", "orange", "purple", "pink", "white", "turquoise")
_UNTITLED = frozenset({"None", "none"})
_PLACE = re.compile(r"\{(percent|degrees|color|option)\}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A sentence to a home."""

    sentence: str
    """In lower case, without a mark."""

    reply: str
    phrasing: str
    about: tuple[Entity, ...]


class Filler:
    """Fills frames for one home."""

    def __init__(self, entities: Sequence[Entity], handles: Mapping[str, str]) -> None:
        """Know the home; ``handles`` are what the model calls the entities, by id."""
        self._entities = [entity for entity in entities if not entity.auxiliary]
        self._handles = handles

    def filled(self, frame: Frame, entity: Entity, chance: random.Random) -> Filled | None:
        """Return ``frame`` said of ``entity``, or of all like it in its room; None where it does not fit."""
        said = value_of(frame.call, entity, chance)
        if said is None:
            return None
        call, words = said
        about = self._meant(frame, entity)
        if not about or not _known(call, about):
            return None
        sentence = expand(frame.sentence, chance)
        word = kind_word(entity, chance)
        plural = word if word.endswith("s") else f"{word}s"
        places = {
            "name": said_name(entity, chance),
            "area": entity.area.lower(),
            "it": word,
            "them": plural,
            **words,
        }
        try:
            sentence = sentence.format_map(places)
        except KeyError:
            return None
        reply = "\n".join(f"{self._handles[one.id]} {call}" for one in about)
        return Filled(sentence, reply, frame.sentence, about)

    def several(self, frame: Frame, entities: Sequence[Entity], chance: random.Random) -> Filled | None:
        """Return ``frame`` said of several at once: "turn on the lamp and the fan"."""
        said = [value_of(frame.call, entity, chance) for entity in entities]
        if not frame.shared or _PLACE.search(frame.call) or None in said:
            return None
        names = [said_name(entity, chance) for entity in entities]
        article = chance.choice(("", "the "))
        joined = f" and {article}".join([f", {article}".join(names[:-1]), names[-1]])
        sentence = expand(frame.sentence, chance).format_map({"name": joined})
        reply = "\n".join(f"{self._handles[one.id]} {frame.call}" for one in entities)
        return Filled(sentence, reply, frame.sentence, tuple(entities))

    def _meant(self, frame: Frame, entity: Entity) -> tuple[Entity, ...]:
        """Return what the frame is about, in the order of its answer; empty where it says too little."""
        if "{area}" in frame.sentence and not entity.area:
            return ()
        if not frame.of_area:
            return (entity,)
        alike = [
            one
            for one in self._entities
            if (one.kind, one.area) == (entity.kind, entity.area)
            and (not frame.device_class or one.device_class == frame.device_class)
        ]
        if "{it}" in frame.sentence and len(alike) > 1:
            return ()
        alike.sort(key=lambda one: self._handles[one.id])
        return tuple(alike) if len(alike) <= MOST_CALLS else ()


def _known(call: str, about: Sequence[Entity]) -> bool:
    """Say whether all of them have the property that ``call`` is of, where it is of one."""
    name, _, value = call.partition(" ")
    return not value or all(name in entity.settable for entity in about)


def value_of(call: str, entity: Entity, chance: random.Random) -> tuple[str, dict[str, str]] | None:
    """Return ``call`` with a value that ``entity`` takes, and how that is said; None if it takes none."""
    place = _PLACE.search(call)
    if place is None:
        return call, {}
    allowed = entity.settable.get(call.split(maxsplit=1)[0])
    if allowed is None:
        return None
    value, said = _value(place[1], allowed, chance)
    if not value:
        return None
    return call.replace(place[0], value), {place[1]: said}


def _value(place: str, allowed: Span | Choice, chance: random.Random) -> tuple[str, str]:
    """Return a value as it is answered, and as it is said; empty where there is none."""
    if isinstance(allowed, Span):
        if place == "degrees":
            steps = round((allowed.high - allowed.low) / max(allowed.step, 0.5))
            number = allowed.low + chance.randint(0, steps) * max(allowed.step, 0.5)
            if luck(chance, 0.8):
                number = round(number)
            return f"{number:g}", degrees(number, chance)
        whole = chance.choice((chance.randint(1, 20) * 5, chance.randint(1, 10) * 10, chance.randint(1, 100)))
        return str(whole), percent(whole, chance)
    if place == "color":
        color = chance.choice(_COMMON_COLORS)
        return (color, color) if color in COLORS and not allowed.options else ("", "")
    options = [option for option in allowed.options if option not in _UNTITLED]
    option = chance.choice(options) if options else ""
    return option, option.lower()
