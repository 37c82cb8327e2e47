"""How long to wait before trying again."""

from __future__ import annotations

import random

FIRST, LONGEST = 1.0, 15.0
"""Seconds: whoever starts the broker wants the home back at once."""

LASTING = 60.0
"""Seconds, for trouble that will not go by itself."""


class Backoff:
    """Waits that double, each shortened by chance, so that not all clients come at once."""

    def __init__(
        self, *, first: float = FIRST, longest: float = LONGEST, rng: random.Random | None = None
    ) -> None:
        """Begin at ``first`` seconds and grow to ``longest``."""
        self._first = first
        self._longest = longest
        self._rng = rng or random.Random()  # noqa: S311 - no secret
        self._next = first

    def wait(self, *, lasting: bool = False) -> float:
        """Return the seconds to wait now; ``lasting``: trouble that will not go by itself."""
        seconds = max(LASTING, self._longest) if lasting else self._next
        self._next = min(2 * seconds, self._longest)
        return seconds * self._rng.uniform(0.5, 1.0)

    def reset(self) -> None:
        """Begin anew, after success."""
        self._next = self._first
