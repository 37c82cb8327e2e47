"""The last minute of the microphone, by the clock."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE
from voiceslm.events import Audio

if TYPE_CHECKING:
    from voiceslm.events import Samples

SECONDS = 64.0
"""The longest utterance, its pre-roll, and time to read it: 4 MB."""


LEAST_LOST = RATE // 50
"""Samples, 20 ms: less between two frames is the clock's jitter."""


class Ring:
    """Written by the audio thread, read by anyone."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Begin with silence."""
        self._lock = threading.Lock()
        self._samples = np.zeros(round(seconds * RATE), np.float32)
        self._next = 0
        self._at = 0.0

    def write(self, frame: Samples, at: float) -> None:
        """Add ``frame``, which ends at clock second ``at``; what was lost before it becomes silence."""
        with self._lock:
            lost = round((at - self._at) * RATE) - len(frame)
            if self._at and lost > LEAST_LOST:
                self._skip(min(lost, len(self._samples)))
            places = (self._next + np.arange(len(frame))) % len(self._samples)
            self._samples[places] = frame
            self._next = (self._next + len(frame)) % len(self._samples)
            self._at = at

    def _skip(self, count: int) -> None:
        places = (self._next + np.arange(count)) % len(self._samples)
        self._samples[places] = 0.0
        self._next = (self._next + count) % len(self._samples)

    def read(self, begin: float, end: float) -> Audio:
        """Return what was heard between two clock seconds, as far as it is still held."""
        with self._lock:
            size = len(self._samples)
            last = max(0, min(size, round((self._at - end) * RATE)))
            first = max(last, min(size, round((self._at - begin) * RATE)))
            places = (self._next - first + np.arange(first - last)) % size
            return Audio(self._samples[places], RATE)
