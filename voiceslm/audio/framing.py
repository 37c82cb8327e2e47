"""From a device's blocks to frames of 10 ms at 16 kHz, each with its time and what was played meanwhile."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np
import soxr

from voiceslm.audio import FRAME, FRAME_SECONDS, RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceslm.events import Samples

WINDOW_SECONDS = 1.0
"""Stretch whose least delayed block tells the time: long beside a callback's jitter, short beside a drift."""

JUMP_SECONDS = 0.05
"""An error above this is a gap in the sound, not jitter: the time is set, not steered."""

LATER, EARLIER = 0.01, 0.1
"""Steering per second of sound. Later: a hundred times what two quartz clocks drift apart. Earlier: faster,
since a block that came sooner proves that the ones before were late."""

LEAST_ADVANCE = 0.0005
"""Seconds by which each frame's time is later than the one before, whatever the clock says."""

LEAD_SECONDS = 0.01
"""The reference runs ahead of the loudspeaker by this much: an error in the device's latency must never let
an echo come before its reference, which no canceller can undo; 10 ms more of delay cost it nothing."""

SLIP_SECONDS = 0.02
"""Misalignment of the reference that is put right, by one jump: a canceller follows less by itself, and
each jump makes it learn anew. Two clocks 50 ppm apart need one in seven minutes."""

REFERENCE_SECONDS = 2.0
"""What is kept of the reference at most; above every latency a device reports."""


class Timeline:
    """When each sample of a stream was or will be in the air, by counted samples and times of callbacks.

    A callback is never early and often late, so of the last second the least late one is believed; from
    there the time goes on by samples and is steered slowly.
    """

    def __init__(self, rate: int) -> None:
        """Begin at sample 0 of a stream of ``rate`` Hz."""
        self._rate = rate
        self._seen: deque[tuple[float, float]] = deque()
        self._offset: float | None = None
        self.count = 0

    def advance(self, count: int, ended: float) -> None:
        """Note that ``count`` more samples ended at about ``ended`` (clock seconds), or a little before."""
        self.count += count
        position = self.count / self._rate
        offset = ended - position
        while self._seen and self._seen[-1][1] >= offset:
            self._seen.pop()
        self._seen.append((position, offset))
        while self._seen[0][0] < position - WINDOW_SECONDS:
            self._seen.popleft()
        least = self._seen[0][1]
        if self._offset is None or abs(least - self._offset) > JUMP_SECONDS:
            self._offset = least
        else:
            seconds = count / self._rate
            self._offset += min(LATER * seconds, max(-EARLIER * seconds, least - self._offset))

    def gap(self) -> None:
        """Forget the past: samples were lost, or silence was put between them."""
        self._seen.clear()
        self._offset = None

    def time(self, position: float) -> float:
        """Return the clock seconds at ``position`` seconds of sound."""
        return position + (self._offset or 0.0)

    def position(self, time: float) -> float:
        """Return the seconds of sound at clock ``time``."""
        return time - (self._offset or 0.0)


class Resampler:
    """A stream at a device's rate, made 16 kHz."""

    def __init__(self, rate: int) -> None:
        """Begin a stream of ``rate`` Hz."""
        # soxr's variable-rate engine gives 160 samples for every 10 ms, 13 ms late and in phase; its
        # fixed-rate one gives bursts of 30 ms, up to 40 ms late (measured, 44.1 and 48 kHz).
        self._stream = (
            None
            if rate == RATE
            else soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="HQ", vr=True)
        )

    def __call__(self, samples: Samples) -> Samples:
        """Return what ``samples`` add; the output's sample n is the input's at n / 16000 s."""
        if self._stream is None:
            return samples
        resampled: Samples = self._stream.resample_chunk(samples)
        return resampled


class Microphone:
    """The microphone's blocks, cut into frames."""

    def __init__(self, rate: int) -> None:
        """Begin a stream of ``rate`` Hz."""
        self._resample = Resampler(rate)
        self._timeline = Timeline(rate)
        self._rest = np.zeros(0, np.float32)
        self._frames = 0
        self._last = -math.inf

    def take(self, block: Samples, ended: float, *, gap: bool) -> Iterator[tuple[Samples, float]]:
        """Add a block and yield the frames it completes, with the clock seconds at the end of each.

        Args:
            block: float32 [n] at the device's rate.
            ended: clock seconds at which it was handed over.
            gap: whether samples were lost before it.
        """
        if gap:
            self._timeline.gap()
        self._timeline.advance(len(block), ended)
        self._rest = np.concatenate([self._rest, self._resample(block)])
        while len(self._rest) >= FRAME:
            frame, self._rest = self._rest[:FRAME], self._rest[FRAME:]
            self._frames += 1
            self._last = max(self._last + LEAST_ADVANCE, self._timeline.time(self._frames * FRAME_SECONDS))
            yield frame, self._last


class Reference:
    """What the loudspeaker played, found again by the time at which it was in the air."""

    def __init__(self, rate: int) -> None:
        """Begin a stream of ``rate`` Hz."""
        self._resample = Resampler(rate)
        self._timeline = Timeline(rate)
        self._rate = rate
        self._samples = np.zeros(0, np.float32)
        self._first = 0
        """Number of the first sample kept."""

        self._next: int | None = None
        """Number of the sample that the next frame begins with."""

        self.slips = 0
        """Times it was put right."""

    def take(self, block: Samples, audible: float, *, gap: bool) -> None:
        """Add a block.

        Args:
            block: float32 [n] at the device's rate.
            audible: clock seconds at which its first sample leaves the loudspeaker.
            gap: whether the loudspeaker had run dry before it.
        """
        # The driver says what is still buffered, so a late callback alone does not make this late.
        late = audible - self._timeline.time(self._timeline.count / self._rate)
        if gap or late > JUMP_SECONDS:
            self._timeline.gap()
        self._timeline.advance(len(block), audible + len(block) / self._rate)
        kept = np.concatenate([self._samples, self._resample(block)])
        surplus = max(0, len(kept) - round(REFERENCE_SECONDS * RATE))
        self._samples, self._first = kept[surplus:], self._first + surplus

    def frame(self, at: float) -> Samples:
        """Return the 160 samples that were played until ``at``, or silence where there are none yet."""
        wanted = round((self._timeline.position(at + LEAD_SECONDS) - FRAME_SECONDS) * RATE)
        slipped = self._next is None or abs(wanted - self._next) > SLIP_SECONDS * RATE
        begin = wanted if slipped or self._next is None else self._next
        start = begin - self._first
        if start + FRAME > len(self._samples):
            # Not there yet: the place is kept for the next call, and the reference loses some of its lead.
            return np.zeros(FRAME, np.float32)
        self.slips += slipped and self._next is not None
        self._next = begin + FRAME
        found = self._samples[max(0, start) : max(0, start + FRAME)]
        return np.concatenate([np.zeros(FRAME - len(found), np.float32), found])
