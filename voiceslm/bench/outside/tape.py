"""What is recorded in a room: both channels sample by sample, and when each sample was there by the clock."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import soxr

from voiceslm.audio import FRAME, RATE
from voiceslm.audio.room import Recording

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

CHANNELS = 2
KEPT_SECONDS = 90.0
"""More than an exchange lasts."""

CLOCK_SECONDS = 10.0
"""Of arrivals by which the clock is set."""


class Tape:
    """The last minute and a half of a room."""

    RATE: ClassVar = 48_000
    """Hz of the room."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Begin empty; ``clock`` gives seconds."""
        self._clock = clock
        self._blocks: deque[bytes] = deque()
        self._arrivals: deque[tuple[float, float]] = deque()
        """When a block came, and when by that its recording must have begun."""
        self._taken = self._kept = 0
        """Samples that ever came, and those of them that are still here."""

    async def take(self, stream: asyncio.StreamReader) -> None:
        """Keep what comes: float32, both channels interleaved, until it ends."""
        rest = b""
        while block := await stream.read(1 << 16):
            whole = rest + block
            size = len(whole) // (4 * CHANNELS) * 4 * CHANNELS
            rest = whole[size:]
            self.add(whole[:size])

    def add(self, block: bytes) -> None:
        """Keep samples that have just come."""
        now = self._clock()
        self._blocks.append(block)
        self._taken += _samples(block)
        self._kept += _samples(block)
        self._arrivals.append((now, now - self._taken / self.RATE))
        while self._arrivals[0][0] < now - CLOCK_SECONDS:
            self._arrivals.popleft()
        while self._kept > KEPT_SECONDS * self.RATE:
            self._kept -= _samples(self._blocks.popleft())

    @property
    def began(self) -> float:
        """Clock seconds at which the first sample of all was in the room.

        A block comes some milliseconds after its last sample has sounded: the one that came soonest tells.
        """
        return min(began for _, began in self._arrivals)

    def since(self, moment: float) -> Recording:
        """Return what sounded since ``moment``, in clock seconds, or a little earlier."""
        wanted = self._taken - round((moment - self.began) * self.RATE)
        blocks: list[bytes] = []
        count = 0
        for block in reversed(self._blocks):  # the whole tape would be megabytes each time
            if count >= wanted:
                break
            blocks.append(block)
            count += _samples(block)
        sound = np.frombuffer(b"".join(reversed(blocks)), np.float32).reshape(-1, CHANNELS)
        both = soxr.resample(sound, self.RATE, RATE).astype(np.float32)
        both = both[: len(both) // FRAME * FRAME]
        began = self.began + (self._taken - count) / self.RATE
        return Recording(began, np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1]))

    def quiet(self, seconds: float) -> bool:
        """Say whether nothing came out of the loudspeaker in the last ``seconds``."""
        now = self.began + self._taken / self.RATE
        return self.since(now - seconds).audible_from(now - seconds) is None


def _samples(block: bytes) -> int:
    return len(block) // (4 * CHANNELS)
