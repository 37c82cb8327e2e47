"""Whether the models of the profile fit into the memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.catalog import load_catalog
from voiceslm.daemon.doctor.finding import advice, broken, ok
from voiceslm.engines import models_of
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voiceslm.config import Settings
    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding

BESIDES_MODELS = 480_000_000
"""Bytes of a turn that are not the models' files: 698 MB with tiny and 1,813 MB with default were measured
(docs/latency.md), whose files are 248 and 1,337 MB."""

MEMINFO = Path("/proc/meminfo")
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Of a container: cgroup 2, and 1."""

GB = 1e9


@dataclass(frozen=True, slots=True)
class Facts:
    """All in bytes."""

    needed: int
    available: int
    """What may be had without swapping, within the container's limit."""

    swap: int
    """Free."""

    limit: int | None
    """Of the container; None for none."""

    runs: bool
    """A daemon has taken its part already."""


def check(case: Case) -> Iterable[Finding]:
    """Look at the memory."""
    return [judge(gather(case.settings, runs=case.daemon is not None))]


def gather(settings: Settings, *, runs: bool) -> Facts:
    """Read what the kernel says."""
    numbers = kilobytes(MEMINFO.read_text("utf-8"))
    limit = min(filter(None, map(_limit, LIMITS)), default=None)
    return Facts(
        needed=needed_by(settings),
        available=min(numbers.get("MemAvailable", 0), limit or numbers.get("MemAvailable", 0)),
        swap=numbers.get("SwapFree", 0),
        limit=limit,
        runs=runs,
    )


def needed_by(settings: Settings) -> int:
    """Return the bytes that a turn with the models of ``settings`` takes; about."""
    catalog = load_catalog()
    try:
        models = models_of(settings)
    except Problem:
        return BESIDES_MODELS
    files = 0
    for name in (models.stt, models.llm, models.voice, models.turn):
        entry = catalog.find(name)
        path = Path(name).expanduser()
        if entry is not None:
            files += entry.bytes
        elif path.is_file():
            files += path.stat().st_size
        elif path.is_dir():
            files += sum(file.stat().st_size for file in path.iterdir() if file.is_file())
    return BESIDES_MODELS + files


def judge(facts: Facts) -> Finding:
    """Say whether it is enough."""
    needed, available = f"{facts.needed / GB:.1f} GB", f"{facts.available / GB:.1f} GB"
    smaller = 'Take a smaller profile (profile = "small" or "tiny"), or end other programs'
    if facts.runs:
        return ok("memory.free", f"{available} are free beside the running voiceslm")
    if facts.limit is not None and facts.limit < facts.needed:
        return broken(
            "memory.free",
            f"this container may take {facts.limit / GB:.1f} GB",
            f"the models in use need {needed}: it would be killed",
            'Raise the container\'s limit, or take a smaller profile (profile = "small" or "tiny")',
        )
    if facts.available + facts.swap < facts.needed:
        return broken(
            "memory.free", f"{available} of memory are free", f"the models in use need {needed}", smaller
        )
    if facts.available < facts.needed:
        return advice(
            "memory.free",
            f"{available} of memory are free, and {facts.swap / GB:.1f} GB of swap",
            f"the models in use need {needed}: what is swapped out comes back slowly",
            smaller,
        )
    return ok("memory.free", f"{available} of memory are free, {needed} are needed")


def kilobytes(meminfo: str) -> dict[str, int]:
    """Return the bytes of each line of /proc/meminfo ("MemTotal:  24684000 kB")."""
    return {
        name: int(value) * 1024 for name, value in re.findall(r"^(\w+):\s+(\d+) kB", meminfo, re.MULTILINE)
    }


def _limit(file: Path) -> int | None:
    try:
        text = file.read_text("utf-8").strip()
    except OSError:
        return None
    number = int(text) if text.isdigit() else 0
    return number if 0 < number < 1 << 60 else None  # cgroup 1 says 2 ** 63 or so for no limit
