"""Rings until somebody reacts: what was set to be heard must be."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from voiceslm.conversation.moves import QUIET

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
        """Ring, and say ``text``, again and again until somebody speaks to the assistant or silences it."""
        async with self._one_at_a_time:
            await self._live.quiet(PATIENCE_SECONDS)
            until = self._clock() + RING_SECONDS
            reactions = self._live.reactions
            while self._live.reactions == reactions and self._clock() < until:
                await self._live.say(text, ring=True)
                await self._pause()

    async def _pause(self) -> None:
        """Wait for the next ring, and for whatever is said meanwhile."""
        try:
            async with asyncio.timeout(PAUSE_SECONDS):
                while self._live.state in QUIET:
                    await self._live.stirred()
        except TimeoutError:
            return
        await self._live.quiet(PATIENCE_SECONDS)
