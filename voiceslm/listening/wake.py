"""To us: whether the wake word was just said, and how long ago it ended.

The networks are microWakeWord's, run by pymicro-wakeword on TensorFlow Lite's C library (both Apache-2.0).
Each 10 ms becomes 40 mel energies in a fixed-point front end with its own noise suppression and gain
control, so that the level hardly matters. Every third time, once in 30 ms, the network takes the three new
ones and updates its own state; the mean of its last five answers is compared with the threshold.

So frames are kept until there are three, and one call in three does all the work. Paced as in life, where
every call finds the caches cold, 10 ms of sound cost about 0.26 ms (2.6 % of a core; 0.38 ms frame by frame),
and 0.06 ms back to back. Most of it is the Python around the front end and the network. There is no gate
by level before the network: the front end must run anyway, and the network's state would have gaps.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures, Model

from voiceslm.audio import FRAME, FRAME_SECONDS
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from voiceslm.events import Samples

DELAYS = MappingProxyType({"okay_nabu": 0.18, "hey_jarvis": 0.14, "hey_mycroft": 0.10, "alexa": 0.23})
"""Word -> seconds from its end until it is recognised: the medians of ``voiceslm bench wake``."""

STRIDE = 3
"""Frames between two answers of the network: all four models were made for 30 ms."""

REFRACTORY_SECONDS = 1.0
"""A word stays recognisable for 0.2 to 0.7 s, and nobody says it twice within a second."""


class Debounce:
    """One recognition for each time the word is said."""

    def __init__(self, threshold: float) -> None:
        """Recognise above ``threshold``, given one probability every 30 ms."""
        self._threshold = threshold
        self._rest = round(REFRACTORY_SECONDS / (STRIDE * FRAME_SECONDS))
        self._since = self._rest
        self._armed = True

    def hear(self, probability: float) -> bool:
        """Return whether this is a new recognition.

        After one, both must come before the next: the refractory time, and a probability below the threshold.
        """
        above = probability > self._threshold
        self._since += 1
        if not self._armed:
            self._armed = self._since >= self._rest and not above
            return False
        if above:
            self._armed = False
            self._since = 0
        return above


class WakeWord:
    """Listens for one word in one stream. Not thread-safe: use it in the audio thread."""

    def __init__(self, word: str, *, threshold: float | None = None) -> None:
        """Load the model of ``word``.

        Args:
            word: one of ``DELAYS``.
            threshold: probability above which the word counts as said; ``None`` for the model's own.

        Raises:
            Problem: there is no such word.
        """
        if word not in DELAYS:
            raise Problem(f"there is no wake word {word!r}", f"Choose one of: {', '.join(DELAYS)}")
        self.word = word
        self._model = MicroWakeWord.from_builtin(Model(word))
        self.threshold = float(self._model.probability_cutoff) if threshold is None else threshold
        self._features = MicroWakeWordFeatures()
        self._debounce = Debounce(self.threshold)
        self._waiting: Samples = np.zeros(0, np.float32)
        self._taken = 0

    def hear(self, frame: Samples) -> float | None:
        """Continue the stream by 10 ms.

        Args:
            frame: float32 [160] at 16 kHz; what exceeds ±1 is clipped.

        Returns:
            When the word has been recognised, how many seconds ago it ended (to about ±0.1 s); else ``None``.

        Raises:
            ValueError: the frame has another length.
        """
        probability = self.probability(frame)
        if probability is None or not self._debounce.hear(probability):
            return None
        return DELAYS[self.word]

    def probability(self, frame: Samples) -> float | None:
        """Continue the stream as ``hear`` does, without deciding anything.

        Returns:
            The probability that the word ends about here; ``None`` between the answers of the network.

        Raises:
            ValueError: the frame has another length.
        """
        if len(frame) != FRAME:
            raise ValueError(f"a frame has {FRAME} samples, not {len(frame)}")
        self._waiting = np.concatenate([self._waiting, frame])
        if len(self._waiting) < STRIDE * FRAME:
            return None
        pcm = (np.clip(self._waiting, -1, 1) * 32767).astype("<i2").tobytes()
        self._waiting = self._waiting[:0]
        found = None
        for features in self._features.process_streaming(pcm):
            self._taken += 1
            probability = self._model.process_streaming_prob(features)
            if self._taken % STRIDE == 0:  # otherwise the library answers 0 without asking the network
                found = float(probability)
        return found

    def reset(self) -> None:
        """Forget what was heard: the next frame begins a new stream."""
        self._model.reset()
        self._features.reset()
        self._debounce = Debounce(self.threshold)
        self._waiting = np.zeros(0, np.float32)
        self._taken = 0
