"""What may be said of a question when only what is known may be said. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.knowledge.words import figures, names

if TYPE_CHECKING:
    from collections.abc import Iterable

REFUSAL = "I'm sorry, I don't know that. Please ask somebody here."
"""Said as it is, before any model runs."""


def grounded(clause: str, known: Iterable[str]) -> bool:
    """Say whether every number and every name of ``clause`` stands in one of the texts that are ``known``."""
    texts = tuple(known)
    numbers = set().union(*map(figures, texts)) if texts else set()
    words = {word for text in texts for word in text.casefold().replace(",", " ").replace(".", " ").split()}
    return figures(clause) <= numbers and all(name in words for name in names(clause))
