"""What all checks know: the settings, and the daemon if one runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceslm import config
from voiceslm.daemon.client import NotRunning, call
from voiceslm.daemon.doctor import units
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from voiceslm.config import Loaded, Settings
    from voiceslm.daemon.doctor.units import Unit

DAEMON_SECONDS = 5.0
"""Longest wait for the running daemon."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is examined."""

    settings: Settings
    """Those in force; the defaults where they cannot be read."""

    loaded: Loaded | None
    """Where each came from; None where they cannot be read."""

    unreadable: Problem | None
    """Why not."""

    daemon: Mapping[str, Any] | None
    """What the running daemon's status says; None where none runs or answers."""

    deaf: Problem | None
    """Why a daemon that runs does not answer."""

    units: tuple[Unit, ...]
    """The services that systemd knows of."""

    quick: bool
    """Leave out what takes long: reading models whole, and measuring engines."""

    say: Callable[[str], None]
    """Told what is being done."""

    @property
    def service_unasked(self) -> bool:
        """Whether the machine's service runs, and keeps to itself: it is another user's."""
        return self.daemon is None and any(unit.active and not unit.user for unit in self.units)


def take_up(file: Path | None, profile: str | None, *, quick: bool, say: Callable[[str], None]) -> Case:
    """Read the settings and ask the daemon.

    Args:
        file: the configuration that was named, None for the one in force.
        profile: beats the settings; None leaves them.
        quick: see `Case.quick`.
        say: see `Case.say`.
    """
    loaded, unreadable = None, None
    try:
        loaded = config.trace(file)
    except Problem as problem:
        unreadable = problem
    settings = loaded.settings if loaded else config.Settings()
    if profile:
        settings = settings.model_copy(update={"profile": profile})
    daemon, deaf = _daemon()
    return Case(settings, loaded, unreadable, daemon, deaf, units.ask(), quick, say)


def _daemon() -> tuple[dict[str, Any] | None, Problem | None]:
    try:
        return call({"request": "status"}, DAEMON_SECONDS), None
    except NotRunning:
        return None, None
    except Problem as problem:
        return None, problem
