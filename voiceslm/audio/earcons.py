"""Short sounds that say what words would say too slowly: listening, understood, failed."""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.events import Audio

if TYPE_CHECKING:
    from voiceslm.events import Samples

RATE = 48_000
"""Hz; the playback resamples to whatever the loudspeaker wants."""

NOTE_SECONDS = 0.07
FADE_SECONDS = 0.012
"""A note without an edge: no click, and nothing that a voice detector takes for a consonant."""

LEVEL = 0.12
"""Peak, -18 dBFS: below the voice, which peaks near full scale."""


class Earcon(Enum):
    """What is signalled, as the notes' frequencies in Hz: up = go on, down = done, low = failed; 0 rests."""

    START = (659.3, 987.8)
    END = (987.8, 659.3)
    ERROR = (311.1, 233.1)
    RING = (880.0, 1108.7, 880.0, 1108.7, 0.0, 0.0, 880.0, 1108.7, 880.0, 1108.7)


@cache
def tone(earcon: Earcon) -> Audio:
    """Return the earcon, 70 ms a note."""
    return Audio(np.concatenate([_note(frequency) for frequency in earcon.value]), RATE)


def _note(frequency: float) -> Samples:
    count, edge = round(NOTE_SECONDS * RATE), round(FADE_SECONDS * RATE)
    note = LEVEL * np.sin(2 * np.pi * frequency * np.arange(count) / RATE)
    ramp = np.minimum(np.arange(1, count + 1) / edge, 1.0)
    shaped: Samples = (note * ramp * ramp[::-1]).astype(np.float32)
    return shaped
