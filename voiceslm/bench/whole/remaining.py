"""How long it will still take."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.bench.whole.job import Part


def pace(taken: Mapping[str, float], parts: Sequence[Part], *, quick: bool) -> float:
    """Return how many times longer than they should the parts took that are done; 1 before there is any.

    Args:
        taken: seconds by the part's name.
        parts: all there are.
        quick: which of their nominal durations counts.
    """
    done = [part for part in parts if part.name in taken]
    nominal = sum(part.nominal(quick=quick) for part in done)
    return sum(taken[part.name] for part in done) / nominal if nominal else 1.0


def remaining(left: Sequence[Part], rate: float, *, quick: bool, elapsed: float = 0.0) -> float:
    """Return seconds until all of ``left`` is done, of whose first ``elapsed`` seconds have passed."""
    seconds = [rate * part.nominal(quick=quick) for part in left]
    return max(0.0, seconds[0] - elapsed) + sum(seconds[1:]) if seconds else 0.0


def spoken(seconds: float) -> str:
    """Return a duration for people."""
    if seconds < 90:  # noqa: PLR2004 - seconds, up to a minute and a half
        return f"{max(5, 5 * round(seconds / 5))} s"
    return f"{round(seconds / 60)} min"
