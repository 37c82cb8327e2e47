"""A broker of one's own: mosquitto on a free port of this machine, for as long as the block runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_ELSEWHERE = "/usr/sbin"
"""Where Debian's package puts it, which is not on everyone's PATH."""

_START_SECONDS = 10.0
_STOP_SECONDS = 5.0

_TRIES = 3
"""A port that was free a moment ago may be taken."""

_RUNNING = b"running"
"""Mosquitto's last line before it serves: "mosquitto version … running"."""


class Address(Protocol):
    """Where a broker is."""

    @property
    def host(self) -> str:
        """Name or number."""
        ...

    @property
    def port(self) -> int:
        """TCP port."""
        ...


@dataclass(slots=True)
class Broker:
    """A running mosquitto: its address, and what may befall it."""

    host: str
    port: int
    config: Path
    _process: asyncio.subprocess.Process | None = None
    _reading: asyncio.Task[None] | None = field(default=None, repr=False)

    async def start(self) -> None:
        """Start it, or start it again, on the same port; return once it serves.

        Raises:
            Problem: mosquitto is not installed, or does not start.
        """
        self._process = await asyncio.create_subprocess_exec(
            _mosquitto(), "-c", str(self.config), stderr=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(_START_SECONDS):
                said = await self._until_running(self._process)
        except TimeoutError:
            await self.kill()
            raise Problem(f"mosquitto did not serve port {self.port} in {_START_SECONDS:g} s") from None
        if said:
            await self._process.wait()
            raise Problem(f"mosquitto did not start: {said}")
        self._reading = asyncio.create_task(self._drain(self._process), name="mosquitto's log")

    async def stop(self) -> None:
        """End it as an administrator does."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it as a power cut does."""
        await self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Let it hang: connections stay open and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    async def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._signal(signal.SIGCONT)
        self._signal(how)
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        if self._reading is not None:
            await self._reading
        self._process = self._reading = None

    def _signal(self, what: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(what)

    @staticmethod
    async def _until_running(process: asyncio.subprocess.Process) -> str:
        """Return nothing once it serves, or its last words."""
        assert process.stderr is not None
        last = "it said nothing"
        async for line in process.stderr:
            if line.rstrip().endswith(_RUNNING):
                return ""
            last = line.decode(errors="replace").strip()
        return last

    @staticmethod
    async def _drain(process: asyncio.subprocess.Process) -> None:
        """Read on: a full pipe would hold it up."""
        assert process.stderr is not None
        while await process.stderr.read(4096):
            pass


@asynccontextmanager
async def broker() -> AsyncIterator[Broker]:
    """Run a mosquitto that anybody on this machine may use and that remembers nothing.

    Raises:
        Problem: mosquitto is not installed, or does not start.
    """
    with tempfile.TemporaryDirectory(prefix="voiceslm-mosquitto-") as folder:
        running = await _started(Path(folder))
        try:
            yield running
        finally:
            await running.kill()  # there is nothing to save


async def _started(folder: Path) -> Broker:
    for left in reversed(range(_TRIES)):
        port = _free_port()
        config = folder / "mosquitto.conf"
        config.write_text(
            f"listener {port} 127.0.0.1\n"
            "allow_anonymous true\n"
            "persistence false\n"
            "set_tcp_nodelay true\n"  # else small messages wait 40 ms for the acknowledgement of others
            "max_queued_messages 0\n"  # no limit: a large home announces itself all at once
            "log_dest stderr\n"
            "log_type error\nlog_type warning\nlog_type notice\nlog_type information\n"
            "connection_messages false\n"
            + ("user root\n" if os.geteuid() == 0 else "")  # else it looks for a user of its own
        )
        found = Broker("127.0.0.1", port, config)
        try:
            await found.start()
        except Problem:
            if not left:
                raise
        else:
            return found
    raise AssertionError


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _mosquitto() -> str:
    path = shutil.which("mosquitto") or shutil.which("mosquitto", path=_ELSEWHERE)
    if path is None:
        raise Problem("mosquitto, the MQTT broker, is not installed", "Install it: apt install mosquitto")
    return path
