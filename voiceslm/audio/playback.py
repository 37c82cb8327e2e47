"""What the loudspeaker plays next: clauses in, samples out, and the knowledge of what was really heard.

The loop adds clauses, the output thread pulls samples; one short lock is between them.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soxr

from voiceslm.audio import RATE
from voiceslm.events import Audible, Played

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.events import Audio, Samples, Speech

FADE_SECONDS = 0.01
"""A step in loudness is a click; ten milliseconds are heard as none."""

DUCKED = 0.2
"""Gain while someone may be interrupting: 14 dB down the words are still heard, and so is the user."""

LOUDEST = 100
"""Percent: as the voice comes."""

REWIND_SECONDS = 0.25
"""What is said again after a false interruption: the syllable that was cut."""


@dataclass(slots=True)
class _Item:
    """One clause at the loudspeaker's rate."""

    speech: Speech
    samples: Samples
    played: int = 0

    @property
    def heard(self) -> str:
        """The words that were played: piper's voices carry no alignment, so a letter is a unit of time."""
        text = self.speech.text
        if self.played >= len(self.samples):
            return text
        letters = round(len(text) * self.played / len(self.samples))
        return text[:letters].rpartition(" ")[0]


class Playback:
    """The queue in front of one loudspeaker, for the life of the process."""

    def __init__(self, report: Callable[[Audible | Played], None], *, rate: int = RATE) -> None:
        """Begin silent.

        Args:
            report: called in the output thread, with no lock held.
            rate: Hz at which samples will be pulled.
        """
        self._report = report
        self._lock = threading.Lock()
        self._rate = rate
        self._queue: deque[_Item] = deque()
        self._said: list[str] = []
        self._turn: int | None = None
        self._audible = False
        self._complete = False
        self._paused = False
        self._stopping = False
        self._gain = self._target = 1.0
        self._volume = LOUDEST
        self._chime = np.zeros(0, np.float32)

    @property
    def rate(self) -> int:
        """Hz at which samples are pulled."""
        return self._rate

    @property
    def volume(self) -> int:
        """Percent, 0 to 100."""
        return self._volume

    def set_volume(self, percent: int) -> None:
        """Be so loud from now on; 50 percent is a quarter of the amplitude, for ears count in ratios."""
        self._volume = max(0, min(LOUDEST, percent))

    def open(self, rate: int) -> None:
        """Go on at another rate: the loudspeaker has changed."""
        with self._lock:
            self._rate = rate
            for item in self._queue:
                share = item.played / max(1, len(item.samples))
                item.samples = self._at_rate(item.speech.audio)
                item.played = round(share * len(item.samples))

    def play(self, speech: Speech) -> None:
        """Add a clause. One of a later turn replaces everything, one of an earlier turn is dropped."""
        item = _Item(speech, self._at_rate(speech.audio))
        with self._lock:
            if self._turn is not None and speech.turn < self._turn:
                return
            if speech.turn != self._turn:
                self._begin(speech.turn)
            self._queue.append(item)

    def chime(self, audio: Audio) -> None:
        """Let a short sound be heard now, over whatever is said; it belongs to no turn."""
        samples = self._at_rate(audio)
        with self._lock:
            self._chime = samples

    def finish(self, turn: int) -> None:
        """Say that nothing more comes for ``turn``: `Played` is reported once all is out."""
        with self._lock:
            if turn == self._turn:
                self._complete = True

    def stop(self) -> None:
        """Fade out and drop everything; no `Played` follows."""
        with self._lock:
            self._target, self._stopping, self._paused = 0.0, True, False
            if self._gain == 0.0 or not self._queue:
                self._drop()

    def duck(self) -> None:
        """Speak softly: someone may be interrupting."""
        self._aim(DUCKED)

    def pause(self) -> None:
        """Fall silent and keep the place."""
        with self._lock:
            self._target, self._paused = 0.0, True
            if not self._audible:
                self._gain = 0.0

    def resume(self) -> None:
        """Speak on at full level; after a pause, from just before the place."""
        with self._lock:
            if self._paused and self._queue:
                item = self._queue[0]
                item.played = max(0, item.played - round(REWIND_SECONDS * self._rate))
            self._paused = False
        self._aim(1.0)

    def heard(self, turn: int) -> str:
        """Return the words of ``turn`` that have left the loudspeaker."""
        with self._lock:
            if turn != self._turn:
                return ""
            parts = [*self._said, *(item.heard for item in self._queue)]
        return " ".join(filter(None, parts))

    @property
    def queued_seconds(self) -> float:
        """Sound that waits."""
        with self._lock:
            return sum(len(item.samples) - item.played for item in self._queue) / self._rate

    def pull(self, count: int, at: float) -> Samples:
        """Return the next ``count`` samples; in the output thread.

        Args:
            count: samples wanted.
            at: clock seconds at which the first of them will be audible.

        Returns:
            float32 [count] at `rate`; silence where nothing waits.
        """
        events: list[Audible | Played] = []
        with self._lock:
            sound = self._next(count, at, events)
            if len(self._chime):
                part, self._chime = self._chime[:count], self._chime[count:]
                sound[: len(part)] += part
        for event in events:
            self._report(event)
        return sound if self._volume == LOUDEST else sound * np.float32((self._volume / LOUDEST) ** 2)

    def _next(self, count: int, at: float, events: list[Audible | Played]) -> Samples:
        out = np.zeros(count, np.float32)
        done = 0
        while done < count and self._queue and not (self._paused and self._gain == 0.0):
            item = self._queue[0]
            if not self._audible and self._turn is not None:
                self._audible = True
                events.append(Audible(self._turn, at + done / self._rate))
            part = item.samples[item.played : item.played + count - done]
            out[done : done + len(part)] = self._faded(part)
            item.played += len(part)
            done += len(part)
            if self._stopping and self._gain == 0.0:
                self._drop()
            elif item.played >= len(item.samples):
                self._said.append(self._queue.popleft().heard)
        if self._complete and not self._queue and self._turn is not None:
            self._complete = False
            events.append(Played(self._turn, at + done / self._rate))
        return out

    def _faded(self, samples: Samples) -> Samples:
        """Apply the gain, on its way to the target."""
        if self._gain == self._target:
            return samples if self._gain == 1.0 else samples * np.float32(self._gain)
        step = 1.0 / (FADE_SECONDS * self._rate) * (1.0 if self._target > self._gain else -1.0)
        ramp = self._gain + step * np.arange(1, len(samples) + 1)
        ramp = np.minimum(ramp, self._target) if step > 0 else np.maximum(ramp, self._target)
        if len(ramp):
            self._gain = float(ramp[-1])
        faded: Samples = (samples * ramp).astype(np.float32)
        return faded

    def _aim(self, gain: float) -> None:
        with self._lock:
            if not self._stopping:
                self._target = gain

    def _begin(self, turn: int) -> None:
        self._drop()
        self._said.clear()
        self._turn, self._audible = turn, False

    def _drop(self) -> None:
        self._said += [item.heard for item in self._queue if item.played]
        self._queue.clear()
        self._complete = self._stopping = False
        self._gain = self._target = 0.0 if self._paused else 1.0

    def _at_rate(self, audio: Audio) -> Samples:
        if audio.sample_rate == self._rate:
            return audio.samples
        resampled: Samples = soxr.resample(audio.samples, audio.sample_rate, self._rate, quality="HQ")
        return resampled.astype(np.float32)
