"""Which pair, or which passages, a question is about. Pure.

Passages are ranked by BM25 (Robertson & Zaragoza 2009, https://doi.org/10.1561/1500000019). How sure it is, is
another figure: the share of the question's words, weighed by how rare they are, that the best passages hold. A
word that is nowhere in the pack counts as the rarest: "how much is a saddle" is about nothing that is known.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from voiceslm.knowledge.words import terms

if TYPE_CHECKING:
    from voiceslm.knowledge import Pack, Pair, Passage

K1, B = 1.2, 0.5
"""BM25's own constants; passages are nearly of one length, so that little is to be evened out."""

HEADING_WEIGHT = 0.5
"""What a word of the heading counts, in relation to one of the passage."""

ALIKE = 0.8
"""From here on two questions are the same."""

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

    def __init__(self, pack: Pack) -> None:
        """Count its words."""
        self.pack = pack
        self._passages = [Counter(terms(one.text)) for one in pack.passages]
        self._headings = [frozenset(terms(one.heading)) for one in pack.passages]
        self._questions = [frozenset(terms(one.question)) for one in pack.pairs]
        self._answers = [frozenset(terms(one.answer)) for one in pack.pairs]

    def pair(self, question: str) -> Pair | None:
        """Return the pair that asks the same; None where none is near enough, or two are."""
        asked = frozenset(terms(question))
        if not asked:
            return None
        scores = [self._alike(asked, known) for known in self._questions]
        best = max(range(len(scores)), key=scores.__getitem__, default=None)
        if best is None or scores[best] < ALIKE:
            return None
        rivals = {self.pack.pairs[at].answer for at, score in enumerate(scores) if score == scores[best]}
        return self.pack.pairs[best] if len(rivals) == 1 else None

    def search(self, question: str, most: int = PASSAGES) -> Found:
        """Return the passages that say most of what ``question`` asks."""
        asked = dict.fromkeys(terms(question))
        scores = [self._bm25(asked, at) for at in range(len(self._passages))]
        ranked = sorted(range(len(scores)), key=lambda at: -scores[at])
        best = [at for at in ranked[:most] if scores[at] > 0]
        held = {word for at in best for word in (*self._passages[at], *self._headings[at])}
        whole = sum(map(self._rarity, asked))
        share = sum(self._rarity(word) for word in asked if word in held) / whole if whole else 0.0
        return Found(tuple(self.pack.passages[at] for at in best), round(share, 3))

    def _alike(self, asked: frozenset[str], known: frozenset[str]) -> float:
        """Return the weight of the words that both have, as a share of all that either has."""
        together = sum(map(self._rarity, asked & known))
        return together / sum(map(self._rarity, asked | known)) if together else 0.0

    def _bm25(self, asked: dict[str, None], at: int) -> float:
        words, heading = self._passages[at], self._headings[at]
        length = words.total() / self._mean_length
        score = 0.0
        for word in asked:
            count = words[word] + HEADING_WEIGHT * (word in heading)
            score += self._rarity(word) * count * (K1 + 1) / (count + K1 * (1 - B + B * length))
        return score

    def _rarity(self, word: str) -> float:
        """Return a word's inverse document frequency, always above 0."""
        count = self._documents[word]
        return math.log(1 + (self._size - count + 0.5) / (count + 0.5))

    @cached_property
    def _documents(self) -> Counter[str]:
        """In how many passages and pairs each word is."""
        found: Counter[str] = Counter()
        for words, heading in zip(self._passages, self._headings, strict=True):
            found.update({*words, *heading})
        for question, answer in zip(self._questions, self._answers, strict=True):
            found.update(question | answer)
        return found

    @cached_property
    def _size(self) -> int:
        return len(self._passages) + len(self._questions)

    @cached_property
    def _mean_length(self) -> float:
        return max(1.0, sum(words.total() for words in self._passages) / max(1, len(self._passages)))
