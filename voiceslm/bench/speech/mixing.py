"""What else sounds while somebody speaks, and how loud: pure arithmetic on samples at 16 kHz."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.events import Samples
    from voiceslm.listening.vad import Span

LEAD_SECONDS, TAIL_SECONDS = 0.5, 0.5
"""Of the room alone, before and after what is said: so much the live conversation hears of it, too."""

FLOOR = 1e-3
"""Amplitude (RMS) of a quiet room: -60 dBFS, white."""

SPEECH = 0.05
"""RMS of speech while somebody speaks: -26 dBFS, the level of ITU-T P.56 recordings."""

LEAST_POWER = 1e-12


class Place(StrEnum):
    """What stands in the speaker's way."""

    QUIET = "quiet"
    REVERBERANT = "reverberant"
    NOISE = "noise"
    MUSIC = "music"
    TELEVISION = "television"


@dataclass(frozen=True, slots=True)
class Condition:
    """How something is said."""

    place: Place
    snr_db: float | None = None
    """By how much the active speech is louder than what else sounds; None where nothing does."""

    @property
    def name(self) -> str:
        """As the report has it."""
        if self.place is Place.QUIET:
            return "clean"
        return self.place.value if self.snr_db is None else f"{self.place}, {self.snr_db:g} dB"


CONDITIONS = (
    Condition(Place.QUIET),
    Condition(Place.NOISE, 20),
    Condition(Place.NOISE, 10),
    Condition(Place.NOISE, 5),
    Condition(Place.REVERBERANT),
    Condition(Place.MUSIC, 10),
    Condition(Place.MUSIC, 5),
    Condition(Place.TELEVISION, 10),
)


def active_level(samples: Samples, spans: Sequence[Span]) -> float:
    """Return the RMS of ``samples``, float32 [n], while somebody speaks: inside ``spans`` (seconds).

    This is the idea of the active speech level of ITU-T P.56, with the spans of a voice activity detector in
    place of its envelope. Without a span, all of it counts.
    """
    active = [samples[round(begin * RATE) : round(end * RATE)] for begin, end in spans]
    return rms(np.concatenate(active)) if active else rms(samples)


def rms(samples: Samples) -> float:
    """Return the root mean square of ``samples``; never 0."""
    power = float(np.square(samples, dtype=np.float64).mean()) if len(samples) else 0.0
    return float(np.sqrt(max(power, LEAST_POWER)))


def levelled(samples: Samples, spans: Sequence[Span]) -> Samples:
    """Return ``samples`` at the active level `SPEECH`."""
    return np.asarray(samples * (SPEECH / active_level(samples, spans)), np.float32)


def in_a_room(samples: Samples, generator: np.random.Generator) -> Samples:
    """Return ``samples`` with a quiet room before, under and after them."""
    padded = np.pad(samples, (round(LEAD_SECONDS * RATE), round(TAIL_SECONDS * RATE)))
    return np.asarray(padded + FLOOR * generator.standard_normal(len(padded)), np.float32)


def reverberant(samples: Samples, response: Samples) -> Samples:
    """Return speech as it sounds through the impulse ``response``, its echo included, just as loud."""
    heard = np.convolve(samples, response)
    return np.asarray(heard * (rms(samples) / rms(heard[: len(samples)])), np.float32)


def mixed(speech: Samples, other: Samples, *, level: float, snr_db: float) -> Samples:
    """Return ``speech`` and ``other``, as long as it, at a signal-to-noise ratio.

    Args:
        speech: float32 [n].
        other: float32 [n].
        level: the active level of the speech (`active_level`).
        snr_db: 20 log10(level / RMS of ``other`` as it is added).
    """
    gain = level / rms(other) / 10 ** (snr_db / 20)
    return np.asarray(speech + gain * other, np.float32)


def excerpt(samples: Samples, length: int, generator: np.random.Generator) -> Samples:
    """Return ``length`` samples from somewhere in ``samples``, repeated where they are too short."""
    whole = np.resize(samples, max(length, len(samples)))
    return np.asarray(np.roll(whole, -int(generator.integers(len(whole))))[:length], np.float32)
