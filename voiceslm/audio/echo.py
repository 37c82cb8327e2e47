"""Takes what the loudspeaker says out of what the microphone hears, so that nobody talks to themselves.

The canceller is WebRTC's third (AEC3) as livekit's wheel carries it, without its noise suppression and gain
control, which do not help (docs/echo.md has the comparison). It finds the delay by itself, up to half a
second, and follows ±50 ppm of clock drift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from livekit import rtc

from voiceslm.audio import FRAME, FRAME_SECONDS, RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voiceslm.events import Samples

LAG = 128
"""Samples by which the canceller's output lags its input: two of AEC3's blocks of 64 (measured)."""

TAIL_SECONDS = 1.5
"""An echo is over this long after its sound: half a second of buffers on its way, one of reverberation."""

SILENT = 1e-4
"""Peak (-80 dBFS) up to which the loudspeaker plays nothing: its echo drowns in any room's noise."""

DRIFT_PER_FRAME = 0.05
"""How fast the estimate of the microphone's DC offset follows: 0.2 s, a high-pass far below any voice."""

_FULL_SCALE = 32767
"""What ±1 is as a 16-bit sample."""

_RAMP = np.arange(1, FRAME + 1, dtype=np.float32) / np.float32(FRAME)


class EchoCanceller:
    """One microphone's stream and one loudspeaker's; holds what it has learnt of the path between them.

    While the loudspeaker is silent the canceller rests and the microphone goes round it with the same lag,
    for a fraction of the cost. What it has learnt is kept. It belongs to one thread.
    """

    def __init__(self) -> None:
        """Begin with nothing learnt: the first second of the first echo is cancelled less."""
        self._canceller = rtc.AudioProcessingModule(echo_cancellation=True)
        self._near = rtc.AudioFrame.create(RATE, 1, FRAME)
        self._far = rtc.AudioFrame.create(RATE, 1, FRAME)
        self._near_samples: NDArray[np.int16] = np.frombuffer(self._near.data, np.int16)
        self._far_samples: NDArray[np.int16] = np.frombuffer(self._far.data, np.int16)
        self._offset = 0.0
        self._before = np.zeros(FRAME, np.float32)
        self._silence = TAIL_SECONDS

    @property
    def resting(self) -> bool:
        """Whether the loudspeaker has been silent for so long that nothing needs to be cancelled."""
        return self._silence >= TAIL_SECONDS

    def process(self, frame: Samples, reference: Samples) -> Samples:
        """Cancel in 10 ms of the microphone what the loudspeaker played.

        Args:
            frame: float32 [160] at 16 kHz, the microphone; clipped at ±1, what is no number is silence.
            reference: float32 [160], what the loudspeaker played meanwhile; its echo may come later.

        Returns:
            float32 [160], the microphone 8 ms (`LAG`) late, without echo and without DC offset.
        """
        near, far = self._centred(_sane(frame)), _sane(reference)
        rested = self.resting
        self._silence = 0.0 if np.abs(far).max() > SILENT else self._silence + FRAME_SECONDS
        before, self._before = self._before, near
        if self.resting:
            return np.concatenate([before[-LAG:], near[:-LAG]])
        if rested:  # its buffers hold what it last heard: put the frame before this one in their place
            self._cancel(before, np.zeros(FRAME, np.float32))
        return self._cancel(near, far)

    def _cancel(self, near: Samples, far: Samples) -> Samples:
        np.multiply(far, _FULL_SCALE, out=self._far_samples, casting="unsafe")
        np.multiply(near, _FULL_SCALE, out=self._near_samples, casting="unsafe")
        self._canceller.process_reverse_stream(self._far)
        self._canceller.process_stream(self._near)
        return self._near_samples.astype(np.float32) / np.float32(_FULL_SCALE)

    def _centred(self, frame: Samples) -> Samples:
        """Take the DC offset out, whether the canceller rests or not: the switch must not click."""
        before = self._offset
        self._offset += DRIFT_PER_FRAME * (float(frame.mean()) - before)
        return _clipped(frame - np.float32(before) - _RAMP * np.float32(self._offset - before))


def _sane(frame: Samples) -> Samples:
    """Return numbers only, within ±1."""
    return _clipped(frame if np.isfinite(frame).all() else np.nan_to_num(frame))


def _clipped(frame: Samples) -> Samples:
    return np.minimum(np.maximum(frame, np.float32(-1)), np.float32(1))
