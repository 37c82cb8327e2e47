"""What a question is about, and how sure that is. Pure but for the model of meaning.

Every sentence that is known is ranked by how near it is to the question in meaning, how much of the words of
the question it has, and whether it holds the kind of thing that is asked for. Words are weighed by how rare
they are; one that is nowhere in the pack counts as the rarest and is *strange*. The figures were set with
questions about two other packs and one half of those in voiceslm/bench/knowledge, which measures with the
other half.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.knowledge import Passage
from voiceslm.knowledge.passages import sentences
from voiceslm.knowledge.wanted import suits
from voiceslm.knowledge.words import Word, terms, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Protocol

    from numpy.typing import NDArray

    from voiceslm.knowledge import Pack, Pair

    Floats = NDArray[np.float32]

    class Meaning(Protocol):
        """Texts to vectors of length 1."""

        def of(self, texts: Sequence[str]) -> Floats:
            """Return float32 [n, width]."""
            ...


ALIKE = 0.8
"""From here on two questions are the same."""

WORDS = 0.2
"""What covering all words of a question counts, where being the same in meaning counts 1."""

SUITS = 0.15
"""Coverage that is added where a sentence holds what is asked for, and taken away where it does not."""

HEADING = 0.5
"""What a word of the heading covers, in relation to one of the sentence."""

LOOKED_AT = 50
"""The best sentences, of which is looked whether they suit."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a question is about."""

    passages: tuple[Passage, ...] = ()
    """The sentences that answer it best, the best first."""

    score: float = 0.0
    """How well the best does, 0 to about 1.2."""

    lead: float = 0.0
    """How much better it does than the second best."""

    coverage: float = 0.0
    """0 to 1: the share of the question's words that the best has."""

    strange: tuple[str, ...] = ()
    """Words of the question that nothing known has."""


class Index:
    """A pack, ready to be asked."""

    def __init__(self, pack: Pack, meaning: Meaning, vectors: Floats | None = None) -> None:
        """Count its words.

        Args:
            pack: what is known.
            meaning: knows how near texts are.
            vectors: of `texts`, where they are known; otherwise they are computed, 2 ms each.
        """
        self.pack = pack
        self._meaning = meaning
        self._questions = [frozenset(terms(pair.question)) for pair in pack.pairs]
        self._sentences = [*_cut(pack)]
        self._weight = _Weights(self._sentences)
        self._vectors = meaning.of(texts(pack)) if vectors is None else vectors

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
        """Return the sentences that answer ``question`` best: 5 ms, 15 among 20,000 sentences."""
        asked = self._asked(question)
        strange = self.unknown(question)
        if not asked or not self._sentences:
            return Found(strange=strange)
        coverage = self._weight.coverage(asked)
        scores = self._vectors @ self._meaning.of([question])[0] + WORDS * coverage
        best = np.argsort(-scores, kind="stable")[:LOOKED_AT]
        scores[best] += WORDS * np.array([self._suits(question, int(at)) for at in best], np.float32)
        best = best[np.argsort(-scores[best], kind="stable")]
        found = tuple(self._sentences[int(at)] for at in best[:most])
        score = float(scores[best[0]])
        lead = score - float(scores[best[1]]) if len(best) > 1 else score
        return Found(found, round(score, 3), round(lead, 3), round(float(coverage[best[0]]), 3), strange)

    def unknown(self, text: str) -> tuple[str, ...]:
        """Return the words of ``text`` that count and that nothing known has."""
        return tuple(word.said for word in self._asked(text) if word.form not in self._weight)

    def _asked(self, question: str) -> list[Word]:
        """Return the words that a question is about, each once."""
        found = {word.form: word for word in words(question)}
        return [word for word in found.values() if not word.faint or word.form in self._weight]

    def _suits(self, question: str, at: int) -> float:
        suited = suits(question, self._sentences[at].text)
        return 0.0 if suited is None else SUITS if suited else -SUITS

    def _alike(self, asked: frozenset[str], known: frozenset[str]) -> float:
        """Return the weight of the words that both have, as a share of all that either has."""
        together = sum(map(self._weight.of, asked & known))
        return together / sum(map(self._weight.of, asked | known)) if together else 0.0


class _Weights:
    """Which words are in which sentences, and how rare each is."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._count = len(passages)
        own: dict[str, list[int]] = {}
        above: dict[str, list[int]] = {}
        for at, one in enumerate(passages):
            for places, text in ((own, one.text), (above, one.heading)):
                for form in dict.fromkeys(terms(text)):
                    places.setdefault(form, []).append(at)
        self._own = {form: np.array(found, np.intp) for form, found in own.items()}
        self._above = {form: np.array(found, np.intp) for form, found in above.items()}
        self._asked = np.array([one.heading.endswith("?") for one in passages], np.bool_)

    def __contains__(self, form: str) -> bool:
        return form in self._own or form in self._above

    def of(self, form: str) -> float:
        """Return a word's inverse document frequency, always above 0."""
        nowhere = np.zeros(0, np.intp)
        places = np.union1d(self._own.get(form, nowhere), self._above.get(form, nowhere))
        return math.log(1 + (self._count - len(places) + 0.5) / (len(places) + 0.5))

    def coverage(self, asked: Iterable[Word]) -> Floats:
        """Return the share of the words, weighed by rarity, that each sentence has, float32 [sentences]."""
        found = np.zeros(self._count, np.float32)
        whole = 0.0
        for word in asked:
            weight = self.of(word.form)
            whole += weight
            has = np.zeros(self._count, np.float32)
            if word.form in self._above:
                above = self._above[word.form]
                has[above] = np.where(self._asked[above], 1.0, HEADING)
            if word.form in self._own:
                has[self._own[word.form]] = 1.0
            found += np.float32(weight) * has
        return found / np.float32(whole or 1.0)


def texts(pack: Pack) -> list[str]:
    """Return what is compared with a question: each sentence below its heading."""
    return [f"{one.heading}: {one.text}" if one.heading else one.text for one in _cut(pack)]


def _cut(pack: Pack) -> Iterable[Passage]:
    """Yield the sentences of passages, and the answers of pairs, each below its question."""
    for one in pack.passages:
        yield from (Passage(text, one.heading, one.source) for text in sentences(one.text))
    yield from (Passage(pair.answer, pair.question, pair.source) for pair in pack.pairs)
