"""Does the process still do what it is there for? Pure."""

from __future__ import annotations

DEAF_SECONDS = 15.0
"""Without a frame from a microphone that claims to work. One that has gone is found after a second, and a
sound server that stands still after five."""

LOOK_LONGEST = 5.0
"""Seconds between two looks that tell of no microphone: this process itself stood still meanwhile."""


class Pulse:
    """Watches that frames flow."""

    def __init__(self, now: float) -> None:
        """Begin at clock second ``now``."""
        self._frames = 0
        self._alive_at = self._looked_at = now

    def failing(self, now: float, *, frames: int, excused: bool, hung: str) -> str:
        """Return why the process must end; empty while it need not.

        Args:
            now: clock seconds, monotonic.
            frames: how many the listener got so far.
            excused: whether it is known why there are none.
            hung: an engine that does not come back; empty where there is none.
        """
        stood_still = now - self._looked_at > LOOK_LONGEST
        self._looked_at = now
        if excused or stood_still or frames != self._frames:
            self._frames, self._alive_at = frames, now
        if hung:
            return f"the engine {hung} does not come back from what it computes"
        if now - self._alive_at > DEAF_SECONDS:
            return f"the microphone is open, but nothing was heard of it for {DEAF_SECONDS:g} s"
        return ""
