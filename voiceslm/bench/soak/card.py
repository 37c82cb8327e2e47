"""A sound card that is none: what PortAudio is to the daemon, between it and a simulated room.

The daemon's own `voiceslm.audio.device.SoundDevice` opens it, loses it and opens it again. For the room it is
both the listener and the playback.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceslm.audio import FRAME, RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.events import Samples

LATENCY = 0.02
"""Seconds, each way."""


class Refused(Exception):  # noqa: N818 - it stands for PortAudio's PortAudioError
    """The device cannot be opened."""


class Stream:
    """One open direction of the card."""

    channels = 1
    latency = LATENCY

    def __init__(self, taken: list[Stream], callback: Callable[..., None]) -> None:
        """Do nothing before `start`; it is among ``taken`` while it runs."""
        self._taken = taken
        self._callback = callback

    def start(self) -> None:
        """Begin to call back."""
        self._taken.append(self)

    def abort(self, **_: Any) -> None:
        """End that."""
        if self in self._taken:
            self._taken.remove(self)

    def close(self, **_: Any) -> None:
        """Hold on to nothing."""
        self.abort()

    def call(self, data: Samples, at: float) -> None:
        """Let one frame, float32 [160, 1], go through."""
        status = SimpleNamespace(input_overflow=False, output_underflow=False)
        self._callback(data, FRAME, SimpleNamespace(currentTime=at, outputBufferDacTime=at + LATENCY), status)


class SoundCard:
    """Stands for the module `sounddevice`, and for the air on the other side."""

    PortAudioError = Refused
    default = SimpleNamespace(device=(0, 0))
    rate = RATE

    def __init__(self, stepped: Callable[[float], None]) -> None:
        """Have it plugged in; ``stepped`` is called at the end of every frame with its clock seconds."""
        self.microphone = self.loudspeaker = True
        """Whether each is plugged in."""
        self._stepped = stepped
        self._inputs: list[Stream] = []
        self._outputs: list[Stream] = []

    def hear(self, frame: Samples, _reference: Samples, at: float) -> None:
        """Hand on what the microphone hears, as `voiceslm.audio.Listener` takes it."""
        if self.microphone:
            for stream in tuple(self._inputs):
                stream.call(frame[:, None], at)

    def pull(self, count: int, at: float) -> Samples:
        """Return what the loudspeaker plays, as `voiceslm.audio.playback.Playback` does."""
        data = np.zeros((count, 1), np.float32)
        if self.loudspeaker:
            for stream in tuple(self._outputs):
                stream.call(data, at)
        self._stepped(at)
        return data[:, 0]

    def InputStream(self, *, callback: Callable[..., None], **_: Any) -> Stream:  # noqa: N802 - its name there
        """Open the microphone."""
        return self._open(self.microphone, self._inputs, callback)

    def OutputStream(self, *, callback: Callable[..., None], **_: Any) -> Stream:  # noqa: N802
        """Open the loudspeaker."""
        return self._open(self.loudspeaker, self._outputs, callback)

    def query_hostapis(self) -> list[dict[str, Any]]:
        """Return the one way to reach it."""
        return [{"name": "simulated"}]

    def query_devices(self) -> list[dict[str, Any]]:
        """Return the card, plugged in or not: PortAudio's list is as old as PortAudio."""
        return [
            {
                "name": "simulated card",
                "hostapi": 0,
                "max_input_channels": 1,
                "max_output_channels": 1,
                "default_samplerate": float(RATE),
            }
        ]

    def _initialize(self) -> None:
        """Begin, as far as there is anything to begin."""

    def _terminate(self) -> None:
        """Close what is open."""
        self._inputs.clear()
        self._outputs.clear()

    def _exit_handler(self) -> None:
        """Leave nothing behind."""

    @staticmethod
    def _open(there: bool, taken: list[Stream], callback: Callable[..., None]) -> Stream:  # noqa: FBT001
        if not there:
            raise Refused("No such device")
        return Stream(taken, callback)
