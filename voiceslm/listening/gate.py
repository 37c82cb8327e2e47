"""Is this stretch somebody speaking to us? Pure decisions about single stretches and short runs of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voiceslm.events import Activity

STEP = 0.032
"""Seconds between two `Activity` events."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How high a stretch must reach to count."""

    enter: float
    """Probability at which speech begins."""

    stay: float
    """… and lasts."""

    over_noise: float
    """dB over the room's noise."""

    needed: int
    window: int
    """Stretches that must count, of how many, before somebody speaks."""


QUIET = Bar(enter=0.5, stay=0.35, over_noise=6.0, needed=3, window=5)
"""Silero's own thresholds; 100 ms of speech, so that a "stop" of 250 ms has some to spare."""

PLAYING = Bar(enter=0.7, stay=0.5, over_noise=12.0, needed=3, window=5)
"""While the loudspeaker speaks: what is left of the echo must not count."""

STIRRING_DB = 6.0
"""dB over the room's noise at which there may be a voice that has yet to be recognised as one."""

BELOW_SPEAKER = 22.0
"""dB under the speaker's own level at which a voice is someone else's, such as a television's."""

LOUDNESS_FOLLOWS = 0.1
"""Share of the way the speaker's level goes to that of a louder stretch; to a quieter one a tenth of that."""


class Gate:
    """Says of each stretch whether it is speech, and when someone begins."""

    def __init__(self) -> None:
        """Begin in silence."""
        self._recent: deque[bool] = deque(maxlen=max(QUIET.window, PLAYING.window))
        self._inside = False
        self._loudness: float | None = None
        self.stirring = False
        """Whether the latest stretch is more than the room's noise: a word may be beginning."""

    def take(self, activity: Activity, bar: Bar) -> bool:
        """Say whether this stretch is speech."""
        least = bar.stay if self._inside else bar.enter
        near = self._loudness is None or activity.level >= self._loudness - BELOW_SPEAKER
        over = activity.level - activity.noise
        voiced = near and activity.probability >= least and over >= bar.over_noise
        self.stirring = near and over >= STIRRING_DB
        self._inside = voiced
        self._recent.append(voiced)
        return voiced

    def begins(self, bar: Bar) -> bool:
        """Say whether the latest stretches are enough for somebody to be speaking."""
        return sum(list(self._recent)[-bar.window :]) >= bar.needed

    def follow(self, activity: Activity) -> None:
        """Learn the level of the one who speaks from a stretch of speech."""
        if self._loudness is None:
            self._loudness = activity.level
        rise = LOUDNESS_FOLLOWS * (1.0 if activity.level > self._loudness else 0.1)
        self._loudness += rise * (activity.level - self._loudness)

    def reset(self) -> None:
        """Forget the speaker."""
        self._recent.clear()
        self._inside = self.stirring = False
        self._loudness = None
