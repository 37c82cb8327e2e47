"""Looks after the running assistant: once a second, how each part is, and whether the whole still serves.

The service manager's watchdog is fed from here, so it bites when the event loop stands still. Where the loop
runs, but nothing is heard or an engine is lost for good, the process ends by itself: whoever started it
starts it again, and that takes seconds.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

from voiceslm.daemon.health import Part
from voiceslm.daemon.pulse import Pulse
from voiceslm.daemon.times import Times
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from voiceslm.daemon.health import Condition, Health
    from voiceslm.daemon.notify import Notifier
    from voiceslm.daemon.onlooker import Onlooker

LOOK_SECONDS = 1.0

NOTICE_SECONDS = 10.0
"""For so long a part must have been ill before it is spoken of: a plug that is moved is not worth a word."""

NOTICES: Mapping[Part, str] = {
    Part.MICROPHONE: "I can't hear anything: there is no microphone that works.",
    Part.LLM: "My language model is missing, so I can only do commands.",
}
"""What is said, once in the life of the process and as soon as it can be heard. Of the others is told when
something is wanted of them: of the model for speech when somebody speaks, of the disk when something shall be
kept, of the broker when something at home shall change; a missing voice is a tone instead of words."""


class Ward(Protocol):
    """What is looked after."""

    def troubles(self) -> Mapping[Part, str]:
        """Return what is wrong with each part that there is; empty for nothing."""
        ...

    @property
    def frames(self) -> int:
        """How many frames the listener got so far."""
        ...

    @property
    def excused(self) -> bool:
        """Whether it is known why none come."""
        ...

    @property
    def hung(self) -> str:
        """An engine that does not come back; empty where there is none."""
        ...

    def summary(self) -> str:
        """Say in a few words what it does."""
        ...

    async def mend(self) -> None:
        """Try to get back what is missing."""
        ...

    def on_health(self, part: Part, condition: Condition) -> None:
        """Take note of a part that is now well, or not, or in another way."""
        ...

    async def notice(self, text: str) -> None:
        """Say something in a quiet moment; raises a `Problem` where there is none."""
        ...


class Supervisor:
    """Looks after one assistant."""

    def __init__(
        self,
        ward: Ward,
        health: Health,
        *,
        notifier: Notifier,
        onlooker: Onlooker,
        now: Callable[[], datetime],
    ) -> None:
        """Begin with nothing known.

        Args:
            ward: what is looked after.
            health: is kept up to date.
            notifier: to the service manager.
            onlooker: is told what else happens.
            now: local time, aware.
        """
        self._ward = ward
        self._health = health
        self._notifier = notifier
        self._onlooker = onlooker
        self._now = now
        self._notices: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Look after it until cancelled.

        Raises:
            Problem: it hears nothing any more, or an engine is lost: the process should end.
        """
        mending = asyncio.create_task(self._keep_mending(), name="mend")
        ward, pulse, before = self._ward, Pulse(time.monotonic()), times()
        try:
            while not mending.done():
                self._take_stock()
                why = pulse.failing(
                    time.monotonic(), frames=ward.frames, excused=ward.excused, hung=ward.hung
                )
                if why:
                    raise Problem(why, "It has to be started again, which a service is by itself")
                self._notifier.alive()
                self._notifier.status(self._line())
                self._tell_times(before, before := times())
                await asyncio.sleep(LOOK_SECONDS)
            mending.result()
        finally:
            for task in {mending, *self._notices}:
                task.cancel()

    async def _keep_mending(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self._ward.mend()

    def _take_stock(self) -> None:
        for part, condition in self._health.take(self._ward.troubles()).items():
            self._ward.on_health(part, condition)
        degraded = self._health.degraded
        if Part.LOUDSPEAKER in degraded:
            return
        for part, condition in degraded.items():
            lasts = (self._now() - condition.since).total_seconds()
            if part in NOTICES and part not in self._health.noticed and lasts >= NOTICE_SECONDS:
                self._health.noticed.add(part)
                task = asyncio.create_task(self._notice(NOTICES[part]), name=f"notice of {part}")
                self._notices.add(task)
                task.add_done_callback(self._notices.discard)

    async def _notice(self, text: str) -> None:
        try:
            await self._ward.notice(text)
        except Problem as problem:
            self._onlooker.on_trouble(f"not said: {problem.cause}")

    def _line(self) -> str:
        summary = self._ward.summary()
        ill = ", ".join(self._health.degraded)
        return f"{summary}; degraded: {ill}" if ill else summary

    def _tell_times(self, before: Times, after: Times) -> None:
        if slept := before.slept(after):
            self._onlooker.on_note(f"the machine slept for {slept:.0f} s")
        if by := before.set_by(after):
            self._onlooker.on_note(f"the clock was set by {by:+.0f} s")


def times() -> Times:
    """Return the machine's clocks."""
    return Times(time.time(), time.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME))
