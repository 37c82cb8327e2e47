"""What a sentence may have been that matches nothing as it was heard.

Only words that neither a template nor a name of this home has are taken for misheard, never an ordinary word
of the language, and never a number. Where several readings are nearly as near, none is guessed: if they want
the same of different things, all are returned, to be asked about; if they want different things, such as to
lock and to unlock, none is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice, pairwise, product
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from voiceslm.intents.matching import best
from voiceslm.intents.names import other_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from voiceslm.intents.matching import Heard, Matcher, Reading
    from voiceslm.intents.names import Near

LONG = 6
"""Letters of a word that may be heard two letters wrong; one of `SHORT` may be one letter wrong."""

SHORT = 4
"""Letters of the shortest word that may be misheard: too many shorter ones are one letter from each other."""

FAR = 2
"""Letters within which another reading makes one doubtful, however short the word is."""

MARGIN = 1
"""Letters by which a reading must be nearer than the next one."""

UNKNOWN = 3
"""Words that are looked at; with more unknown ones a sentence is not about this home."""

COMBINED = 64
"""Choices for several unknown words that are put together."""

TRIED = 24
"""Corrected sentences that are matched."""

NEAREST = 20
"""Known words that one unknown word is compared with."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """What may stand for a word that nobody knows."""

    meant: str = ""
    far: int = 0
    names: tuple[tuple[str, int], ...] = ()
    """Where nothing is meant yet: words of names that are looked up where the sentence has a name."""


@dataclass(frozen=True, slots=True)
class _Guess:
    """One sentence that may have been said."""

    text: str
    changed: tuple[Heard, ...]
    near: Near

    @property
    def far(self) -> int:
        """How many letters are between it and what was heard."""
        return sum(far for *_, far in self.changed)


class Misheard:
    """Guesses at one home's sentences."""

    def __init__(self, matcher: Matcher) -> None:
        """Take the words of a home's names and of the templates it is asked with."""
        self._matcher = matcher
        self._words = matcher.sentences.words
        names = matcher.lexicon.words
        self._known = matcher.sentences.vocabulary | names
        self._said = sorted(filter(self._may_be_meant, matcher.sentences.said))
        self._named = sorted(filter(self._may_be_meant, names))

    def read(
        self, text: str, area: str, *, question: bool, sound: Callable[[Reading], bool]
    ) -> list[Reading]:
        """Return what ``text`` most likely asks for: one reading, several to ask between, or none.

        Args:
            text: canonical; it matches nothing as it is.
            area: where it is said.
            question: whether it is known to be a question.
            sound: whether a reading is to be thought of at all.
        """
        words = text.casefold().split()
        asks = question or self._matcher.asks(text)
        for guesses in ([*self._near(words), *self._joined(words)], list(self._alike(words))):
            guesses.sort(key=lambda guess: guess.far)
            found: list[tuple[int, Reading]] = []
            for guess in guesses[:TRIED]:
                if found and guess.far > min(far for far, _ in found) + MARGIN:
                    break
                found += self._read(guess, area, question=asks, sound=sound)
            if found:
                return _decided(found)
        return []

    def _read(
        self, guess: _Guess, area: str, *, question: bool, sound: Callable[[Reading], bool]
    ) -> Iterator[tuple[int, Reading]]:
        """Yield what ``guess`` may ask for, and how far that is from what was heard."""
        readings = self._matcher.read(guess.text, area, question=question, near=guess.near)
        for alike in _by_hearing([r for r in readings if sound(r) and _certain(r)]):
            for reading in best(alike, self._matcher.entities, area):
                heard = (*guess.changed, *reading.heard)
                yield sum(far for *_, far in heard), replace(reading, heard=heard)

    def _near(self, words: Sequence[str]) -> Iterator[_Guess]:
        """Yield the sentences that known words make in place of the unknown ones."""
        unknown = [word for word in dict.fromkeys(words) if not self._knows(word)]
        if not unknown or len(unknown) > UNKNOWN or any(map(self._is_what_it_is, unknown)):
            return
        choices = [self._choices(word) for word in unknown]
        for choice in islice(product(*choices), COMBINED):
            yield _guess(words, dict(zip(unknown, choice, strict=True)))

    def _choices(self, word: str) -> list[_Choice]:
        """Return what may stand for an unknown word: a word of a template, or what a name has there."""
        found = []
        if names := _nearest(word, self._named):
            found.append(_Choice(names=tuple(names)))
        found += [_Choice(meant, far) for meant, far in _nearest(word, self._said)]
        found += [_Choice(f"{first} {second}", 1) for first, second in self._halves(word)]
        found += [_Choice(meant) for meant in self._words.homophones.get(word, ())]
        plain = word.replace("'", "")
        if plain != word and plain in self._known:
            found.append(_Choice(plain, 0))
        return found

    def _halves(self, word: str) -> Iterator[tuple[str, str]]:
        for cut in range(2, len(word) - 1):
            if word[:cut] in self._known and word[cut:] in self._known:
                yield word[:cut], word[cut:]

    def _joined(self, words: Sequence[str]) -> Iterator[_Guess]:
        """Yield the sentences in which two words are one."""
        for index, (one, other) in enumerate(pairwise(words)):
            if one + other in self._known:
                said = [*words[:index], one + other, *words[index + 2 :]]
                yield _Guess(" ".join(said), ((one, one + other, 1),), {})

    def _alike(self, words: Sequence[str]) -> Iterator[_Guess]:
        """Yield the sentences that words which sound the same make."""
        for index, word in enumerate(words):
            for other in self._words.homophones.get(word, ()):
                after = words[index + 1 :]
                if after or other not in self._words.numbers:  # "turn on the lamp for" is not finished
                    yield _Guess(" ".join([*words[:index], other, *after]), ((word, other, 0),), {})

    def _knows(self, word: str) -> bool:
        return (
            word in self._known
            or self._matcher.sentences.number(word)
            or word.removesuffix("'s") in self._known
        )

    def _is_what_it_is(self, word: str) -> bool:
        """Say whether ``word`` is one of the language that this home has nothing to do with."""
        if word in self._words.ordinary or not word.replace("'", "").isalpha():
            return True
        return any(
            word.endswith(ending)
            and {word.removesuffix(ending), word.removesuffix(ending) + "e"} & self._known
            for ending in self._words.inflections
        )

    def _may_be_meant(self, word: str) -> bool:
        return len(word) > 2 and word.isalpha() and not self._matcher.sentences.number(word)  # noqa: PLR2004


