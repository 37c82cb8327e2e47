"""A part in a process of its own: its memory is its own, and what fails there ends nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.bench.whole.job import Document, Part

Told = Callable[[str, int, int], None]
"""Is given what is being tried, how many are done, and of how many."""

PATIENCE, LEAST_PATIENCE = 8, 600.0
"""A part may take so many times as long as it should, and at least so many seconds."""

GOODBYE_SECONDS = 10.0
"""For a process that is to end."""

LONGEST_LINE = 2**26
"""Bytes: a document is one."""

COMPLAINTS_KEPT = 20
"""Lines of stderr."""


@dataclass(frozen=True, slots=True)
class Request:
    """How a part is to be measured."""

    profile: str
    config: Path | None = None
    quick: bool = False

    def line(self) -> bytes:
        """Return it as the process reads it."""
        config = str(self.config.resolve()) if self.config else None
        asked = {"profile": self.profile, "config": config, "quick": self.quick}
        return json.dumps(asked).encode() + b"\n"


async def in_own_process(part: Part, request: Request, told: Told) -> Document:
    """Measure ``part``; the process ends when this does, by cancellation too.

    Raises:
        Problem: it failed, or took far too long.
    """
    patience = max(LEAST_PATIENCE, PATIENCE * part.nominal(quick=request.quick))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "voiceslm.bench.whole.child", part.name),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
        start_new_session=True,  # Ctrl-C is for us, who tell it in our own time
    )
    complaints = asyncio.create_task(_last_lines(process.stderr), name="complaints")
    try:
        async with asyncio.timeout(patience):
            document = await _follow(process, request, told)
            code = await process.wait()
    except TimeoutError:
        raise Problem(f"it was not done in {patience / 60:.0f} minutes") from None
    finally:
        await _end(process)
        lines = await complaints
    if document is None or code:
        raise Problem(lines[-1].removeprefix("error: ") if lines else f"its process ended with {code}")
    return document


async def _follow(process: asyncio.subprocess.Process, request: Request, told: Told) -> Document | None:
    """Return the document; None where the process ends without one."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(request.line())
    found = None
    async for line in process.stdout:
        step: dict[str, Any] = json.loads(line)
        if "document" in step:
            found = step["document"]
        else:
            told(step["what"], step["at"], step["of"])
    return found


async def _last_lines(stream: asyncio.StreamReader | None) -> list[str]:
    assert stream
    lines: deque[str] = deque(maxlen=COMPLAINTS_KEPT)
    async for line in stream:
        if line.strip():
            lines.append(line.decode(errors="replace").strip())
    return [*lines]


async def _end(process: asyncio.subprocess.Process) -> None:
    """Let the process end, and what it started with it."""
    if process.stdin:
        process.stdin.close()
    try:
        async with asyncio.timeout(GOODBYE_SECONDS):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
