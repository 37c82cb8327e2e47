"""Putting a pause into the middle of what somebody said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import FRAME, RATE
from voiceslm.bench.live.sounds import audible, levels_of

if TYPE_CHECKING:
    from voiceslm.events import Samples

MIDDLE = (0.25, 0.75)
"""Where in the speech the pause may come."""

FROM_ENDS = 40
"""Least 10 ms from either end."""

GAP_FRAMES = 5
"""10 ms over which the level is taken: a gap between words is longer than a stop consonant's closure."""

GAP_DB = 25.0
"""By how much a gap between words is quieter than the loudest 10 ms."""

OWN_PAUSE_FRAMES = 30
"""A clip with a longer silence of its own pauses already."""

OWN_PAUSE_DB = 30.0
"""Under the loudest 10 ms, for that."""

FADE = 80
"""Samples, 5 ms: a cut must not click."""


def word_gap(samples: Samples) -> int | None:
    """Find a gap between two words near the middle of ``samples``, audible from end to end.

    Returns:
        The sample in its middle; None where there is no gap, or the clip is too short.
    """
    levels = levels_of(samples)
    low = max(FROM_ENDS, round(MIDDLE[0] * len(levels)))
    high = min(len(levels) - FROM_ENDS, round(MIDDLE[1] * len(levels)))
    if low >= high:
        return None
    smooth = 10 * np.log10(np.convolve(10 ** (levels / 10), np.ones(GAP_FRAMES) / GAP_FRAMES, "same"))
    quietest = low + int(smooth[low:high].argmin())
    return quietest * FRAME + FRAME // 2 if smooth[quietest] < levels.max() - GAP_DB else None


def longest_pause(samples: Samples) -> float:
    """Return the longest silence within ``samples`` in seconds."""
    longest = silence = 0
    for sounds in audible(samples, OWN_PAUSE_DB):
        silence = 0 if sounds else silence + 1
        longest = max(longest, silence)
    return longest * FRAME / RATE


def with_pause(samples: Samples, cut: int, seconds: float) -> Samples:
    """Return ``samples`` with silence of so many seconds at sample ``cut``."""
    before, after = samples[:cut].copy(), samples[cut:].copy()
    ramp = np.linspace(1.0, 0.0, FADE, dtype=np.float32)
    before[-FADE:] *= ramp[-len(before) :]
    after[:FADE] *= ramp[::-1][: len(after)]
    return np.concatenate([before, np.zeros(round(seconds * RATE), np.float32), after])
