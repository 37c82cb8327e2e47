"""What a tuning is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from voiceslm.llm.adapter import Adapter
    from voiceslm.tuning.chat import Drift
    from voiceslm.tuning.judge import Marks
    from voiceslm.tuning.plan import Plan
    from voiceslm.tuning.train import Step

T = TypeVar("T")


class Watch(Protocol):
    """Whoever waits for it."""

    def note(self, words: str) -> None:
        """Be told something."""

    def bar(self, what: str, items: Sequence[T]) -> Iterable[T]:
        """Return ``items``, and show how far it is with them."""

    def step(self, step: Step) -> None:
        """Be told of a step of the training."""

    def agrees(self, plan: Plan) -> bool:
        """Say whether to go on, although not everything can be learnt in the time given."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted."""

    name: str
    """Of the adapter."""

    base: str
    """Catalog id or path of the model."""

    model: Path
    """Its file."""

    persona: str
    """The system message of conversations."""

    minutes: float
    """Longest time for the training itself."""

    threads: int
    seed: int
    folder: Path
    """Where the work is kept."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it."""

    before: Marks
    after: Marks
    drift: Drift
    why_not: str
    """Why it is not better; empty where it is."""

    adapter: Adapter | None
    """As it was installed; None where it was not."""
