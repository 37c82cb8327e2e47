"""How much is known, and whether all of it fits the prompt. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voiceslm.knowledge import Pack

TOKENS_A_WORD = 1.35
"""Of English prose with prices and times, by the tokenizers of the catalog's models."""


@dataclass(frozen=True, slots=True)
class Size:
    """Counts."""

    pairs: int
    passages: int
    words: int
    tokens: int
    """Estimated."""

    def fits(self, prompt_tokens: int) -> bool:
        """Say whether all of it may stand in the prompt; nothing stands in none."""
        return 0 < self.tokens <= prompt_tokens


def size_of(pack: Pack) -> Size:
    """Return how much there is."""
    texts = [f"{one.heading} {one.text}" for one in pack.passages]
    texts += [f"{one.question} {one.answer}" for one in pack.pairs]
    words = sum(len(text.split()) for text in texts)
    return Size(len(pack.pairs), len(pack.passages), words, round(TOKENS_A_WORD * words))
