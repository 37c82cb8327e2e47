"""The few statistics that reports need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

RESAMPLES = 2000
"""Bootstrap resamples: enough for a second digit of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the tail of a distribution."""

    p50: float
    p95: float


def spread(values: Sequence[float]) -> Spread:
    """Return median and 95th percentile, to one decimal."""
    p50, p95 = np.percentile(np.asarray(values, float), [50, 95])
    return Spread(round(float(p50), 1), round(float(p95), 1))


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % percentile-bootstrap interval of the median."""
    rng = np.random.default_rng(0)
    data = np.asarray(values, float)
    medians = np.median(rng.choice(data, (RESAMPLES, len(data))), axis=1)
    low, high = np.percentile(medians, [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)


def evenly(items: Sequence[T], most: int) -> list[T]:
    """Return ``items``, or only ``most`` of them, taken evenly."""
    count = min(len(items), most)
    return [items[index * len(items) // count] for index in range(count)]
