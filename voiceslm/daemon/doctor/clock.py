"""The clock: timers, alarms and certificates live by it."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

from voiceslm.daemon.doctor.finding import advice, broken, ok

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding

EARLIEST = 2026
"""The year of this program: a clock that says less was never set; without a battery it begins in 1970."""

LATEST = 2100
PATIENCE = 5.0
"""Seconds for systemd to answer."""

MEND = "sudo timedatectl set-ntp true"


def check(_case: Case) -> Iterable[Finding]:
    """Look at the clock."""
    return [judge(time.localtime().tm_year, synchronised())]


def synchronised() -> bool | None:
    """Say whether the clock follows others; None where nothing tells."""
    try:
        asked = subprocess.run(
            ["timedatectl", "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(asked.stdout.strip())


def judge(year: int, follows: bool | None) -> Finding:  # noqa: FBT001 - what was found out
    """Say whether alarms will ring when they should."""
    if not EARLIEST <= year <= LATEST:
        return broken(
            "clock.time",
            f"the clock says it is {year}",
            "it was never set, or is set wrong: alarms and certificates fail",
            MEND,
        )
    if follows is False:
        return advice(
            "clock.time", "the clock goes by itself", "no time server sets it, so it drifts away", MEND
        )
    return ok("clock.time", "the clock is set" + (" by a time server" if follows else ""))
