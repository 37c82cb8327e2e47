"""The two folders that are written to: the cache with the models, and the state with timers and lists."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.catalog import Store
from voiceslm.daemon.doctor.finding import Finding, Level, advice, ok
from voiceslm.skills import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from voiceslm.daemon.doctor.case import Case

LITTLE = 200_000_000
"""Bytes: under this, logs and updates will soon fill it up."""

SAMPLE = b"\0" * 65536
"""More than all timers and lists together."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One folder."""

    name: str
    """``cache`` or ``state``."""

    holds: str
    folder: Path
    free: int | None
    """Bytes; None where it cannot be told."""

    error: OSError | None
    """What writing to it came to; None: it can be written to."""

    exists: bool = True


def check(_case: Case) -> Iterator[Finding]:
    """Look at both."""
    yield judge(gather("cache", "models", Store().root))
    yield judge(gather("state", "timers, lists and the volume", state_folder()))


def gather(name: str, holds: str, folder: Path) -> Facts:
    """Write something into ``folder``, or where it would be made, and take it away again."""
    place = next((place for place in (folder, *folder.parents) if os.path.lexists(place)), folder)
    try:
        with tempfile.TemporaryFile(dir=place, prefix=".voiceslm-doctor-") as file:
            file.write(SAMPLE)
            file.flush()
        error = None
    except OSError as refusal:
        error = refusal
    try:
        free = shutil.disk_usage(place).free
    except OSError:
        free = None
    return Facts(name, holds, folder, free, error, exists=place == folder)


def judge(facts: Facts) -> Finding:
    """Say whether it can be written to."""
    check = f"disk.{facts.name}"
    if facts.error is not None:
        # Models that are here are only read.
        level = Level.BROKEN if facts.name == "state" else Level.ADVICE
        cause, mend = _reason(facts, facts.error)
        return Finding(check, level, f"{facts.folder} cannot be written to ({facts.holds})", cause, mend)
    if facts.free is not None and facts.free < LITTLE:
        return advice(
            check,
            f"{facts.folder} has {facts.free / 1e6:.0f} MB left ({facts.holds})",
            "a full disk loses what it should keep",
            f"Free some space: df -h {facts.folder}",
        )
    left = "" if facts.free is None else f", {facts.free / 1e9:.1f} GB free"
    return ok(check, f"{facts.folder} can be written to{left}")


def _reason(facts: Facts, error: OSError) -> tuple[str, str]:
    """Return why it cannot be written to, and what mends that."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full", f"Free some space: df -h {facts.folder}"
    if error.errno == errno.EROFS:
        return (
            "its file system is read-only",
            "Mount it for writing; a worn SD card makes itself read-only and wants replacing",
        )
    variable = "XDG_CACHE_HOME" if facts.name == "cache" else "XDG_STATE_HOME"
    give = "chown -R" if facts.exists else "install -d -o"
    return (
        error.strerror or str(error),
        f"sudo {give} $(id -un) {facts.folder}, or set {variable} to a folder that can be written to",
    )
