"""What a scenario is given, and what it gives back."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from voiceslm.bench.statistics import evenly
from voiceslm.bench.stt import data_folder

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.assistant import Assistant
    from voiceslm.bench.live.rows import Row
    from voiceslm.bench.live.timeline import Timeline
    from voiceslm.config import Settings

T = TypeVar("T")

Progress = Callable[[Sequence[Any], str], Iterable[Any]]
"""Wraps the trials of the scenario of that name while they are worked through."""

SEED = 11
"""Of everything that is drawn: two runs say the same things at the same moments."""


def no_progress(items: Sequence[Any], _name: str) -> Iterable[Any]:
    """Show nothing."""
    return items


@dataclass(frozen=True, slots=True)
class Bench:
    """The loaded product and how much is to be tried on it."""

    assistant: Assistant
    settings: Settings
    quick: bool = False
    limit: int | None = None
    """Most trials a scenario."""

    data: Path | None = None
    """Folder that holds ``speech/``; otherwise the shared one."""

    progress: Progress = no_progress
    troubles: list[str] = field(default_factory=list)
    """What went wrong in any session, without the user's words."""

    def some(self, items: Sequence[T], *, quick: int) -> list[T]:
        """Return ``items``, or only so many, taken evenly."""
        count = min(len(items), self.limit or len(items), quick if self.quick else len(items))
        return evenly(items, count)

    def speech(self) -> Path:
        """Return the folder with the manifest of recordings.

        Raises:
            Problem: there is none.
        """
        return (self.data or data_folder()) / "speech"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario came to."""

    rows: tuple[Row, ...]
    trials: tuple[Any, ...]
    """Dataclasses of plain values, one a trial."""

    notes: tuple[str, ...] = ()
    """What a reader must know about how it was done."""

    timeline: Timeline | None = None


def dice(name: str) -> random.Random:
    """Return the scenario's own random numbers."""
    return random.Random(f"{SEED} {name}")  # noqa: S311 - not a secret
