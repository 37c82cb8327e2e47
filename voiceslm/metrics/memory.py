"""Resident memory of this process."""

from __future__ import annotations

import os
from pathlib import Path


def resident_mb() -> float:
    """Return the resident set now, in MB (10^6 bytes). Linux only."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
