"""How a question about what is known is answered: as written, from the prompt, from passages, or not at all. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voiceslm.knowledge import Pair, Passage
    from voiceslm.knowledge.matching import Index

COVERED = 0.6
"""Share of a question's words, weighed by rarity, that passages must hold for it to be about what is known."""

HEADER = "What you know:"
RULES = "Answer only from what you know, in one short sentence. If it is not there, say that you do not know."


class Way(StrEnum):
    """The way that is taken, for the record."""

    ANSWER = "answer"
    """A given pair, as written."""

    PREFIX = "prefix"
    """All that is known stands in the prompt already."""

    RETRIEVE = "retrieve"
    """Passages are put behind the question."""

    REFUSED = "refused"
    """Nothing that is known speaks of it, and nothing else may be spoken of."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is to be done with a question."""

    way: Way
    pair: Pair | None = None
    passages: tuple[Passage, ...] = ()
    """What an answer may rest on."""

    coverage: float = 0.0


def decide(question: str, index: Index, *, strict: bool, in_prompt: bool) -> Taken | None:
    """Say how ``question`` is answered; None leaves it to the conversation, as if nothing were known.

    Args:
        question: what was said.
        index: of what is known.
        strict: whether nothing else may be spoken of.
        in_prompt: whether all of it stands in the model's prompt.
    """
    if (pair := index.pair(question)) is not None:
        return Taken(Way.ANSWER, pair=pair)
    found = index.search(question)
    if found.coverage < COVERED:
        return Taken(Way.REFUSED, coverage=found.coverage) if strict else None
    way = Way.PREFIX if in_prompt else Way.RETRIEVE
    return Taken(way, passages=found.passages, coverage=found.coverage)


def as_prompt(passages: tuple[Passage, ...], pairs: tuple[Pair, ...]) -> str:
    """Return what is known as a part of a prompt, with the rules."""
    lines = [f"{one.heading}: {one.text}" if one.heading else one.text for one in passages]
    lines += [f"{one.question} {one.answer}" for one in pairs]
    return "\n".join([HEADER, *lines, RULES])
