"""What the audio thread does with every 10 ms: cancel the echo, find speech, hear the wake word, remember."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import webrtcvad

from voiceslm.audio import FRAME_SECONDS, RATE
from voiceslm.events import Activity, Woken
from voiceslm.listening.ring import Ring
from voiceslm.listening.vad import FRAME as BLOCK
from voiceslm.listening.vad import SileroVad

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.events import Audio, Samples

GATE_MODE = 1
"""webrtcvad's aggressiveness, 0 to 3: it only has to let every word through; the neural detector confirms."""

GATE_HOLD_SECONDS = 0.4
"""The neural detector goes on for so long after the gate closed."""

WARM_UP_BLOCKS = 6
"""Blocks of 32 ms from before the gate opened that the neural detector catches up on; its memory is short."""

QUIETEST = -90.0
"""dBFS; digital silence counts as this."""

NOISE_FALLS = 0.2
NOISE_RISES = 0.01
"""Share of the way the noise floor goes to a quieter and to a louder block that is no speech: down in 0.2 s,
up in 3 s."""

LEAST_OVER_NOISE = 4.0
"""dB over the noise floor below which nothing is worth a look."""


class Canceller(Protocol):
    """Takes the loudspeaker out of the microphone."""

    def process(self, frame: Samples, reference: Samples) -> Samples:
        """Return ``frame`` (10 ms) without what ``reference`` left in it."""
        ...


class Spotter(Protocol):
    """Hears one word."""

    def hear(self, frame: Samples) -> float | None:
        """Take 10 ms; return how many seconds ago the word ended, once it is recognised."""
        ...


class Ear:
    """Implements `voiceslm.audio.Listener`."""

    def __init__(
        self,
        post: Callable[[Activity | Woken], None],
        *,
        canceller: Canceller | None = None,
        spotter: Spotter | None = None,
        word: str = "",
    ) -> None:
        """Load the detectors.

        Args:
            post: called in the audio thread, every 32 ms and when the wake word was said.
            canceller: None where the system cancels echo, or nothing is to be cancelled.
            spotter: None where no wake word is needed.
            word: what the spotter listens for.
        """
        self._post = post
        self._canceller = canceller
        self._spotter = spotter
        self._word = word
        self._gate = webrtcvad.Vad(GATE_MODE)
        self._vad = SileroVad()
        self._ring = Ring()
        self._waiting = np.zeros(0, np.float32)
        self._recent: list[Samples] = []
        self._open_until = 0.0
        self._was_open = False
        self._noise = -60.0

    def hear(self, frame: Samples, reference: Samples, at: float) -> None:
        """Process 10 ms of the microphone; see `voiceslm.audio.Listener`."""
        if self._canceller:
            frame = self._canceller.process(frame, reference)
        self._ring.write(frame, at)
        if self._spotter and (ago := self._spotter.hear(frame)) is not None:
            self._post(Woken(at, self._word, at - ago))
        if level(frame) > self._noise + LEAST_OVER_NOISE and self._gate.is_speech(_pcm(frame), RATE):
            self._open_until = at + GATE_HOLD_SECONDS
        self._waiting = np.concatenate([self._waiting, frame])
        if len(self._waiting) >= BLOCK:
            block, self._waiting = self._waiting[:BLOCK], self._waiting[BLOCK:]
            self._judge(block, at - len(self._waiting) / len(frame) * FRAME_SECONDS)

    @property
    def word(self) -> str:
        """The wake word; empty for none."""
        return self._word

    def listen_for(self, spotter: Spotter, word: str) -> None:
        """Wake at another word from now on; from any thread."""
        self._spotter, self._word = spotter, word

    def audio(self, begin: float, end: float) -> Audio:
        """Return what was heard between two clock seconds, without echo, at 16 kHz; from any thread."""
        return self._ring.read(begin, end)

    def _judge(self, block: Samples, at: float) -> None:
        loudness = level(block)
        probability = 0.0
        if at <= self._open_until:
            blocks = [block] if self._was_open else [*self._recent, block]
            probability = float(self._vad.probabilities(np.concatenate(blocks))[-1])
            self._was_open = True
        elif self._was_open:
            self._vad.reset()
            self._was_open = False
        self._recent = [*self._recent[1 - WARM_UP_BLOCKS :], block]
        self._follow_noise(loudness, probability)
        self._post(Activity(at, probability, loudness, self._noise))

    def _follow_noise(self, loudness: float, probability: float) -> None:
        if loudness < self._noise:
            self._noise += NOISE_FALLS * (loudness - self._noise)
        else:
            self._noise += NOISE_RISES * (1.0 - probability) * (loudness - self._noise)


def level(samples: Samples) -> float:
    """Return the level in dBFS of float32 samples [n]."""
    power = float(np.dot(samples, samples)) / max(1, len(samples))
    return max(QUIETEST, 10 * np.log10(power)) if power > 0 else QUIETEST


def _pcm(frame: Samples) -> bytes:
    return (np.clip(frame, -1.0, 1.0) * 32767).astype(np.int16).tobytes()
