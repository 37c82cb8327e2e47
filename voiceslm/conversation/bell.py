"""Rings until somebody reacts: what was set to be heard must be."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from voiceslm.conversation.moves import State
from voiceslm.events import Ended

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.conversation.live import Live

RING_SECONDS = 120.0
"""Longest ringing; then nobody is there."""

PAUSE_SECONDS = 2.5
"""Between two rings: long enough to say something in."""

PATIENCE_SECONDS = 15.0
"""Longest wait for whoever speaks to finish before it rings."""


class Bell:
    """Rings in one conversation."""

    def __init__(self, live: Live, clock: Callable[[], float]) -> None:
        """Ring in ``live``; ``clock`` gives seconds, monotonic."""
        self._live = live
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def ring(self, text: str) -> None:
        """Ring, and say ``text``, again and again until it is stopped or something else is said to it."""
        async with self._one_at_a_time:
            await self._live.quiet(PATIENCE_SECONDS)
            await self._ring_until(text, self._clock() + RING_SECONDS)

    async def _ring_until(self, text: str, until: float) -> None:
        while self._clock() < until:
            record = await self._live.say(text, ring=True)
            if record.ended is not Ended.FINISHED or await self._reaction(record.turn):
                return

    async def _reaction(self, turn: int) -> bool:
        """Wait for the pause; say whether somebody said something that was answered."""
        try:
            async with asyncio.timeout(PAUSE_SECONDS):
                while self._live.state in {State.ASLEEP, State.AWAKE}:
                    await self._live.stirred()
        except TimeoutError:
            return False
        await self._live.quiet(PATIENCE_SECONDS)
        return self._live.last_turn != turn
