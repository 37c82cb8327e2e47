"""The lines of the report: a measure each, the trials that it rests on, how sure it is, its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.bench.wake import share_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike

RESAMPLES = 2000
"""Bootstrap resamples: enough for a second digit of a 95 % interval."""

TIMES = "times"

DIGITS = {"s": 3, "ms": 1, "%": 1, TIMES: 2, "": 0, "MB": 2, "/h": 1}
"""Places after the point by unit."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a measure must reach."""

    bound: float
    at_least: bool = False
    """Whether the bound is a lower one."""

    def met(self, value: float) -> bool:
        """Say whether ``value`` reaches it."""
        return value >= self.bound if self.at_least else value <= self.bound


@dataclass(frozen=True, slots=True)
class Row:
    """One measure."""

    scenario: str
    measure: str
    n: int
    """Trials that it rests on; without any the value is not a number."""

    value: float
    low: float | None
    high: float | None
    """95 % interval; None where the measure has none."""

    unit: str
    target: Target | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without a target or a trial."""
        return self.target.met(self.value) if self.target and self.n else None

    @property
    def shown(self) -> str:
        """Text: the value and its interval."""
        if not self.n:
            return "-"
        value, low, high = (_text(number, self.unit) for number in (self.value, self.low, self.high))
        return f"{value} {self.unit}" + (f" [{low}, {high}]" if low and high else "")

    @property
    def wanted(self) -> str:
        """Text: the target."""
        if not self.target:
            return ""
        return f"{'≥' if self.target.at_least else '≤'} {self.target.bound:g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Writes rows of one scenario."""

    scenario: str

    def share(self, measure: str, hits: Iterable[object], target: Target | None = None) -> Row:
        """Return the share of truths among ``hits`` in percent, with Wilson's interval."""
        found = [bool(hit) for hit in hits]
        if not found:
            return self._nothing(measure, "%", target)
        ends = share_interval(sum(found), len(found))
        value, low, high = (round(100 * number, 1) for number in (sum(found) / len(found), *ends))
        return Row(self.scenario, measure, len(found), value, low, high, "%", target)

    def quantile(
        self, measure: str, values: Sequence[float], q: float, unit: str, target: Target | None = None
    ) -> Row:
        """Return the ``q``-th percentile with its bootstrap interval."""
        if not values:
            return self._nothing(measure, unit, target)
        value, low, high = (
            round(number, DIGITS[unit]) for number in (_percentile(values, q), *_interval(values, q))
        )
        return Row(self.scenario, measure, len(values), value, low, high, unit, target)

    def ratio_of_medians(
        self, measure: str, above: Sequence[float], below: Sequence[float], target: Target | None = None
    ) -> Row:
        """Return median(above) ÷ median(below), resampled in pairs."""
        if not above:
            return self._nothing(measure, TIMES, target)
        picks = _picks(len(above))
        ratios = np.median(np.asarray(above)[picks], axis=1) / np.median(np.asarray(below)[picks], axis=1)
        value = float(np.median(above) / np.median(below))
        low, high = (round(float(end), 2) for end in np.percentile(ratios, [2.5, 97.5]))
        return Row(self.scenario, measure, len(above), round(value, 2), low, high, TIMES, target)

    def figure(self, measure: str, value: float, n: int, unit: str, target: Target | None = None) -> Row:
        """Return a figure that has no interval: a count, a longest, a slope."""
        return Row(self.scenario, measure, n, round(value, DIGITS[unit]), None, None, unit, target)

    def _nothing(self, measure: str, unit: str, target: Target | None) -> Row:
        return Row(self.scenario, measure, 0, float("nan"), None, None, unit, target)


def _percentile(values: ArrayLike, q: float) -> float:
    return float(np.percentile(np.asarray(values, float), q))


def _interval(values: Sequence[float], q: float) -> tuple[float, float]:
    """Return the 95 % percentile-bootstrap interval of a percentile (Efron & Tibshirani 1993, ch. 13)."""
    found = np.percentile(np.asarray(values, float)[_picks(len(values))], q, axis=1)
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def _picks(count: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.random.default_rng(0).integers(count, size=(RESAMPLES, count))


def _text(number: float | None, unit: str) -> str:
    return "" if number is None else f"{number:.{DIGITS[unit]}f}"
