"""What a part of the home bench is given, and what it gives back."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from voiceslm.bench.live.scenario import Progress, no_progress
from voiceslm.bench.statistics import evenly

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceslm.bench.home.sentences import Miss
    from voiceslm.bench.live.rows import Row
    from voiceslm.config import Settings

T = TypeVar("T")

SEED = 17
"""Of everything that is drawn: two runs ask for the same things in the same homes."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured, and how much of it."""

    settings: Settings
    data: Path
    """Folder that holds ``text/`` and ``mqtt/``."""

    quick: bool = False
    progress: Progress = no_progress

    def some(self, items: Sequence[T], *, quick: int) -> list[T]:
        """Return ``items``, or only so many where it has to be quick, taken evenly."""
        count = min(len(items), quick) if self.quick else len(items)
        return evenly(items, count)


@dataclass(frozen=True, slots=True)
class Part:
    """What a part came to."""

    rows: tuple[Row, ...]

    misses: tuple[Miss, ...] = ()
    """What did not come out as it should."""

    notes: tuple[str, ...] = field(default=())
    """What a reader must know about how it was done."""

    counts: tuple[str, ...] = ()
    """Figures too many for rows."""


def dice(name: str) -> random.Random:
    """Return a part's own random numbers."""
    return random.Random(f"{SEED} {name}")  # noqa: S311 - not a secret
