"""An event loop whose time is a number: nobody waits for a sleep, yet everything happens in its order.

For code that sleeps by the loop and reads `loop.time`; work in other threads takes no time that it could see.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

T = TypeVar("T")

PATIENCE_SECONDS = 5.0
"""Real time given to other threads once nothing is left to happen in this one."""


class _Selector(selectors.DefaultSelector):
    """Instead of waiting for a timer, says that its time has come."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(PATIENCE_SECONDS if timeout is None else 0)
        if not ready and timeout is None:
            raise RuntimeError("everything waits, and no timer will ever wake it")
        if not ready and timeout is not None:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Jumps from timer to timer."""

    def __init__(self) -> None:
        """Begin at time 0."""
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._virtual.now

    def hold_up(self, seconds: float) -> None:
        """Let time pass in which nothing runs, as a callback does that computes for too long."""
        self._virtual.now += seconds


def run_virtual(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run ``coroutine`` from virtual time 0 to its end and return what it returns."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)
