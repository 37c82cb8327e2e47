"""What a process holds on to."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from pathlib import Path

from voiceslm.metrics.memory import resident_mb


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading, at rest."""

    turn: int
    """After it."""

    seconds: float
    """Since the first turn began."""

    resident_mb: float
    anonymous_mb: float
    """The part of it that is no file's: the weights of a model are read from theirs, and may come and go."""

    descriptors: int
    threads: int
    tasks: int
    """Of the event loop."""


def read(turn: int, seconds: float) -> Sample:
    """Read the gauges of this process. Linux only."""
    return Sample(
        turn,
        round(seconds, 1),
        round(resident_mb(), 2),
        round(anonymous_mb(), 2),
        len([*Path("/proc/self/fd").iterdir()]) - 1,  # without the one that this listing takes
        threading.active_count(),
        len(asyncio.all_tasks()),
    )


def anonymous_mb() -> float:
    """Return the resident memory that belongs to no file, in MB (10^6 bytes). Linux only."""
    lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("Anonymous:"))
    return int(kilobytes) * 1024 / 1e6
