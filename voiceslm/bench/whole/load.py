"""What else the machine does while something is measured: what disturbs a figure."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

EVERY_SECONDS = 5.0
STAT = Path("/proc/stat")

BUSY = (0, 1, 2, 5, 6)
"""Places of user, nice, system, irq and softirq in the first line of /proc/stat, see proc(5)."""

STOLEN = 7
"""Place of what the host gave to other machines."""

DISTURBED = 10.0
"""Per cent of all cores, taken by others, from which figures are no longer this machine's own."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """Seconds of processor time since the machine was started, and of this process and its ended ones."""

    busy: float
    stolen: float
    own: float
    at: float


@dataclass(slots=True)
class Load:
    """The load while a part was measured."""

    before: float
    """Load average over a minute, which this measuring had no part in but for the part before it."""

    samples: list[float] = field(default_factory=list)
    others_percent: float | None = None
    """Of all cores: time that neither this measuring used nor nobody; None where the system does not tell."""

    stolen_percent: float | None = None
    """Of all cores: what the host gave to other machines."""

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "before": round(self.before, 2),
            "during_mean": round(sum(self.samples) / len(self.samples), 2) if self.samples else None,
            "during_most": round(max(self.samples), 2) if self.samples else None,
            "others_percent": self.others_percent,
            "stolen_percent": self.stolen_percent,
        }


@contextlib.asynccontextmanager
async def watched() -> AsyncIterator[Load]:
    """Watch the load while the block runs; its processes count as others until it has waited for them."""
    load = Load(os.getloadavg()[0])
    first = ticks()
    sampling = asyncio.create_task(_sample(load), name="load")
    try:
        yield load
    finally:
        sampling.cancel()
        load.samples.append(os.getloadavg()[0])
        last = ticks()
        if first and last:
            load.others_percent, load.stolen_percent = taken(first, last, os.cpu_count() or 1)


def taken(first: Ticks, last: Ticks, cores: int) -> tuple[float, float]:
    """Return how many per cent of all cores other processes used, and other machines."""
    whole = max(1e-9, (last.at - first.at) * cores)
    others = (last.busy - first.busy) - (last.own - first.own)
    return round(max(0.0, 100 * others / whole), 1), round(100 * (last.stolen - first.stolen) / whole, 1)


def ticks(stat: Path = STAT) -> Ticks | None:
    """Read the counters; None where the system has none."""
    try:
        line = stat.read_text("ascii").splitlines()[0].split()[1:]
        counts = [int(word) / os.sysconf("SC_CLK_TCK") for word in line]
    except (OSError, ValueError, IndexError):
        return None
    whose = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own = sum(usage.ru_utime + usage.ru_stime for usage in whose)
    return Ticks(sum(counts[place] for place in BUSY), counts[STOLEN], own, time.monotonic())


async def _sample(load: Load) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        load.samples.append(os.getloadavg()[0])
