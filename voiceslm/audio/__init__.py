"""Sound in, sound out: frames from a microphone, clauses to a loudspeaker, whichever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from voiceslm.events import Samples

__all__ = ["FRAME", "FRAME_SECONDS", "RATE", "Listener", "Sound"]

RATE = 16_000
"""Hz at which everything listens."""

FRAME = 160
"""Samples that are processed at a time: 10 ms, what echo canceller, gate and wake word are made for."""

FRAME_SECONDS = FRAME / RATE


class Listener(Protocol):
    """Takes the microphone, frame by frame, in the one audio thread."""

    def hear(self, frame: Samples, reference: Samples, at: float) -> None:
        """Process 10 ms.

        Args:
            frame: float32 [160] at 16 kHz from the microphone.
            reference: float32 [160], what the loudspeaker played meanwhile.
            at: clock seconds at the end of the frame.
        """
        ...


class Sound(Protocol):
    """A microphone and a loudspeaker: a device's, or a simulated room's."""

    async def run(self) -> None:
        """Feed the listener and drain the playback until cancelled; outlives whatever happens to a device."""
        ...
