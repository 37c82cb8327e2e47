"""What tests of faults share: a service manager that listens, and how long a fault and its end take to show."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import threading
import time
from pathlib import Path

import platformdirs
import pytest

from tests.e2e.running import PATIENCE
from voiceslm.catalog import Store, load_catalog


def tell(fault: str) -> None:
    """Print a line for the table of faults."""
    sys.stdout.write(f"fault {fault}\n")


class Manager:
    """The service manager's end of the line: what it was told, and when."""

    def __init__(self, path: Path) -> None:
        """Listen at ``path``, as systemd does at ``$NOTIFY_SOCKET``."""
        self.env = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "30000000"}
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(str(path))
        self._told: list[tuple[float, str]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def told(self):
        """Every ``NAME=value`` so far."""
        return [line for _, message in list(self._told) for line in message.splitlines()]

    def names(self, *wanted):
        """Return the order in which the ``wanted`` names came."""
        return [name for name in (line.partition("=")[0] for line in self.told) if name in wanted]

    def until(self, name, *, times=1):
        """Wait for ``name`` to have come so often."""
        deadline = time.monotonic() + PATIENCE
        while len(self.names(name)) < times:
            assert time.monotonic() < deadline, self.told
            time.sleep(0.02)

    def alive_since(self, at):
        """Say whether a sign of life came after second ``at`` of the monotonic clock."""
        return any(when > at and "WATCHDOG=1" in message for when, message in list(self._told))

    def close(self):
        """Listen no more."""
        self._line.close()

    def _listen(self):
        while True:
            try:
                message = self._line.recv(4096).decode()
            except OSError:
                return
            if not message:
                return
            self._told.append((time.monotonic(), message))


class Fault:
    """One fault of a running process: strikes, is noticed, passes, is over; prints how long that took."""

    def __init__(self, running, what: str) -> None:
        """Name the fault; nothing happens yet."""
        self._running, self._what = running, what
        self._noticed = ""

    def strikes(self, cause, *words, within, passes=True):
        """Let it happen; wait for a line with all ``words``, and tell where it does not pass."""
        took = self._timed(cause, words, within)
        self._noticed = f"noticed after {took:.1f} s"
        if not passes:
            tell(f"{self._what}: {self._noticed}")

    def passes(self, mend, *words, within):
        """Let it pass; wait for a line with all ``words``, and tell."""
        took = self._timed(mend, words, within)
        tell(f"{self._what}: {self._noticed}{', ' if self._noticed else ''}back after {took:.1f} s")

    def _timed(self, happen, words, within):
        since = len(self._running.lines)
        began = time.monotonic()
        happen()
        self._running.until(*words, since=since)
        took = time.monotonic() - began
        assert took < within, (self._what, words, took)
        return took


class Models:
    """A cache folder of one's own, in which models of the tiny profile may be missing or damaged."""

    def __init__(self, folder: Path) -> None:
        """Begin with none, in ``folder``."""
        self._pulled, self._here = Store(_cache() / "voiceslm"), Store(folder / "voiceslm")
        self.env = {"XDG_CACHE_HOME": str(folder)}
        catalog = load_catalog()
        profile = catalog.profiles["tiny"]
        names = {"stt": profile.stt, "llm": profile.llm, "turn": profile.turn, "voice": profile.voice}
        entries = catalog.models | catalog.voices
        self._entries = {kind: entries[name] for kind, name in names.items()}

    def put(self, *kinds):
        """Let models be there: at once and whole, as a pull does it."""
        for kind in kinds:
            there, here = self._pulled.folder(self._entries[kind]), self.folder(kind)
            if not there.is_dir():
                pytest.skip(f"{self._entries[kind].id} is not pulled")
            here.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(here, ignore_errors=True)
            here.symlink_to(there)

    def damage(self, kind):
        """Let a model be there with one bit flipped in its middle."""
        shutil.copytree(self._pulled.folder(self._entries[kind]), self.folder(kind))
        largest = max(self.folder(kind).iterdir(), key=lambda file: file.stat().st_size)
        with largest.open("r+b") as file:
            file.seek(largest.stat().st_size // 2)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))

    def folder(self, kind):
        """Return where a model lies, or would."""
        return self._here.folder(self._entries[kind])


def _cache():
    return Path(os.environ.get("XDG_CACHE_HOME") or platformdirs.user_cache_dir())
