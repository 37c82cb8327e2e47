"""How much is known, and whether all of it fits the prompt. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.knowledge.prompt import known, tokens

if TYPE_CHECKING:
    from voiceslm.knowledge import Pack


@dataclass(frozen=True, slots=True)
class Size:
    """Counts."""

    pairs: int
    passages: int
    words: int
    tokens: int
    """Of all of it in a prompt, about."""

    def fits(self, prompt_tokens: int) -> bool:
        """Say whether all of it may stand in the prompt; nothing stands in none."""
        return 0 < self.tokens <= prompt_tokens


def size_of(pack: Pack) -> Size:
    """Return how much there is."""
    text = known(pack)
    return Size(len(pack.pairs), len(pack.passages), len(text.split()), tokens(text))
