"""How long it will take, said before it begins. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

PASSES = 8.0
"""Times that every example is seen, where there is time: small sets are learnt after some, and more makes the
model know them by heart."""

FEWEST_STEPS = 40
"""However little there is to learn: the first steps are small ones."""

MOST_UNSEEN = 3.0
"""Times that seeing everything once may take longer than there is time, before that is asked about: examples
come in an order of chance, and a third of them teaches nearly as much."""

_MINUTE, _HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to compute, how fast this machine computes, and how long it may."""

    packs: int
    """Steps of one pass over the examples."""

    tokens: int
    """Tokens that are computed in one pass."""

    seconds_per_token: float
    """Measured on this machine, with this model."""

    budget_seconds: float
    """How long training may take."""

    @property
    def pass_seconds(self) -> float:
        """How long it takes to see every example once."""
        return self.tokens * self.seconds_per_token

    @property
    def passes(self) -> float:
        """How often every example is seen: as it helps and the budget allows; below 1 not each is."""
        return min(PASSES, self.budget_seconds / self.pass_seconds)

    @property
    def steps(self) -> int:
        """Steps until it ends; at least one."""
        affordable = self.budget_seconds / self.pass_seconds * self.packs
        return max(1, math.floor(min(affordable, max(FEWEST_STEPS, self.packs * PASSES))))

    @property
    def seconds(self) -> float:
        """How long all steps take."""
        return self.steps / self.packs * self.pass_seconds

    @property
    def too_much(self) -> bool:
        """Whether most of it would never be seen in the time given: the owner should know first."""
        return self.pass_seconds > MOST_UNSEEN * self.budget_seconds

    def __str__(self) -> str:
        """Say it to a person."""
        return (
            f"{self.tokens:,} tokens a pass, {duration(self.pass_seconds)} on this machine; "
            f"{self.steps:,} steps ({self.passes:.2g} passes): {duration(self.seconds)}"
        )


def duration(seconds: float) -> str:
    """Return ``seconds`` as people say them."""
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    if seconds < 48 * _HOUR:
        return f"{seconds / _HOUR:.0f} h"
    return f"{seconds / (24 * _HOUR):,.0f} days"


def learning_rate(step: int, steps: int, *, peak: float) -> float:
    """Return the rate of step ``step`` of ``steps``: it rises for a twentieth, then falls to zero."""
    rising = max(1, steps // 20)
    if step < rising:
        return peak * (step + 1) / rising
    return peak * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising))) / 2
