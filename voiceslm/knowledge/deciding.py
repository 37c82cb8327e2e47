"""How a question about what is known is answered: as written, by the model, or not at all. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voiceslm.knowledge import Passage
    from voiceslm.knowledge.matching import Found, Index

CLEAR = 0.7
"""Score from which on a sentence answers the question, where no word of it is strange."""

LIKELY = 0.42
"""Score from which on a sentence may answer it, so that the model is asked."""

APART = 0.1
"""Lead over the second best without which no sentence is clearly the answer."""

CHECKED = 2
"""Sentences about which the model is asked, one after the other: each costs 0.3 s on two cores."""

SURE, LIKELIER = 1.0, -0.5
"""The model's yes over its no, as a logarithm: from the first on no other sentence is looked at, below the
second the sentence does not answer. The 1.5B model says no to many a right one."""

LATE_WORDS = 56
"""Of passages put before the model late: 80 tokens."""


_LEANS = re.compile(r"(?:yes|no)\b", re.IGNORECASE)
"""An answer that leans on its question: to another, of what nothing known speaks, it would be made up."""


class Way(StrEnum):
    """The way that is taken, for the record."""

    ANSWER = "answer"
    """A given pair, as written."""

    QUOTE = "quote"
    """The one sentence that answers it, as written."""

    PREFIX = "prefix"
    """By the model, in its own words; all that is known stands in its prompt already."""

    RETRIEVE = "retrieve"
    """By the model, with a few sentences put before the question."""

    CHECKED = "checked"
    """The first of the sentences that may answer it of which the model says that it does, as written."""

    REFUSED = "refused"
    """Not at all: nothing that is known speaks of it, and nothing else may be spoken of."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is to be done with a question."""

    way: Way
    text: str = ""
    """What to say, where no model is asked."""

    passages: tuple[Passage, ...] = ()
    """What the answer rests on."""

    score: float = 0.0
    strange: tuple[str, ...] = ()
    """Words of the question that nothing known has."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Where it stands, each once."""
        return tuple(dict.fromkeys(one.source for one in self.passages))


def decide(question: str, index: Index, *, strict: bool, in_prompt: bool) -> Taken | None:
    """Say how ``question`` is answered; None leaves it to the conversation, as if nothing were known.

    Args:
        question: what was said.
        index: of what is known.
        strict: whether nothing else may be spoken of.
        in_prompt: whether all of it stands in the model's prompt.
    """
    if (pair := index.pair(question)) is not None:
        return Taken(Way.ANSWER, pair.answer, (pair.as_passage,), 1.0)
    found = index.search(question)
    if found.score >= CLEAR and found.lead >= APART and not found.strange:
        best = found.passages[0]
        return Taken(Way.QUOTE, best.text, (best,), found.score)
    if found.score < LIKELY:
        return Taken(Way.REFUSED, score=found.score, strange=found.strange) if strict else None
    if strict:
        likely = tuple(one for one in found.passages if not (found.strange and _LEANS.match(one.text)))
        return Taken(Way.CHECKED, "", likely[:CHECKED], found.score, found.strange)
    if in_prompt:
        return Taken(Way.PREFIX, "", found.passages, found.score, found.strange)
    return Taken(Way.RETRIEVE, "", _few(found), found.score, found.strange)


def _few(found: Found) -> tuple[Passage, ...]:
    """Return the best passages that together are short enough to be read late; the best in any case."""
    taken: list[Passage] = []
    for one in found.passages:
        if taken and sum(len(held.text.split()) for held in (*taken, one)) > LATE_WORDS:
            break
        taken.append(one)
    return tuple(taken)
