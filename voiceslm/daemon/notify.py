"""Tells the service manager how it goes: sd_notify(3), a datagram of ``NAME=value`` lines to its socket."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MICROSECONDS = 1_000_000

WAIT_SECONDS = 0.5
"""For a manager that is too busy to take a word that matters; what comes every second is not waited for."""

STATUS_LONGEST = 200
"""Characters of a status line."""


class Notifier:
    """A line to the service manager; without one every call does nothing."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        """Find the service manager in the environment."""
        environ = os.environ if environ is None else environ
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_seconds = _watchdog(environ)
        """Seconds without `alive` after which the process is killed; None: nobody watches."""

    @property
    def listened_to(self) -> bool:
        """Whether there is a service manager."""
        return bool(self._address)

    def ready(self) -> None:
        """Say that it is warm and listens, at the start or after `reloading`."""
        self._send("READY=1", wait=WAIT_SECONDS)

    def status(self, text: str) -> None:
        """Show one line in ``systemctl status``."""
        self._send(f"STATUS={' '.join(text.split())[:STATUS_LONGEST]}")

    def reloading(self) -> None:
        """Say that the configuration is being read again; `ready` ends it."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}", wait=WAIT_SECONDS)

    def stopping(self) -> None:
        """Say that it ends."""
        self._send("STOPPING=1", wait=WAIT_SECONDS)

    def alive(self) -> None:
        """Keep the watchdog quiet for `watchdog_seconds` more."""
        self._send("WATCHDOG=1")

    def extend(self, seconds: float) -> None:
        """Ask for ``seconds`` from now until it is ready or gone."""
        self._send(f"EXTEND_TIMEOUT_USEC={round(seconds * MICROSECONDS)}")

    def _send(self, message: str, *, wait: float = 0.0) -> None:
        if not self._address:
            return
        # A manager that does not listen is no reason to end: it learns of us by what it misses.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.settimeout(wait)
            line.sendto(message.encode(), self._address)


def _watchdog(environ: Mapping[str, str]) -> float | None:
    """Return the watchdog's time, where it is meant for this process (sd_watchdog_enabled(3))."""
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        microseconds = int(environ.get("WATCHDOG_USEC", ""))
    except ValueError:
        return None
    return microseconds / MICROSECONDS if microseconds > 0 else None
