"""Waits for timers and alarms, and lets them be heard, or carries out what they were set for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from voiceslm.errors import Problem
from voiceslm.skills.timer_words import announcement

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from voiceslm.conversation.bell import Bell
    from voiceslm.conversation.live import Live
    from voiceslm.skills import Timers
    from voiceslm.skills.timers import Timer

LOOK_SECONDS = 5.0
"""Longest wait before the clock is looked at again: it may have been set, or the machine have slept."""


class Reminders:
    """Lets one conversation's timers go off."""

    def __init__(
        self,
        timers: Timers,
        live: Live,
        bell: Bell,
        *,
        now: Callable[[], datetime],
        report: Callable[[str], None],
    ) -> None:
        """Join the parts; ``now`` gives the local time, ``report`` is told what could not be carried out."""
        self._timers = timers
        self._live = live
        self._bell = bell
        self._now = now
        self._report = report
        self._changed = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()

    def changed(self) -> None:
        """Look again: timers were set, changed or cancelled. On the event loop."""
        self._changed.set()

    async def run(self) -> None:
        """Wait and let go off, until cancelled."""
        try:
            while True:
                await self._wait()
                due = self._timers.due(self._now())
                if due:
                    await self._timers.save()
                for timer in due:
                    task = asyncio.create_task(self._go_off(timer), name=f"timer {timer.id}")
                    self._under_way.add(task)
                    task.add_done_callback(self._under_way.discard)
        finally:
            for task in self._under_way:
                task.cancel()

    async def _wait(self) -> None:
        """Wait until the next one is due, or may be."""
        self._changed.clear()
        next_due = self._timers.next_due()
        left = (next_due - self._now()).total_seconds() if next_due else LOOK_SECONDS
        try:
            # `asyncio.wait_for` of Python 3.11 loses a cancellation that comes with the event.
            async with asyncio.timeout(max(0.0, min(left, LOOK_SECONDS))):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _go_off(self, timer: Timer) -> None:
        text = announcement(timer, self._now())
        try:
            if text:
                await self._bell.ring(text)
            else:
                await self._live.command(timer.command)
        except Problem as problem:
            self._report(problem.cause)
