"""The time in the room: as fast as sound can be heard while nobody thinks, else no faster than life."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from voiceslm.audio import FRAME_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_SECONDS = 0.004
"""Of real time; how often is looked whether a moment has come."""


class Hurry:
    """A clock for a room and its sound card. It goes on from frame to frame.

    While ``idle`` says so the next frame is due at once; while an engine computes it is due when 10 ms of
    real time have passed, so that people can speak into what is being computed. Where the machine is too slow
    for that the room's time stretches: it never catches up.
    """

    def __init__(self, idle: Callable[[], bool]) -> None:
        """Begin now."""
        self._idle = idle
        self._wall = self._frame = self._last = time.perf_counter()

    def __call__(self) -> float:
        """Return clock seconds; from any thread."""
        passed = FRAME_SECONDS if self._idle() else min(FRAME_SECONDS, time.perf_counter() - self._wall)
        self._last = max(self._last, self._frame + passed)
        return self._last

    def stepped(self, at: float) -> None:
        """Take note that a frame ended at clock second ``at``."""
        self._frame, self._wall = at, time.perf_counter()

    async def until(self, moment: float) -> None:
        """Wait until clock second ``moment``."""
        while self() < moment:  # noqa: ASYNC110 - time makes no event
            await asyncio.sleep(LOOK_SECONDS)

    async def wait(self, seconds: float) -> None:
        """Wait for so many of the room's seconds."""
        await self.until(self() + seconds)
