"""Everything that goes wrong unseen: exceptions that nobody catches, wherever they are raised."""

from __future__ import annotations

import asyncio
import sys
import threading
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from voiceslm.daemon.onlooker import Onlooker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceslm.events import TurnRecord


class Diary(Onlooker):
    """What the daemon tells, and what it does not."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.turns = 0
        """Of the daemon's own, that have ended."""
        self.routes: dict[str, int] = {}
        """How often each way of answering was taken, and how the turn ended."""
        self.troubles: list[str] = []
        """Lines in which the daemon says that something failed."""
        self.exceptions: list[str] = []
        """What nobody caught, with its traceback."""

    def on_turn(self, record: TurnRecord) -> None:
        """Count it."""
        self.turns += 1
        name = f"{record.route.value}, {record.ended.value}"
        self.routes[name] = self.routes.get(name, 0) + 1

    def on_trouble(self, what: str) -> None:
        """Keep it."""
        self.troubles.append(what)

    @contextmanager
    def of_exceptions(self) -> Iterator[None]:
        """Note what nobody catches while the block runs: in the loop, in a thread, in a destructor."""
        loop = asyncio.get_running_loop()
        before = loop.get_exception_handler(), threading.excepthook, sys.unraisablehook

        def in_loop(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            self._note(f"loop: {context['message']}", context.get("exception"))

        def in_thread(args: Any) -> None:
            self._note(f"thread {args.thread.name if args.thread else '?'}", args.exc_value)

        def unraisable(args: Any) -> None:
            self._note(f"{args.err_msg or 'ignored'}: {args.object!r}", args.exc_value)

        loop.set_exception_handler(in_loop)
        threading.excepthook, sys.unraisablehook = in_thread, unraisable
        try:
            yield
        finally:
            loop.set_exception_handler(before[0])
            threading.excepthook, sys.unraisablehook = before[1:]

    def _note(self, where: str, error: BaseException | None) -> None:
        lines = traceback.format_exception(error) if error else []
        self.exceptions.append(f"{where}\n{''.join(lines)}".rstrip())
