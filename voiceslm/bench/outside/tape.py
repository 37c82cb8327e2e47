"""What is recorded in a room: both channels sample by sample, and when each sample was there by the clock."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
import soxr

from voiceslm.audio import FRAME, FRAME_SECONDS, RATE
from voiceslm.audio.room import AUDIBLE_DB, Recording

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

CHANNELS = 2
KEPT_SECONDS = 90.0
"""More than an exchange lasts."""

CLOCK_SECONDS = 10.0
"""Of arrivals by which the clock is set."""


class _Block(NamedTuple):
    """Samples that came together."""

    samples: bytes
    came: float
    """Clock seconds."""

    began: float
    """When by that the recording must have begun, in clock seconds."""

    loud: bool
    """Whether the loudspeaker sounded in it."""


class Tape:
    """The last minute and a half of a room."""

    RATE: ClassVar = 48_000
    """Hz of the room."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Begin empty; ``clock`` gives seconds."""
        self._clock = clock
        self._blocks: deque[_Block] = deque()
        self._taken = self._kept = 0
        """Samples that ever came, and those of them that are still here."""

    async def take(self, stream: asyncio.StreamReader) -> None:
        """Keep what comes: float32, both channels interleaved, until it ends."""
        rest = b""
        while block := await stream.read(1 << 16):
            whole = rest + block
            size = len(whole) // (4 * CHANNELS) * 4 * CHANNELS
            rest = whole[size:]
            if size:
                self.add(whole[:size])

    def add(self, samples: bytes) -> None:
        """Keep samples that have just come."""
        now = self._clock()
        count = _count(samples)
        self._taken += count
        self._kept += count
        self._blocks.append(_Block(samples, now, now - self._taken / self.RATE, _loud(samples)))
        while self._kept > KEPT_SECONDS * self.RATE:
            self._kept -= _count(self._blocks.popleft().samples)

    @property
    def empty(self) -> bool:
        """Whether nothing has come yet."""
        return not self._blocks

    @property
    def began(self) -> float:
        """Clock seconds at which the first sample of all was in the room.

        A block comes some milliseconds after its last sample has sounded: the one that came soonest tells.
        """
        latest = self._blocks[-1].came
        return min(block.began for block in self._blocks if block.came >= latest - CLOCK_SECONDS)

    def sounded(self, since: float) -> bool:
        """Say whether the loudspeaker sounded in what came since clock second ``since``."""
        return any(block.loud for block in self._blocks if block.came >= since)

    def since(self, moment: float) -> Recording:
        """Return what sounded since ``moment``, in clock seconds, or a little earlier."""
        wanted = self._taken - round((moment - self.began) * self.RATE)
        found: list[bytes] = []
        count = 0
        for block in reversed(self._blocks):
            if count >= wanted:
                break
            found.append(block.samples)
            count += _count(block.samples)
        sound = np.frombuffer(b"".join(reversed(found)), np.float32).reshape(-1, CHANNELS)
        both = soxr.resample(sound, self.RATE, RATE).astype(np.float32)
        both = both[: len(both) // FRAME * FRAME]
        began = self.began + (self._taken - count) / self.RATE
        return Recording(began, np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1]))


def _count(samples: bytes) -> int:
    return len(samples) // (4 * CHANNELS)


def _loud(samples: bytes) -> bool:
    """Say whether 10 ms of the right channel are audible."""
    right = np.frombuffer(samples, np.float32).reshape(-1, CHANNELS)[:, 1]
    size = round(FRAME_SECONDS * Tape.RATE)
    starts = range(0, max(1, len(right) - size + 1), size)
    return any(np.square(right[at : at + size]).mean() > 10 ** (AUDIBLE_DB / 10) for at in starts)