def _guess(words: Sequence[str], choice: Mapping[str, _Choice]) -> _Guess:
    """Return the sentence with what was chosen for each of its unknown words."""
    changed = {word: chosen for word, chosen in choice.items() if chosen.meant}
    return _Guess(
        " ".join(changed[word].meant if word in changed else word for word in words),
        tuple((word, chosen.meant, chosen.far) for word, chosen in changed.items()),
        {word: list(chosen.names) for word, chosen in choice.items() if chosen.names},
    )


def _nearest(word: str, known: Sequence[str]) -> list[tuple[str, int]]:
    """Return the known words within `FAR` letters, and half of their own, of ``word``, nearest first."""
    if len(word) < SHORT - 1:
        return []
    found = process.extract(word, known, scorer=OSA.distance, score_cutoff=FAR, limit=NEAREST)
    return [(meant, int(far)) for meant, far, _ in found if far <= len(meant) // 2]


def _trusted(word: str, meant: str, far: int) -> bool:
    """Say whether ``meant`` is near enough to be what was said, given how long it is."""
    allowed = FAR if len(meant) >= LONG else 1 if len(meant) >= SHORT else 0
    return far <= min(allowed, len(word) // 2)


def _decided(found: list[tuple[int, Reading]]) -> list[Reading]:
    """Return the nearest reading, with those that are nearly as near and mean something else."""
    found.sort(key=lambda item: (item[0], item[1].rank))
    nearest, first = found[0]
    if not all(_trusted(*heard) for heard in first.heard):
        return []
    meant = {_meaning(first): first}
    for cost, reading in found[1:]:
        if cost <= nearest + MARGIN and _stems(reading) != _stems(first):
            meant.setdefault(_meaning(reading), reading)
    readings = list(meant.values())
    alike = all(_deed(reading) == _deed(first) for reading in readings)
    return readings if alike else []


def _certain(reading: Reading) -> bool:
    """Say whether more was understood than a name, and nothing is left free."""
    return reading.literal > 0 and not reading.free


def _by_hearing(readings: Sequence[Reading]) -> list[list[Reading]]:
    """Return the readings, those together that take the same words for misheard."""
    found: dict[tuple[Heard, ...], list[Reading]] = {}
    for reading in readings:
        found.setdefault(reading.heard, []).append(reading)
    return list(found.values())


def _stems(reading: Reading) -> set[tuple[str, str]]:
    """Return what each word is taken for, be it singular or plural."""
    return {(word, min(meant, other_number(meant))) for word, meant, _ in reading.heard}


def _meaning(reading: Reading) -> tuple[object, ...]:
    return (reading.intent.name, tuple(sorted(reading.intent.slots.items())))


def _deed(reading: Reading) -> tuple[object, ...]:
    """Return what a reading wants, whatever it wants it of."""
    things = {"name", "area", "floor", "domain"}
    slots = tuple(sorted(item for item in reading.intent.slots.items() if item[0] not in things))
    return (reading.intent.name, slots)
