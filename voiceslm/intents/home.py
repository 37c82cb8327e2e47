"""Sentences about this home to intents, without a language model.

The templates are those of home-assistant-intents and our own, in the format of hassil; the names are this
home's. A sentence must match whole, and every one of its commands must be understood: otherwise it is not
ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING

from voiceslm.intents import parts
from voiceslm.intents.lexicon import lexicon
from voiceslm.intents.matching import Matcher, best
from voiceslm.intents.misheard import Misheard
from voiceslm.intents.names import canonical
from voiceslm.intents.sentences import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.entities import Entity
    from voiceslm.events import Intent
    from voiceslm.intents.matching import Reading
    from voiceslm.intents.sentences import Sentences

LONGEST = 200
"""Characters of a sentence; longer ones are not looked at."""

WORDS = 40
"""Words of a sentence; no command has more."""

TRIED = 30
"""Sentences that the parts of one are completed to and matched; none that people say takes half of it."""

REMEMBERED = 32
"""Sentences whose meaning is remembered: each is asked for twice or three times within a second."""

_LATER = "conversation_command"
"""Slot of a timer that holds what is to be done when it ends."""

_PLACES = ("name", "area", "floor")
"""Slots in which readings may differ that want the same."""

_WARM_UP = (
    "set the brightness to fifty percent",
    "set the temperature to twenty one degrees",
    "set the color temperature to warm white",
    "set a timer for one hour and five minutes and three seconds",
    "volume up by ten percent",
    "open the blinds to ten percent",
    "increase the temperature by two degrees",
)


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A sentence that may mean one of several things."""

    names: tuple[str, ...]
    """What to ask between."""

    intents: tuple[Intent, ...]
    """What each would come to."""


class HomeSentences:
    """Understands what is said to a home. A new one takes half a second: make it off the event loop."""

    def __init__(self, language: str = "en") -> None:
        """Load the language's sentences and warm up; a language without any understands nothing.

        Args:
            language: ISO 639-1 code.
        """
        self._sentences = load(language)
        self._home: _Home | None = None
        self.learn(())
        for sentence in _WARM_UP:
            self.recognize(sentence)

    def learn(self, entities: Sequence[Entity], others: Mapping[str, Sequence[str]] | None = None) -> None:
        """Learn the names of this home in place of those known before. Thousands take a second.

        May run in another thread than `recognize`, which knows the old names until the new ones are ready.

        Args:
            entities: what there is.
            others: names of what is no entity, by what it is: area, floor, todo (a list), person.
        """
        if self._sentences is not None:
            self._home = _Home(self._sentences, entities, others or MappingProxyType({}))

    def recognize(self, text: str, area: str = "") -> tuple[Intent, ...] | Ambiguous | None:
        """Return what ``text`` asks of this home.

        Args:
            text: what was said; more than `LONGEST` characters are not looked at.
            area: the room it was said in, which sentences mean that name none; empty where nobody knows.

        Returns:
            The commands or the question, in order; `Ambiguous` where one of several things may be meant; None
            where the whole, or one part of it, is not understood.
        """
        if self._home is None or len(text) > LONGEST or len(text.split()) > WORDS:
            return None
        return self._home.recognize(text, area)


class _Home:
    """The names of one home, with the sentences lately understood."""

    def __init__(
        self, sentences: Sentences, entities: Sequence[Entity], others: Mapping[str, Sequence[str]]
    ) -> None:
        self._words = sentences.words
        self._entities = {entity.id: entity for entity in entities}
        self._matcher = Matcher(sentences, self._entities, lexicon(entities, others, sentences.words))
        self._misheard = Misheard(self._matcher)
        self.recognize = lru_cache(REMEMBERED)(self._recognize)

    def _recognize(self, text: str, area: str) -> tuple[Intent, ...] | Ambiguous | None:
        said = canonical(text)
        if not said:
            return None
        sentence = _Sentence(self._matcher, self._misheard, area, question=self._questioned(text, said))
        return sentence.understood(text, said)

    def _questioned(self, text: str, said: str) -> bool:
        """Say whether its mark makes ``text`` a question: not "can you …?", nor "turn off the light?"."""
        first = next((word for word in said.casefold().split() if word not in self._words.fillers), "")
        return text.rstrip().endswith("?") and first not in self._words.verbs | self._words.polite


