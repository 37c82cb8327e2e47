"""What a process holds on to."""

from __future__ import annotations

import asyncio
import ctypes
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

    heap_mb: float | None
    """What is allocated by native code, engines among it, and not freed: without what the C library keeps for
    later, which comes and goes by tens of MB. None where it does not tell."""

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
        heap_mb(),
        len([*Path("/proc/self/fd").iterdir()]) - 1,  # without the one that this listing takes
        threading.active_count(),
        len(asyncio.all_tasks()),
    )


def anonymous_mb() -> float:
    """Return the resident memory that belongs to no file, in MB (10^6 bytes). Linux only."""
    lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("Anonymous:"))
    return int(kilobytes) * 1024 / 1e6


class _MallInfo(ctypes.Structure):
    """`struct mallinfo2`, see mallinfo(3)."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        )
    )


def heap_mb() -> float | None:
    """Return what is allocated and not freed, in MB (10^6 bytes); None before glibc 2.33 and elsewhere."""
    tell = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if tell is None:
        return None
    tell.restype = _MallInfo
    told = tell()
    return float(round((told.uordblks + told.hblkhd) / 1e6, 2))
