"""Who worked when: notes taken around the conversation and the loudspeaker, without a hand in either."""

from __future__ import annotations

import functools
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceslm.conversation.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from voiceslm.audio.playback import Playback
    from voiceslm.conversation.pipeline import Conversation
    from voiceslm.conversation.turn import TurnLog
    from voiceslm.events import TurnRecord

WORK = ("transcribe", "prefill", "answer")
"""Methods of the conversation that take an engine's time."""

KNOBS = ("duck", "pause", "resume", "stop")
"""Methods of the playback that are heard."""


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work, between two clock seconds."""

    name: str
    """One of `WORK`."""

    begin: float
    end: float
    words: bool
    """Whether it is about something that was said; preparing for the next turn is not."""


class Trace(Watcher):
    """What has happened so far; times are clock seconds."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Begin with nothing."""
        self._clock = clock
        self.works: list[Work] = []
        self.logs: list[TurnLog] = []
        """Every turn that was begun, drafts that came to nothing among them."""
        self.records: list[tuple[float, TurnRecord]] = []
        """Every turn that ended, and when that was noted."""
        self.turned: list[tuple[float, str]] = []
        """When which knob of the loudspeaker was turned."""
        self.hearings: list[tuple[float, str]] = []
        """What was understood of what was said so far, and when."""
        self.troubles: list[str] = []
        self.open = 0
        """Pieces of work that are under way."""

    def on_transcript(self, text: str, *, final: bool) -> None:
        """Keep what was understood on the way."""
        if not final:
            self.hearings.append((self._clock(), text))

    def on_turn(self, record: TurnRecord) -> None:
        """Keep the record."""
        self.records.append((self._clock(), record))

    def on_trouble(self, what: str) -> None:
        """Keep what failed."""
        self.troubles.append(what)

    @contextmanager
    def following(self, conversation: Conversation, playback: Playback) -> Iterator[None]:
        """Take notes while the block runs."""
        wraps: list[tuple[Any, str, Callable[[str, Any], Any]]]
        wraps = [(conversation, name, self._timed) for name in WORK]
        wraps += [(conversation, "begin", self._logged)]
        wraps += [(playback, name, self._noted) for name in KNOBS]
        for whose, name, wrap in wraps:
            setattr(whose, name, wrap(name, getattr(whose, name)))
        try:
            yield
        finally:
            for whose, name, _ in wraps:
                delattr(whose, name)

    def _timed(self, name: str, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(method)
        async def timed(*arguments: Any, **options: Any) -> Any:
            began = self._clock()
            self.open += 1
            try:
                return await method(*arguments, **options)
            finally:
                self.open -= 1
                self.works.append(Work(name, began, self._clock(), bool(arguments[0])))

        return timed

    def _logged(self, _: str, method: Callable[..., TurnLog]) -> Callable[..., TurnLog]:
        @functools.wraps(method)
        def logged(*arguments: Any) -> TurnLog:
            self.logs.append(log := method(*arguments))
            return log

        return logged

    def _noted(self, name: str, method: Callable[[], None]) -> Callable[[], None]:
        @functools.wraps(method)
        def noted() -> None:
            self.turned.append((self._clock(), name))
            method()

        return noted