class _Sentence:
    """One sentence while it is being understood."""

    def __init__(
        self,
        matcher: Matcher,
        misheard: Misheard,
        area: str,
        *,
        question: bool = False,
        deferred: bool = False,
    ) -> None:
        self._matcher = matcher
        self._misheard = misheard
        self._words = matcher.sentences.words
        self._area = area
        self._question = question
        self._deferred = deferred
        self._left = TRIED
        self._guessing = False

    def understood(self, text: str, said: str) -> tuple[Intent, ...] | Ambiguous | None:
        """Return what it asks for: as it was heard, whole or in parts, or as it may have been meant."""
        pieces = parts.split(text, self._words, self._matcher.lexicon.joined)
        one = self._exact(said, self._area)
        if one and not self._greedy(one[0], pieces):
            return _told(one)
        if several := self._several(pieces):
            return several
        if one:
            return _told(one)
        self._guessing = True
        if guessed := self._one(said, self._area):
            return _told(guessed)
        return self._several(pieces)

    def _several(self, pieces: Sequence[str]) -> tuple[Intent, ...] | None:
        """Return the commands of a sentence that has more than one; None where one is not understood."""
        ways = [(pieces, " and ")]
        if not self._guessing and not (pieces and self._matcher.asks(pieces[0])):
            ways.append(([part for piece in pieces for part in parts.at_verbs(piece, self._words)], " "))
        for these, joint in ways:
            if 1 < len(these) <= parts.MOST and (found := self._from(these, None, joint)):
                return tuple(_intent(reading) for reading in self._placed(found))
        return None

    def _from(self, pieces: Sequence[str], before: Reading | None, joint: str) -> list[Reading] | None:
        """Return the readings of all pieces; as many as belong together are taken as one command."""
        if not pieces:
            return []
        following = takewhile(lambda piece: not parts.whole(piece, self._words), pieces[1:])
        for count in range(1 + len(list(following)), 0, -1):
            after = pieces[count] if count < len(pieces) else ""
            reading = self._part(joint.join(pieces[:count]), before, after)
            if reading and (rest := self._from(pieces[count:], reading, joint)) is not None:
                return [reading, *rest]
        return None

    def _part(self, part: str, before: Reading | None, after: str) -> Reading | None:
        """Return the one reading of a part, completed from those around it if it does not stand alone."""
        attempts: list[tuple[str, str]] = []
        if before is None or parts.whole(part, self._words):
            attempts.append((part, self._area))
        if before is None:
            attempts += [(text, self._area) for text in parts.lent(part, after)]
        elif not parts.whole(part, self._words):
            place = str(before.intent.slots.get("area", "")) if "area" in before.spans else self._area
            attempts += [(text, place) for text in parts.borrowed(part, before, self._words)]
        for text, area in attempts:
            if len(readings := self._one(text, area)) == 1:
                return replace(readings[0], borrowed=text != part)
        return None

    def _placed(self, found: list[Reading]) -> list[Reading]:
        """Give the first the room that only the next one named: "the lamp and the fan in the bedroom"."""
        for index in range(len(found) - 2, -1, -1):
            here, following = found[index], found[index + 1]
            named = "area" in following.spans and "name" not in here.spans and "area" in here.intent.slots
            if named and "area" not in here.spans and following.borrowed:
                area = str(following.intent.slots["area"])
                found[index] = next(iter(self._one(here.intent.text, area)), here)
        return found

    def _one(self, text: str, area: str) -> list[Reading]:
        """Return the readings of one command that nothing decides between; one where it is clear."""
        if self._left <= 0:
            return []
        self._left -= 1
        found = self._exact(text, area)
        if found or not self._guessing:
            return found
        return self._misheard.read(text, area, question=self._question, sound=self._sound)

    def _exact(self, text: str, area: str) -> list[Reading]:
        readings = self._matcher.read(text, area, question=self._question)
        return best([reading for reading in readings if self._sound(reading)], self._matcher.entities, area)

    def _sound(self, reading: Reading) -> bool:
        """Say whether what is to be done later is a command; "what comes in five minutes" is no timer."""
        later = reading.intent.slots.get(_LATER)
        if later is None:
            return True
        return not self._deferred and _Sentence(
            self._matcher, self._misheard, self._area, deferred=True
        ).holds(str(later))

    def holds(self, text: str) -> bool:
        """Say whether ``text`` is understood as it was heard, and each thing that it names is clear."""
        said = canonical(text)
        pieces = parts.split(text, self._words, self._matcher.lexicon.joined)
        return len(self._exact(said, self._area)) == 1 or self._several(pieces) is not None

    def _greedy(self, reading: Reading, pieces: Sequence[str]) -> bool:
        """Say whether what is free may hold another command: "play jazz and turn off the light"."""
        return bool(reading.free) and any(parts.whole(piece, self._words) for piece in pieces[1:])


def _told(readings: Sequence[Reading]) -> tuple[Intent, ...] | Ambiguous:
    intents = tuple(map(_intent, readings))
    if len(intents) == 1:
        return intents
    slot = next((slot for slot in _PLACES if len({intent.slots.get(slot) for intent in intents}) > 1), "name")
    return Ambiguous(tuple(_label(intent, slot) for intent in intents), intents)


def _intent(reading: Reading) -> Intent:
    """Return the intent with its rooms as this home calls them, so that its text says which it names."""
    text = reading.intent.text
    for slot, (start, end) in sorted(reading.spans.items(), key=lambda item: item[1], reverse=True):
        if slot in {"area", "floor"}:
            text = f"{text[:start]}{reading.intent.slots[slot]} {text[end:].lstrip()}".strip()
    return replace(reading.intent, text=text)


def _label(intent: Intent, slot: str) -> str:
    named = (slot, *_PLACES, "device_class", "domain")
    return str(next((intent.slots[name] for name in named if name in intent.slots), intent.text))
