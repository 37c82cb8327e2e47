"""What a question is about, and how sure that is. Pure.

Every sentence that is known is a candidate. BM25 (Robertson & Zaragoza 2009, https://doi.org/10.1561/1500000019)
finds those worth a closer look; these are ranked by how much of the question they cover, how much of them the
question covers, how near they are as a whole, and whether they hold the kind of thing that is asked for.

A word of the question is covered by the nearest word of a sentence: wholly by itself, in part by one of a
near meaning. Words are weighed by how rare they are; one that is nowhere in the pack counts as the rarest,
and is *strange*: "how much is a saddle" is about nothing that is known. The figures were set with one half of
the questions in voiceslm/bench/knowledge, which measures with the other.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import bm25s
import numpy as np

from voiceslm.knowledge import Passage
from voiceslm.knowledge.passages import sentences
from voiceslm.knowledge.wanted import suits
from voiceslm.knowledge.words import Word, terms, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from voiceslm.knowledge import Pack, Pair
    from voiceslm.knowledge.vectors import Vectors

    Floats = NDArray[np.float32]

ALIKE = 0.8
"""From here on two questions are the same."""

NEAR = 0.4
"""Cosine from which on two words have to do with each other: "kids" and "children" have 0.87, "dogs" and
"pets" 0.48, "beer" and "coffee" none."""

CANDIDATES = 100
"""Sentences that are looked at closely."""

HEADING = 0.5
"""What a word of the heading covers, in relation to one of the sentence."""

BACK, WHOLE, SUITS = 0.3, 0.5, 0.15
"""Weights beside coverage: of the share of the sentence that was asked for, of the nearness as a whole, and
of whether it holds what is asked for (added) or does not (taken away)."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a question is about."""

    passages: tuple[Passage, ...] = ()
    """The sentences that answer it best, the best first."""

    score: float = 0.0
    """How well the best does, 0 to about 1.8."""

    coverage: float = 0.0
    """0 to 1: the share of what was asked that the best speaks of."""

    strange: tuple[str, ...] = ()
    """Words of the question for which nothing known has the word or a near one."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    passage: Passage
    own: tuple[int, ...]
    """Places of its words in the vocabulary."""
    heading: tuple[int, ...]
    answers: bool
    """Its heading is a question that it answers."""


class Index:
    """A pack, ready to be asked."""

    def __init__(self, pack: Pack, vectors: Vectors) -> None:
        """Count its words: a second for 10,000 sentences."""
        self.pack = pack
        self._vectors = vectors
        self._questions = [frozenset(terms(pair.question)) for pair in pack.pairs]
        self._vocabulary: dict[str, int] = {}
        self._said: list[str] = []
        self._sentences = [*self._cut(pack.passages, answers=False), *self._cut(_asked(pack), answers=True)]
        self._frequency = Counter(place for one in self._sentences for place in {*one.own, *one.heading})
        self._table = vectors.of(self._said)
        self._whole = vectors.of([one.passage.text for one in self._sentences])
        self._bm25 = bm25s.BM25(k1=1.2, b=0.5)  # sentences are nearly of one length
        if self._vocabulary:
            documents = [[str(place) for place in (*one.own, *one.heading)] for one in self._sentences]
            self._bm25.index(documents, show_progress=False)

    def pair(self, question: str) -> Pair | None:
        """Return the pair that asks the same; None where none is near enough, or two are."""
        asked = frozenset(terms(question))
        scores = [self._alike(asked, known) for known in self._questions]
        best = max(scores, default=0.0)
        if best < ALIKE:
            return None
        found = [pair for pair, score in zip(self.pack.pairs, scores, strict=True) if score == best]
        return found[0] if len({pair.answer for pair in found}) == 1 else None

    def search(self, question: str, most: int = 4) -> Found:
        """Return the sentences that answer ``question`` best; milliseconds for 10,000 sentences."""
        asked = self._asked(question)
        if not asked or not self._vocabulary:
            return Found()
        alike = self._similar(asked)
        nearest = alike.max(axis=1)
        strange = tuple(word.said for word, near in zip(asked, nearest, strict=True) if near == 0)
        candidates = self._candidates(alike)
        if not candidates:
            return Found(strange=strange)
        weights = np.array([self._rarity(word.form) for word in asked], np.float32)
        covers = self._covers(alike, candidates) @ weights / weights.sum()
        scores = covers + self._beside(question, asked, candidates)
        order = np.argsort(-scores, kind="stable")
        best = [self._sentences[candidates[at]].passage for at in order[:most]]
        return Found(
            tuple(best), round(float(scores[order[0]]), 3), round(float(covers[order[0]]), 3), strange
        )

    def unknown(self, text: str) -> tuple[str, ...]:
        """Return the words of ``text`` that count and for which nothing known has the word or a near one."""
        said = self._asked(text)
        if not said or not self._vocabulary:
            return tuple(word.said for word in said)
        nearest = self._similar(said).max(axis=1)
        return tuple(word.said for word, near in zip(said, nearest, strict=True) if near == 0)

    def _asked(self, question: str) -> list[Word]:
        """Return the words that a question is about, each once."""
        found = {word.form: word for word in words(question)}
        return [word for word in found.values() if not word.faint or word.form in self._vocabulary]

    def _cut(self, passages: Iterable[Passage], *, answers: bool) -> Iterable[_Sentence]:
        for passage in passages:
            heading = self._places(passage.heading)
            for text in [passage.text] if answers else sentences(passage.text):
                yield _Sentence(
                    Passage(text, passage.heading, passage.source), self._places(text), heading, answers
                )

    def _places(self, text: str) -> tuple[int, ...]:
        """Return the places of a text's words in the vocabulary, which learns them."""
        places = []
        for word in words(text):
            if word.form not in self._vocabulary:
                self._said.append(word.said)
            places.append(self._vocabulary.setdefault(word.form, len(self._vocabulary)))
        return tuple(places)

    def _similar(self, asked: Sequence[Word]) -> Floats:
        """Return how near each word of a question is to each known one; 0: not at all."""
        alike = self._vectors.of([word.said for word in asked]) @ self._table.T
        alike[alike < NEAR] = 0.0
        for row, word in enumerate(asked):
            if word.form in self._vocabulary:
                alike[row, self._vocabulary[word.form]] = 1.0
        return alike

    def _candidates(self, alike: Floats) -> list[int]:
        """Return the sentences that share a word with the question, or a near one: the likeliest ones."""
        known = [str(place) for place in np.flatnonzero(alike.max(axis=0))]
        if not known:
            return []
        scores = self._bm25.get_scores(known)
        best = np.argsort(-scores, kind="stable")[:CANDIDATES]
        return [int(at) for at in best if scores[at] > 0]

    def _covers(self, alike: Floats, candidates: Sequence[int]) -> Floats:
        """Return how far each candidate has each word of a question, 0 to 1, float32 [candidates, words]."""
        covers = np.zeros((len(candidates), len(alike)), np.float32)
        for row, at in enumerate(candidates):
            one = self._sentences[at]
            if one.own:
                covers[row] = alike[:, one.own].max(axis=1)
            if one.heading:
                weight = 1.0 if one.answers else HEADING
                covers[row] = np.maximum(covers[row], weight * alike[:, one.heading].max(axis=1))
        return covers

    def _beside(self, question: str, asked: Sequence[Word], candidates: Sequence[int]) -> Floats:
        """Return what speaks for each candidate beside what it covers, float32 [candidates]."""
        places = {self._vocabulary.get(word.form) for word in asked}
        near = self._whole[candidates] @ self._vectors.of([question])[0]
        found: Floats = WHOLE * near
        for row, at in enumerate(candidates):
            one = self._sentences[at]
            found[row] += BACK * self._share(one.own, places)
            suited = suits(question, one.passage.text)
            if suited is not None:
                found[row] += SUITS if suited else -SUITS
        return found

    def _share(self, own: Sequence[int], places: set[int | None]) -> float:
        """Return the share of a sentence's words that were asked for, weighed by rarity."""
        weights = {place: self._weight(self._frequency[place]) for place in own}
        asked = sum(weight for place, weight in weights.items() if place in places)
        return asked / sum(weights.values()) if weights else 0.0

    def _alike(self, asked: frozenset[str], known: frozenset[str]) -> float:
        """Return the weight of the words that both have, as a share of all that either has."""
        together = sum(map(self._rarity, asked & known))
        return together / sum(map(self._rarity, asked | known)) if together else 0.0

    def _rarity(self, form: str) -> float:
        place = self._vocabulary.get(form)
        return self._weight(0 if place is None else self._frequency[place])

    def _weight(self, count: int) -> float:
        """Return the inverse document frequency of a word in ``count`` sentences, always above 0."""
        return math.log(1 + (len(self._sentences) - count + 0.5) / (count + 0.5))


def _asked(pack: Pack) -> Iterable[Passage]:
    """Yield the answers of pairs, each below its question."""
    return (Passage(pair.answer, pair.question, pair.source) for pair in pack.pairs)
