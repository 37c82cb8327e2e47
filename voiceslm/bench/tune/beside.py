"""The tuned model beside the larger one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.bench.live.rows import TIMES, Sheet, Target
from voiceslm.bench.tune.contest import LARGER, TUNED
from voiceslm.bench.tune.part import Measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voiceslm.bench.live.rows import Row

FASTER = Target(2.5, at_least=True)
LIGHTER = Target(1 / 3)


def compared(name: str, rows: Mapping[str, Row], target: Target, *, larger_above: bool) -> Iterator[Measure]:
    """Yield how the tuned model compares with the larger one, where both were measured."""
    both = tuned_and_larger(rows)
    if both is None or not all(row.n for row in both):
        return
    above, below = reversed(both) if larger_above else both
    count = min(row.n for row in both)
    yield Measure(name, {TUNED: Sheet("").figure("", above.value / below.value, count, TIMES, target)})


def tuned_and_larger(rows: Mapping[str, Row]) -> tuple[Row, Row] | None:
    """Return the rows of both, where there are both."""
    return (rows[TUNED], rows[LARGER]) if {TUNED, LARGER} <= rows.keys() else None
