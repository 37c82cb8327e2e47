"""What a model may say of what is known, and what is said instead. Pure.

Whatever a document holds, it is data: an answer is let pass for what stands in it, and for nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.knowledge.words import figures, names, words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

REFUSAL = "I'm sorry, I don't know that. Please ask somebody here."
"""Said in a strict scope in place of what is not known, as it is."""

UNSURE = "I'm not sure about that."
"""Said in an open one, in place of what the model made up about what is known."""

_NOT_KNOWN = re.compile(
    r"\b(?:(?:do|does|can)(?:n't| ?not)|not) (?:know|say|find|have (?:that|any|this) information)\b"
    r"|\bnot (?:sure|certain|mentioned|stated|specified|available|provided)\b|\bno information\b"
    r"|\b(?:an? )?(?:AI|language model|assistant)\b|^sorry\b|\bI'm sorry\b",
    re.IGNORECASE,
)
_AFFIRMS = re.compile(r"^\W*(?:yes|yeah|sure|of course|certainly|absolutely)\b", re.IGNORECASE)


class Scope:
    """What the clauses of one answer are measured by."""

    def __init__(
        self, text: str, question: str, strange: Collection[str], unknown: Callable[[str], Collection[str]]
    ) -> None:
        """Allow what stands in ``text``.

        Args:
            text: all that the answer may rest on.
            question: what was asked; its own numbers and names may be said again.
            strange: its words for which nothing known has the word or a near one.
            unknown: returns such words of any text.
        """
        self._figures = figures(text) | figures(question)
        self._words = set(re.findall(r"\w+", text.casefold()))
        self._strange = set(strange)
        self._unknown = unknown

    def allows(self, clause: str) -> bool:
        """Say whether ``clause`` may be spoken.

        Its numbers and names stand in the text; it neither says yes to what is strange nor speaks of it; and
        most of what it says has been said there.
        """
        if _NOT_KNOWN.search(clause) or not figures(clause) <= self._figures:
            return False
        if self._strange and _AFFIRMS.search(clause):
            return False
        said = words(clause)
        if self._strange & {word.said for word in said}:
            return False
        return names(clause) <= self._words and 2 * len(self._unknown(clause)) <= len(said)
