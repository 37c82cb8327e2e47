"""One half of the sound, microphone or loudspeaker: wanted, open, gone, to be tried again, switched off."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from voiceslm.audio.devices import Direction
    from voiceslm.audio.streams import Loudspeaker, Microphone

STANDSTILL_SECONDS = 1.0
"""Without a callback for this long a device is gone: a pulled plug may show as nothing else."""

BEGINNING_SECONDS = 3.0
"""Until the first callback; PulseAudio's null sink takes up to two seconds to begin."""

FIRST_RETRY, LAST_RETRY = 0.5, 2.0
"""Seconds between attempts, doubling: replugged, a device is back within five seconds."""

SILENCE_SECONDS = 10.0
"""A microphone's exact zeros for so long are no quiet room, for a converter's last bit is noise: its own
switch or a mixer mutes it, or nothing records. A noise gate's pauses may be as long, so it is only said."""

COMES_BACK = "Plug it in again or start the sound server; it is then used by itself"


class Side:
    """The microphone or the loudspeaker: what is wanted, what is open, and when to try again."""

    def __init__(self, direction: Direction, name: str | None) -> None:
        """Begin with nothing open, to be opened at once."""
        self.direction = direction
        self.name = name
        self.stream: Microphone | Loudspeaker | None = None
        self.problem: Problem | None = None
        """Why no sound goes through it."""

        self.note: Problem | None = None
        """What is wrong with the sound that goes through it."""

        self.off = False
        """Whether it is closed on purpose, and stays so."""

        self.retry_at = -math.inf
        self.alive_at = -math.inf
        """Clock seconds at which it was last seen to run."""

        self._backoff = FIRST_RETRY
        self._heard = 0

    @property
    def works(self) -> bool:
        """Whether sound goes through it."""
        return self.stream is not None and self.stream.works

    def due(self, now: float) -> bool:
        """Say whether it should be opened."""
        return self.stream is None and not self.off and now >= self.retry_at

    def switch(self, *, off: bool) -> None:
        """Be closed, or be due at once; what was wrong before is forgotten."""
        if off != self.off:
            self.off, self.problem, self.note = off, None, None
            self.retry_at, self._backoff = -math.inf, FIRST_RETRY

    def opened(self, stream: Microphone | Loudspeaker, now: float) -> None:
        """Take note of an open stream; whether it works is known once sound goes through."""
        self.stream, self._heard, self.alive_at = stream, 0, now

    def failed(self, problem: Problem, now: float) -> None:
        """Take note that it is gone or refused, and when to try again."""
        self.stream, self.problem, self.note = None, problem, None
        self.retry_at = now + self._backoff
        self._backoff = min(LAST_RETRY, 2 * self._backoff)

    def look(self, now: float) -> Problem | None:
        """Return why the open stream must be given up, if it must."""
        if self.stream is None:
            return None
        if self.stream.heard != self._heard:
            self._heard, self.alive_at = self.stream.heard, now
        if self.stream.works:
            self.problem, self._backoff = None, FIRST_RETRY
        silent = self.stream.zeros >= SILENCE_SECONDS * self.stream.rate
        self.note = _silence(self.stream.device.name) if silent else None
        patience = STANDSTILL_SECONDS if self.stream.works else BEGINNING_SECONDS
        if not self.stream.ended and now - self.alive_at <= patience:
            return None
        return Problem(
            f"the {self.direction} {self.stream.device.name!r} has gone: no sound goes through it",
            COMES_BACK,
        )

    def __str__(self) -> str:
        """Return how it is, in words."""
        if self.off:
            return f"{self.direction} off: muted"
        if self.problem is not None or self.stream is None:
            return self.problem.cause if self.problem else ""
        return f"{self.direction} {self.stream.device.name!r} at {self.stream.rate} Hz"


def in_words(sides: tuple[Side, Side]) -> str:
    """Return what works and what does not, then what to do, said once."""
    remedies = dict.fromkeys(side.problem.remedy for side in sides if side.problem)
    return ". ".join(["; ".join(map(str, sides)), *filter(None, remedies)])


def _silence(name: str) -> Problem:
    return Problem(
        f"the microphone {name!r} delivers only silence (zeros)",
        "See that neither its switch nor the mixer (alsamixer, pavucontrol) mutes it, or plug it in again",
    )
