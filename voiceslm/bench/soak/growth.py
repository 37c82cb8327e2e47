"""Whether something grows: a straight line through the readings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

PER = 100
"""Turns for which growth is told."""

BLOCKS = 8
"""Stretches into which the run is cut for the interval."""

RESAMPLES = 2000

LEAST = 3
"""Readings: through two there is always a line."""


@dataclass(frozen=True, slots=True)
class Growth:
    """MB a hundred turns, and its 95 % interval."""

    value: float
    low: float
    high: float


def growth(turns: Sequence[int], values: Sequence[float]) -> Growth | None:
    """Return the least-squares slope of ``values`` over ``turns``; None of fewer than `LEAST`.

    The interval is a bootstrap of the residuals in blocks (Künsch 1989): memory goes up in steps and
    stays, so neighbours are no independent readings.
    """
    if len(turns) < LEAST:
        return None
    x, y = np.asarray(turns, float), np.asarray(values, float)
    slope, level = np.polyfit(x, y, 1)
    rest = y - (slope * x + level)
    size = max(1, len(x) // BLOCKS)
    chance = np.random.default_rng(0)
    begins = chance.integers(len(x) - size + 1, size=(RESAMPLES, -(-len(x) // size)))
    picks = (begins[:, :, None] + np.arange(size)).reshape(RESAMPLES, -1)[:, : len(x)]
    drawn = slope * x + level + rest[picks]
    away = x - x.mean()
    slopes = drawn @ away / (away @ away)
    low, high = np.percentile(slopes, [2.5, 97.5])
    return Growth(*(round(float(one) * PER, 3) for one in (slope, low, high)))
