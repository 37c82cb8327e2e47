"""A process in a room, and when it said what."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import time
from collections import deque
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

KEPT_LINES = 400
STOP_SECONDS = 10.0
IDLE_CORES = 0.25
"""A program that uses less than this has nothing left to prepare; listening takes a twentieth of a core."""

IDLE_LOOKS, LOOK_SECONDS = 2, 0.3
"""So often in a row, so far apart."""

IDLE_SECONDS = 30.0
"""Longest wait for it."""


class Program:
    """A process and the lines that it writes."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, began: float) -> None:
        """Read what a process that ``began`` at that clock second writes."""
        self.name = name
        self.began = began
        self.lines: deque[tuple[float, str]] = deque(maxlen=KEPT_LINES)
        """Clock seconds, and what was written."""
        self._process = process
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read(), name=f"lines of {name}")

    def matches(self, pattern: str) -> list[tuple[float, re.Match[str]]]:
        """Return when which lines came that match ``pattern``."""
        found = ((at, re.search(pattern, line)) for at, line in self.lines)
        return [(at, match) for at, match in found if match]

    async def until(self, pattern: str, seconds: float, *, since: float = 0.0) -> tuple[float, re.Match[str]]:
        """Wait for a line that matches ``pattern``, written after ``since``; return when, and the match.

        Raises:
            Problem: it ends before, or the line does not come in time.
        """
        try:
            async with asyncio.timeout(seconds):
                while (found := self._found(pattern, since)) is None:
                    if self._reading.done():
                        raise Problem(f"{self.name} ended: {self._last}")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise Problem(f"{self.name} did not say {pattern!r} in {seconds:g} s: {self._last}") from None
        return found

    async def idle(self) -> None:
        """Wait until it has nothing left to prepare.

        Raises:
            Problem: it has ended, or never rests.
        """
        deadline = time.monotonic() + IDLE_SECONDS
        looks = 0
        while looks < IDLE_LOOKS:
            if self._process.returncode is not None:
                raise Problem(f"{self.name} ended: {self._last}")
            if time.monotonic() > deadline:
                raise Problem(f"{self.name} computes on and on: {self._last}")
            before = self._used()
            await asyncio.sleep(LOOK_SECONDS)
            looks = looks + 1 if self._used() - before < IDLE_CORES * LOOK_SECONDS else 0

    async def end(self) -> None:
        """End it as a service manager does, and if need be by force."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._reading.cancel()  # a child of its own may hold the pipe open
        await asyncio.gather(self._reading, return_exceptions=True)

    @property
    def _last(self) -> str:
        return self.lines[-1][1] if self.lines else "it said nothing"

    def _found(self, pattern: str, since: float) -> tuple[float, re.Match[str]] | None:
        return next(((at, match) for at, match in self.matches(pattern) if at > since), None)

    def _used(self) -> float:
        """Return the processor seconds it has used (proc(5): fields 14 and 15 of stat, in ticks)."""
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.lines.append((time.perf_counter(), line.decode(errors="replace").rstrip()))
            self._news.set()
        self._news.set()


async def at_rest(*programs: Program) -> None:
    """Wait until none of them has anything left to prepare: what one does is not to be paid by another.

    Raises:
        Problem: one has ended, or never rests.
    """
    await asyncio.gather(*(running.idle() for running in programs))


@asynccontextmanager
async def program(
    name: str, command: Sequence[str], env: Mapping[str, str], *, asked: bytes = b""
) -> AsyncIterator[Program]:
    """Run ``command`` while the block runs, with ``asked`` as its input."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *command,
        env=env,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdin is not None
    running = Program(name, process, began)
    try:
        process.stdin.write(asked)
        process.stdin.close()
        yield running
    finally:
        await running.end()
