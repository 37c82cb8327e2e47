"""Was the machine asleep, or its clock set? Pure."""

from __future__ import annotations

from dataclasses import dataclass

NOTABLE_SECONDS = 2.0
"""Less is the ordinary disciplining of a clock."""


@dataclass(frozen=True, slots=True)
class Times:
    """The three clocks at one moment, in seconds."""

    wall: float
    """CLOCK_REALTIME: what people read."""

    awake: float
    """CLOCK_MONOTONIC: stands still while the machine sleeps."""

    since_boot: float
    """CLOCK_BOOTTIME: goes on meanwhile."""

    def slept(self, later: Times) -> float:
        """Return for how many seconds the machine slept until ``later``; 0 for next to none."""
        return _notable((later.since_boot - self.since_boot) - (later.awake - self.awake))

    def set_by(self, later: Times) -> float:
        """Return by how many seconds the clock was set until ``later`` (negative: back); 0 for hardly any."""
        return _notable((later.wall - self.wall) - (later.since_boot - self.since_boot))


def _notable(seconds: float) -> float:
    return seconds if abs(seconds) >= NOTABLE_SECONDS else 0.0
