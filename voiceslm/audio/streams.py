"""One open microphone, one open loudspeaker: the callbacks that PortAudio calls, and what they count."""

from __future__ import annotations

import queue
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceslm.audio.devices import Device, Direction
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.audio.playback import Playback
    from voiceslm.events import Samples

LATENCY_SECONDS = 0.04
"""Buffer asked for each way. PortAudio's `low`, 9 ms, is too little for a small board that also computes."""

BLOCK_SECONDS = 0.01
"""One frame of everything that listens."""

WAITING_BLOCKS = 300
"""Blocks of both ways that may wait for the audio thread, 1.5 s: a longer stall loses sound, counted."""

STARTING_BLOCKS = 10
"""Callbacks until a stream counts as running: PortAudio fills the buffer, 40 ms, before anything runs, and a
sound server may throw that away; nothing is pulled for it."""

BELIEVED_LATENCY = 1.0
"""Seconds of output latency above which what a driver says is nonsense."""


@dataclass(slots=True)
class Counters:
    """What went through the devices since the process began; each field is written by one thread."""

    frames: int = 0
    """Frames of 10 ms that the listener got."""

    overflows: int = 0
    """Times the microphone's samples were lost before PortAudio."""

    underflows: int = 0
    """Times the loudspeaker ran dry."""

    dropped: int = 0
    """Blocks (10 ms) lost because the audio thread was late."""

    slips: int = 0
    """Times the echo reference was put back in step."""


@dataclass(frozen=True, slots=True)
class Block:
    """About 10 ms that went through a callback."""

    stream: Microphone | Loudspeaker
    samples: Samples
    """float32 [n] at the stream's rate."""

    at: float
    """Clock seconds: when a microphone handed its last sample over; when a loudspeaker's first is audible."""

    gap: bool
    """Whether sound was lost before it."""


class _Stream:
    """What both directions share."""

    direction: Direction

    def __init__(
        self,
        device: Device,
        blocks: queue.Queue[Block],
        counters: Counters,
        clock: Callable[[], float],
    ) -> None:
        self.device = device
        self.rate = device.rate
        self.latency = LATENCY_SECONDS
        """Seconds, as PortAudio reports it once open."""

        self.channels = 1
        self.ended = False
        """Whether PortAudio gave up on it."""

        self.heard = 0
        """Callbacks so far: a stream that stands still is gone."""

        self.zeros = 0
        """Samples since a microphone last gave one that was not exactly zero."""

        self._blocks = blocks
        self._counters = counters
        self._clock = clock
        self._dropped = False
        """The block before was lost."""

        self._stream: Any = None

    def _open(self, make: Callable[..., Any], callback: Callable[..., None], error: type[Exception]) -> None:
        most = self.device.channels(self.direction)
        for channels in dict.fromkeys((1, min(2, most), most)):
            try:
                self._stream = make(
                    device=self.device.index,
                    samplerate=self.rate,
                    channels=channels,
                    dtype="float32",
                    latency=LATENCY_SECONDS,
                    blocksize=round(self.rate * BLOCK_SECONDS),
                    callback=callback,
                    finished_callback=self._finish,
                )
            except error as refusal:
                if channels == most:
                    raise Problem(
                        f"the {self.direction} {self.device.name!r} cannot be opened: {refusal}",
                        "Another program may hold it, or this user may not use it (group `audio`)",
                    ) from refusal
            else:
                break
        self.channels = self._stream.channels
        self.latency = self._stream.latency
        try:
            self._stream.start()
        except error as refusal:
            self._stream.close(ignore_errors=True)
            raise Problem(
                f"the {self.direction} {self.device.name!r} does not start: {refusal}",
                "Another program may hold it",
            ) from refusal

    @property
    def works(self) -> bool:
        """Whether sound goes through it, as far as is known."""
        return self.heard >= STARTING_BLOCKS and not self.ended

    def close(self) -> None:
        """Stop at once; blocks for as long as the sound server does not answer."""
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)

    def _finish(self) -> None:
        self.ended = True

    def _hand_over(self, samples: Samples, at: float, *, gap: bool) -> None:
        self.heard += 1
        block = Block(self, samples, at, gap or self._dropped)  # type: ignore[arg-type]  # one of the two
        try:
            self._blocks.put_nowait(block)
            self._dropped = False
        except queue.Full:
            self._dropped = True
            self._counters.dropped += 1


class Microphone(_Stream):
    """An open microphone."""

    direction = Direction.INPUT

    def open(self, portaudio: Any) -> None:
        """Begin to hand blocks over.

        Raises:
            Problem: the device refuses.
        """
        self._open(portaudio.InputStream, self._hear, portaudio.PortAudioError)

    def _hear(self, data: Samples, _count: int, _time: Any, status: Any) -> None:
        """Copy the first channel: arrays of microphones put their best there, and a mean of them combs."""
        gap = bool(status.input_overflow)
        self._counters.overflows += gap
        samples = data[:, 0].copy()
        self.zeros = 0 if samples.any() else self.zeros + len(samples)
        self._hand_over(samples, self._clock(), gap=gap)


class Loudspeaker(_Stream):
    """An open loudspeaker, which plays what the playback gives."""

    direction = Direction.OUTPUT

    def __init__(
        self,
        device: Device,
        blocks: queue.Queue[Block],
        counters: Counters,
        clock: Callable[[], float],
        playback: Playback,
    ) -> None:
        """Take what it will play."""
        super().__init__(device, blocks, counters, clock)
        self._playback = playback

    def open(self, portaudio: Any) -> None:
        """Begin to pull.

        Raises:
            Problem: the device refuses.
        """
        self._playback.open(self.rate)
        self._open(portaudio.OutputStream, self._speak, portaudio.PortAudioError)

    def _speak(self, data: Samples, count: int, time: Any, status: Any) -> None:
        gap = bool(status.output_underflow)
        self._counters.underflows += gap
        ahead = time.outputBufferDacTime - time.currentTime
        at = self._clock() + (ahead if 0.0 < ahead < BELIEVED_LATENCY else self.latency)
        starting = self.heard < STARTING_BLOCKS
        samples = np.zeros(count, np.float32) if starting else self._playback.pull(count, at)
        samples = np.clip(samples, -1.0, 1.0)
        data[:] = samples[:, None]
        self._hand_over(samples, at, gap=gap)
