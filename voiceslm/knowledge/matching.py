"""Which pair, or which passages, a question is about. Pure.

Passages are ranked by BM25 (Robertson & Zaragoza 2009, https://doi.org/10.1561/1500000019) and by how much of
the question they cover. A word of the question is covered by the nearest word of a passage: wholly by itself,
in part by one of a near meaning. Words are weighed by how rare they are, and one that is nowhere in the pack
counts as the rarest: "how much is a saddle" is about nothing that is known.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import bm25s
import numpy as np

from voiceslm.knowledge.words import terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from voiceslm.knowledge import Pack, Pair, Passage
    from voiceslm.knowledge.vectors import Vectors

ALIKE = 0.8
"""From here on two questions are the same."""

NEAR = 0.4
"""Cosine from which on two words have to do with each other: "kids" and "children" have 0.87, "dogs" and
"pets" 0.48, "beer" and "coffee" none."""

BM25_SHARE = 0.5
"""Of the rank; the rest is what is covered."""

PASSAGES = 2
"""Put before the model at most."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a question is about."""

    passages: tuple[Passage, ...]
    """The best first."""

    coverage: float
    """0 to 1: the share of what was asked that they speak of."""


class Index:
    """A pack, ready to be asked."""

    def __init__(self, pack: Pack, vectors: Vectors) -> None:
        """Count its words: a second for 10,000 passages."""
        self.pack = pack
        self._vectors = vectors
        self._passages = (*pack.passages, *(pair.as_passage for pair in pack.pairs))
        self._questions = [frozenset(terms(pair.question)) for pair in pack.pairs]
        documents = [list(dict.fromkeys(terms(f"{one.heading} {one.text}"))) for one in self._passages]
        self._frequency = Counter(word for document in documents for word in document)
        self._places = {word: place for place, word in enumerate(self._frequency)}
        self._table = vectors.of(list(self._places))
        self._documents = [np.array([self._places[word] for word in words], np.intp) for words in documents]
        self._bm25 = _ranker([list(terms(f"{one.heading} {one.text}")) for one in self._passages])

    def pair(self, question: str) -> Pair | None:
        """Return the pair that asks the same; None where none is near enough, or two are."""
        asked = frozenset(terms(question))
        scores = [self._alike(asked, known) for known in self._questions]
        best = max(scores, default=0.0)
        if best < ALIKE:
            return None
        found = [pair for pair, score in zip(self.pack.pairs, scores, strict=True) if score == best]
        return found[0] if len({pair.answer for pair in found}) == 1 else None

    def search(self, question: str, most: int = PASSAGES) -> Found:
        """Return the passages that say most of what ``question`` asks; a millisecond for 1,000 passages."""
        asked = list(dict.fromkeys(terms(question)))
        if not asked or not self._documents:
            return Found((), 0.0)
        weights = np.array([self._rarity(word) for word in asked], np.float32)
        covered = self._covered(asked)
        shares = covered @ weights / weights.sum()
        ranks = BM25_SHARE * self._ranks(asked) + (1 - BM25_SHARE) * shares
        best = [int(at) for at in np.argsort(-ranks, kind="stable")[:most] if ranks[at] > 0]
        together = covered[best].max(axis=0) if best else np.zeros(len(asked), np.float32)
        share = float(together @ weights / weights.sum())
        return Found(tuple(self._passages[at] for at in best), round(share, 3))

    def strange(self, text: str) -> set[str]:
        """Return the words that count of ``text`` for which the pack has neither the word nor a near one."""
        unknown = [word for word in dict.fromkeys(terms(text)) if word not in self._places]
        if not unknown or not self._places:
            return set(unknown)
        near = (self._vectors.of(unknown) @ self._table.T).max(axis=1)
        return {word for word, nearest in zip(unknown, near, strict=True) if nearest < NEAR}

    def _covered(self, asked: Sequence[str]) -> NDArray[np.float32]:
        """Return how far each passage has each word of a question, 0 to 1, float32 [passages, words]."""
        alike = self._vectors.of(asked) @ self._table.T
        alike[alike < NEAR] = 0.0
        for row, word in enumerate(asked):
            if word in self._places:
                alike[row, self._places[word]] = 1.0
        covered = np.zeros((len(self._documents), len(asked)), np.float32)
        for at, words in enumerate(self._documents):
            if len(words):
                covered[at] = alike[:, words].max(axis=1)
        return covered

    def _ranks(self, asked: list[str]) -> NDArray[np.float32]:
        """Return BM25's scores, as shares of the best, float32 [passages]."""
        known = [word for word in asked if word in self._places]
        if not known:
            return np.zeros(len(self._documents), np.float32)
        scores: NDArray[np.float32] = self._bm25.get_scores(known)
        return scores / max(float(scores.max()), 1e-6)

    def _alike(self, asked: frozenset[str], known: frozenset[str]) -> float:
        """Return the weight of the words that both have, as a share of all that either has."""
        together = sum(map(self._rarity, asked & known))
        return together / sum(map(self._rarity, asked | known)) if together else 0.0

    def _rarity(self, word: str) -> float:
        """Return a word's inverse document frequency, always above 0."""
        count = self._frequency[word]
        return math.log(1 + (len(self._documents) - count + 0.5) / (count + 0.5))


def _ranker(documents: list[list[str]]) -> bm25s.BM25:
    ranker = bm25s.BM25(k1=1.2, b=0.5)  # passages are nearly of one length
    if any(documents):
        ranker.index(documents, show_progress=False)
    return ranker
