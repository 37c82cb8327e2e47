"""Our service, as systemd knows it: the machine's, and that of the user's session."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.daemon.service.layout import UNIT
from voiceslm.daemon.service.manager import BOOTED

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE = 5.0
"""Seconds for systemd to answer."""

PROPERTIES = "LoadState,ActiveState,SubState,UnitFileState,Result,NRestarts,StatusText"


@dataclass(frozen=True, slots=True)
class Unit:
    """Our unit and what systemd says of it, by the names of `PROPERTIES`."""

    user: bool
    """Of the user's own systemd, not the machine's."""

    says: Mapping[str, str]

    def __str__(self) -> str:
        """Return what to call it."""
        return f"the user's {UNIT}" if self.user else UNIT

    @property
    def installed(self) -> bool:
        """Whether systemd knows it."""
        return self.says.get("LoadState") not in (None, "", "not-found")

    @property
    def flag(self) -> str:
        """What `voiceslm service` wants to be told."""
        return " --user" if self.user else ""

    @property
    def systemctl(self) -> str:
        """What to type for it."""
        return "systemctl --user" if self.user else "sudo systemctl"

    @property
    def active(self) -> bool:
        """Whether it runs."""
        return self.says.get("ActiveState") == "active"


def ask() -> tuple[Unit, ...]:
    """Return what systemd says of both; nothing where there is none, or no session."""
    if not BOOTED.is_dir():
        return ()
    return tuple(unit for unit in (_ask(user=False), _ask(user=True)) if unit is not None)


def _ask(*, user: bool) -> Unit | None:
    """Return what systemd says of a unit; None where it does not answer, as without a user's session."""
    command = ["systemctl", *(["--user"] if user else []), "show", UNIT, f"--property={PROPERTIES}"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if asked.returncode:
        return None
    return Unit(user, dict(line.split("=", 1) for line in asked.stdout.splitlines() if "=" in line))
