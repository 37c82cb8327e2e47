"""Which prompt lies where in the key-value cache: pure book-keeping, no model.

Every prompt begins with a static head (persona; later tools, the home, a knowledge pack). A sequence belongs
to one head, keyed by its hash, so that a prompt with another head never evicts the one that is in use.
"""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as tokens."""

    tokens: tuple[int, ...]

    head: int
    """Tokens of the static head, at the front."""

    opening: int
    """Tokens before the user's words: all that can be computed before they are spoken."""

    words: int
    """Tokens of the user's words, after the opening."""

    bare: int
    """Tokens up to the user's last word, without what closes the sentence."""

    adapted: bool = False
    """Whether it is computed with what the model has learnt besides."""

    @property
    def head_key(self) -> str:
        """Hash of the static head."""
        return hashlib.sha256(array("i", self.tokens[: self.head]).tobytes()).hexdigest()


@dataclass(slots=True)
class Sequence:
    """One sequence of the cache and what it holds."""

    number: int
    key: str = ""
    tokens: list[int] = field(default_factory=list)
    adapted: bool = False
    """How those were computed: never some of them with the adapter and some without."""


class Sequences:
    """The sequences of one context, least recently used first."""

    def __init__(self, count: int) -> None:
        """Start with ``count`` empty sequences."""
        self._rows = [Sequence(number) for number in range(count)]

    def claim(self, key: str, *, adapted: bool = False) -> Sequence:
        """Return the sequence that belongs to head ``key``, or the least recently used one, renamed.

        What was computed otherwise than ``adapted`` says is no longer in it.
        """
        row = next((row for row in self._rows if row.key == key), self._rows[0])
        row.key = key
        if row.adapted is not adapted:
            row.adapted = adapted
            row.tokens.clear()
        self._rows.remove(row)
        self._rows.append(row)
        return row

    @property
    def held(self) -> int:
        """Tokens in all sequences together."""
        return sum(len(row.tokens) for row in self._rows)

    def others(self, row: Sequence) -> list[Sequence]:
        """Return the other sequences that hold tokens, least recently used first."""
        return [other for other in self._rows if other is not row and other.tokens]


def common_prefix(held: list[int], wanted: tuple[int, ...]) -> int:
    """Return how many leading tokens are the same."""
    for index, (a, b) in enumerate(zip(held, wanted, strict=False)):
        if a != b:
            return index
    return min(len(held), len(wanted))
