"""Which devices may a sentence be about? Pure."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from voiceslm.entities import Kind
from voiceslm.llm.words import CLASS_WORDS, COMMON, CUES, GENERIC, KIND_WORDS, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from voiceslm.entities import Entity

NAMED, PLACED, CALLED, HINTED = 1.0, 0.8, 0.7, 0.4
"""What a word counts: of the name or an alias; of the area; of what its kind is called; a hint at it."""

NEAR = 0.8
"""Candidates that reach less than this part of the best score are left out."""

ELSEWHERE = 0.7
"""What an entity keeps of its score in another room than the speaker, who named none: less than `NEAR`."""

ALIKE = 0.8
"""How much of a word must agree, letter by letter, for it to be a misheard one of this home."""

SHORTEST_MISHEARD = 4
"""Letters. Shorter words resemble too many others."""

_ALSO_VERBS = frozenset({"switch", "heat", "cover", "shade", "plug"})
"""Names of kinds that are as often what shall be done."""

COMPOUND = 0.8
"""How certain a word is that only begins a longer one: the entry in "entryway"."""

_WORD = re.compile(r"\d+(?:'s)?|[^\W\d_]+(?:'[^\W\d_]+)?")
_SINGULAR = ("ss", "us", "is")
"""Endings of words that are no plurals."""


def words_of(text: str) -> list[str]:
    """Return the words of ``text`` as they are compared: lower case, singular, numbers as digits."""
    return [_plain(word) for word in _WORD.findall(text.lower().replace("\u2019", "'"))]


@dataclass(frozen=True, slots=True)
class _Posting:
    entity: int
    weight: float
    changeable: bool


class Finder:
    """The words of one home; build a new one when the home changes."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        """Take up the words of ``entities``."""
        self._entities = tuple(entities)
        self._names = [_names(entity) for entity in self._entities]
        self._postings: dict[str, list[_Posting]] = defaultdict(list)
        for index, entity in enumerate(self._entities):
            for word, weight in weights(entity).items():
                self._postings[word].append(_Posting(index, weight, bool(entity.settable or entity.deeds)))
        self._places = {word for entity in self._entities for word in words_of(entity.area)} - COMMON
        self._vocabulary = {word for word in self._postings if len(word) >= SHORTEST_MISHEARD}
        self._pairs = {first + second: (first, second) for first, second in self._neighbours()}

    def candidates(
        self, text: str, *, question: bool, here: str = "", limit: int = 10
    ) -> list[tuple[Entity, float]]:
        """Return the entities that ``text`` may be about, likeliest first, with how much of it fits, 0 to 1.

        Args:
            text: a sentence.
            question: it only asks; otherwise what cannot be changed is left out.
            here: the area in which it was said; where the sentence names none, what is there comes first.
            limit: how many at most.
        """
        words = words_of(text)
        said = self._said(words)
        fits: dict[int, dict[str, float]] = defaultdict(dict)
        for word, certainty in said.items():
            rarity = self._rarity(word) * certainty
            for posting in self._postings[word]:
                if question or posting.changeable:
                    fits[posting.entity][word] = rarity * posting.weight
        whole = sum(self._rarity(word) for word in said)
        fitting = fits.keys() if "and" in words else self._called_so(said, fits)
        scores = {index: self._score(index, fits[index], whole) for index in fitting}
        if here and not self._places & said.keys():
            for index in scores:
                scores[index] *= 1.0 if self._entities[index].area == here else ELSEWHERE
        ranked = sorted(scores, key=lambda index: (-scores[index], self._entities[index].auxiliary))
        chosen = _choose(ranked, scores, fits, limit)
        return [(self._entities[index], scores[index]) for index in chosen]

    def _said(self, words: Sequence[str]) -> dict[str, float]:
        """Return the words of this home that were said, or nearly, and how certain that is."""
        said: dict[str, float] = {}
        for word, following in zip(words, (*words[1:], ""), strict=False):
            for joined in {word, word + following, *self._pairs.get(word, ())} & self._postings.keys():
                said[joined] = 1.0
            if word in self._postings or word in self._pairs or word in COMMON:
                continue
            for known, certainty in resembling(word, self._vocabulary).items():
                said[known] = max(said.get(known, 0.0), certainty)
        return said

    def _rarity(self, word: str) -> float:
        """Return how much a word tells: the fewer entities have it, the more."""
        return math.log1p(len(self._entities) / len(self._postings[word]))

    def _score(self, index: int, fit: Mapping[str, float], whole: float) -> float:
        """Return how much of what was said fits the entity, times how much of its name was said."""
        said = sum(fit.values()) / whole
        best = max(
            (sum(self._rarity(word) for word in name & fit.keys()) / sum(map(self._rarity, name)))
            for name in self._names[index] or [frozenset(fit)]
        )
        return said * (1 + best) / 2

    def _called_so(self, said: Iterable[str], fits: Mapping[int, Mapping[str, float]]) -> set[int]:
        """Return the entities of the kinds that were said, and others with words that those do not have.

        "The office light" is not the office speaker.
        """
        kinds = (GENERIC - _ALSO_VERBS).intersection(said)
        so = {
            index
            for index, fit in fits.items()
            if not kinds or kinds & fit.keys() or self._entities[index].kind is Kind.SWITCH
        }
        words = {word for index in so for word in fits[index]}
        return so | {index for index, fit in fits.items() if fit.keys() - words}

    def _neighbours(self) -> Iterable[tuple[str, str]]:
        for entity in self._entities:
            for text in (entity.name, entity.area, *entity.aliases):
                words = words_of(text)
                yield from pairwise(words)


def resembling(word: str, known: Collection[str]) -> dict[str, float]:
    """Return the words of ``known`` that may be meant by ``word``, and how certain that is."""
    if len(word) < SHORTEST_MISHEARD:
        return {}
    scorer = DamerauLevenshtein.normalized_similarity
    near = process.extract(word, known, scorer=scorer, score_cutoff=ALIKE, limit=2)
    found = {other: alike for other, alike, _ in near}
    for length in range(SHORTEST_MISHEARD, len(word) - 2):
        if word[:length] in known:
            found.setdefault(word[:length], COMPOUND)
    return found


def weights(entity: Entity) -> dict[str, float]:
    """Return the words that may mean an entity, and what each counts."""
    found: dict[str, float] = {}
    sources = (
        (NAMED, words_of(" ".join((entity.name, *entity.aliases)))),
        (PLACED, words_of(f"{entity.area} {entity.floor}")),
        (CALLED, KIND_WORDS.get(entity.kind, ())),
        (CALLED, CLASS_WORDS.get(entity.device_class, ())),
        (HINTED, CUES.get(entity.kind, ())),
        (HINTED, words_of(entity.device)),
    )
    for weight, words in sources:
        telling = [word for word in words if word not in COMMON]
        for word in telling or words:
            found.setdefault(word, weight)
    return found


def _choose(
    ranked: Sequence[int],
    scores: Mapping[int, float],
    fits: Mapping[int, Mapping[str, float]],
    limit: int,
) -> list[int]:
    """Return the best ones, and for each word that none of those answers to, the best that do."""
    best: dict[str, float] = {}
    top = scores[ranked[0]] if ranked else 0.0
    for index in ranked:
        if scores[index] >= NEAR * top:
            best |= dict.fromkeys(fits[index], top)
        for word in fits[index]:
            best.setdefault(word, scores[index])
    return [index for index in ranked if scores[index] >= NEAR * min(best[word] for word in fits[index])][
        :limit
    ]


def _names(entity: Entity) -> list[frozenset[str]]:
    names = (frozenset(words_of(name)) for name in (entity.name, *entity.aliases))
    return [name - COMMON or name for name in names if name]


def _plain(word: str) -> str:
    word = word.removesuffix("'s")
    if len(word) >= SHORTEST_MISHEARD and word.endswith("s") and not word.endswith(_SINGULAR):
        word = word[:-1]
    return NUMBERS.get(word, word)
