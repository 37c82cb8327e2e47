"""How long the event loop was ever blocked."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TICK_SECONDS = 0.005
"""How often the loop is asked to answer: a stall shorter than this may go unseen."""


@dataclass(slots=True)
class Stalls:
    """What was seen so far."""

    longest_ms: float = 0.0


@asynccontextmanager
async def watch_stalls(tick_seconds: float = TICK_SECONDS) -> AsyncIterator[Stalls]:
    """Measure by how much a task that ticks every ``tick_seconds`` is late while the block runs."""
    stalls = Stalls()

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(tick_seconds)
            late = time.perf_counter() - began - tick_seconds
            stalls.longest_ms = max(stalls.longest_ms, late * 1000)

    task = asyncio.create_task(tick(), name="stalls")
    try:
        yield stalls
    finally:
        task.cancel()
