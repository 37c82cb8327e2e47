"""What is known, as the assistant uses it: the only file here that knows how that works."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.knowledge import indexing
from voiceslm.knowledge.deciding import Way, decide
from voiceslm.knowledge.prompt import late
from voiceslm.knowledge.scope import REFUSAL
from voiceslm.knowledge.words import figures, names, terms
from voiceslm.llm import Message

if TYPE_CHECKING:
    from voiceslm.knowledge import Pack, Pair, Passage

__all__ = ["REFUSAL", "Desk", "figures", "grounded", "terms"]


class Desk:
    """A pack, and what is made of a question about it."""

    def __init__(self, pack: Pack, *, persona: str = "") -> None:
        """Index it; a second for a thick book.

        Args:
            pack: what is known.
            persona: the system message of conversations; empty for none.

        Raises:
            Problem: what is needed for it is not installed.
        """
        self.pack = pack
        self._head = (Message("system", persona),) if persona else ()
        self._index = indexing.index_of(pack)
        about = (f"{one.heading} {one.text}" for one in pack.passages)
        asked = (f"{one.question} {one.answer}" for one in pack.pairs)
        self._words = {word for text in (*about, *asked) for word in terms(text)}
        self._headings = {word for one in pack.passages for word in terms(one.heading)}

    def pair(self, question: str) -> Pair | None:
        """Return the pair that asks the same."""
        return self._index.pair(question)

    def refuses(self, question: str) -> bool:
        """Say whether nothing that is known speaks of ``question``."""
        taken = decide(question, self._index, strict=True, in_prompt=False)
        return taken is not None and taken.way is Way.REFUSED

    def touches(self, question: str) -> bool:
        """Say whether ``question`` may be about what is known, even where nothing is found for it."""
        words = set(terms(question))
        return bool(words & self._headings) or 2 * len(words & self._words) >= len(words)

    def finds(self, question: str, passage: Passage) -> bool:
        """Say whether a part of ``passage`` is put before the model, or spoken."""
        taken = decide(question, self._index, strict=False, in_prompt=False)
        return taken is not None and any(one.text in passage.text for one in taken.passages)

    def prompt(self, question: str) -> tuple[Message, ...]:
        """Return ``question`` as the model is asked it, with what is nearest to it."""
        nearest = self._index.search(question).passages
        return (*self._head, Message("user", late(nearest, question)))


def grounded(text: str, known: str) -> bool:
    """Say whether every number and every name in ``text`` stands in ``known``."""
    return figures(text) <= figures(known) and names(text) <= set(re.findall(r"\w+", known.casefold()))
