"""One conversation in one room, as the bench takes part in it."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voiceslm.audio.room import Room
from voiceslm.bench.live.trace import Trace
from voiceslm.conversation.moves import State
from voiceslm.events import Stage
from voiceslm.metrics.stalls import watch_stalls

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from voiceslm.assistant import Assistant
    from voiceslm.audio import Listener
    from voiceslm.audio.room import Recording
    from voiceslm.bench.live.scenario import Bench
    from voiceslm.bench.live.sounds import Clip
    from voiceslm.bench.live.trace import Work
    from voiceslm.conversation.live import Live
    from voiceslm.conversation.turn import TurnLog
    from voiceslm.events import Samples, TurnRecord

ANSWER_SECONDS = 12.0
"""After so long without a sound there is no answer; it is also what a missing answer counts as."""

REPLY_SECONDS = 30.0
"""A reply that is still going on is stopped."""

HABITUATION_SECONDS = 1.5
"""In which the ear learns how loud the room is."""

LEAD_SECONDS = 0.1
"""From saying that something is to be said to its first sample: then the moment is exact."""

LOOK_SECONDS = 0.02
"""How often is looked whether what is awaited has come."""

RECORDED_SECONDS = 90.0
"""Of sound that is kept: more than a trial lasts, and read in a few milliseconds."""

QUIET = (State.ASLEEP, State.AWAKE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Something was said, and this is what came of it. Times are clock seconds."""

    begin: float
    """First sound of what was said."""

    end: float
    """Its last sound."""

    audible: float | None
    """First sound of the loudspeaker after it."""

    cut_in: bool
    """The loudspeaker sounded before it was over."""

    records: tuple[TurnRecord, ...]
    logs: tuple[TurnLog, ...]
    """Of all turns begun meanwhile."""

    works: tuple[Work, ...]
    troubles: tuple[str, ...]
    stall_ms: float
    late_ms: float
    """By how much the room's time was ever behind the clock: so much may be missing in what was recorded."""

    @property
    def record(self) -> TurnRecord | None:
        """The last turn that ended."""
        return self.records[-1] if self.records else None

    @property
    def log(self) -> TurnLog | None:
        """The same turn, with its clock."""
        return next((log for log in self.logs if self.record and log.number == self.record.turn), None)


class Timekeeper:
    """A listener that notes how late the room is, in front of the real one."""

    def __init__(self, listener: Listener) -> None:
        """Pass everything on to ``listener``."""
        self._listener = listener
        self.latest = 0.0
        """Seconds, since this was last set."""

    def hear(self, frame: Samples, reference: Samples, at: float) -> None:
        """Pass 10 ms on."""
        self.latest = max(self.latest, time.perf_counter() - at)
        self._listener.hear(frame, reference, at)


class Session:
    """Speaks, listens and waits."""

    def __init__(
        self,
        assistant: Assistant,
        live: Live,
        room: Room,
        *,
        keeper: Timekeeper,
        trace: Trace,
        running: asyncio.Task[None],
    ) -> None:
        """Take part in a room that is ``running``."""
        self.live = live
        self.room = room
        self.trace = trace
        self._assistant = assistant
        self._keeper = keeper
        self._running = running

    def say(self, clip: Clip, after: float = LEAD_SECONDS) -> tuple[float, float]:
        """Say ``clip`` in so many seconds; return the clock seconds of its first and last sound."""
        begin = time.perf_counter() + after
        self.room.say(clip.samples, begin)
        return begin + clip.first, begin + clip.last

    async def exchange(self, clip: Clip) -> Exchange:
        """Say ``clip`` and wait until it has been answered, or has not."""
        marks = self.marks()
        self._keeper.latest = 0.0
        async with watch_stalls() as stalls:
            begin, end = self.say(clip)
            await self.until(lambda: time.perf_counter() > end, 60.0)
            await self.until(lambda: self._answered_since(end), ANSWER_SECONDS)
            if not await self.until(lambda: self.live.state in QUIET, REPLY_SECONDS):
                self.live.stop()
        late = self._keeper.latest
        seen = await self.seen(marks, begin, end)
        return replace(seen, stall_ms=round(stalls.longest_ms, 1), late_ms=round(late * 1000, 1))

    async def seen(self, marks: tuple[int, ...], begin: float, end: float) -> Exchange:
        """Return all that has happened since ``marks``, once the room is quiet."""
        await self.settled()
        recording = await self.recording()
        early = recording.audible_from(begin)
        works, logs, records, troubles = marks
        return Exchange(
            begin=begin,
            end=end,
            audible=recording.audible_from(end),
            cut_in=early is not None and early < end,
            records=tuple(record for _, record in self.trace.records[records:]),
            logs=tuple(self.trace.logs[logs:]),
            works=tuple(self.trace.works[works:]),
            troubles=tuple(self.trace.troubles[troubles:]),
            stall_ms=0.0,
            late_ms=0.0,
        )

    async def recording(self) -> Recording:
        """Return what sounded lately; off the loop, which it would hold up."""
        return await asyncio.to_thread(lambda: self.room.recording)

    async def settled(self) -> None:
        """Wait until nobody speaks and nothing is being prepared."""
        await self.until(lambda: self.live.state in QUIET, REPLY_SECONDS)
        await asyncio.sleep(0.1)
        await self.until(lambda: self.trace.open == 0, REPLY_SECONDS)

    async def forget(self) -> None:
        """Begin a new conversation, and wait until all that precedes its first turn is computed."""
        self._assistant.conversation.forget()
        await self._assistant.conversation.settle()

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until ``condition`` holds, at most so long; say whether it does.

        Raises:
            Exception: the room has broken down.
        """
        deadline = time.perf_counter() + seconds
        while not condition():
            if self._running.done():
                self._running.result()
            if time.perf_counter() > deadline:
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True

    def marks(self) -> tuple[int, ...]:
        """Return where the trace stands, for `seen`."""
        trace = self.trace
        return len(trace.works), len(trace.logs), len(trace.records), len(trace.troubles)

    def ended_since(self, marks: tuple[int, ...], moment: float) -> bool:
        """Whether what was said since ``marks`` has been taken for finished after ``moment``."""
        moments = (committed(log) for log in self.trace.logs[marks[1] :])
        return any(at is not None and at >= moment for at in moments)

    def _answered_since(self, moment: float) -> bool:
        """Whether a reply sounds, or a turn has ended, after ``moment``."""
        if self.live.state is State.SPEAKING:
            return True
        return any(at > moment for at, _ in reversed(self.trace.records))


@asynccontextmanager
async def session(bench: Bench, **furniture: Any) -> AsyncIterator[Session]:
    """Converse in a room with ``furniture`` (see `Room`) while the block runs; note what goes wrong."""
    trace = Trace()
    assistant = bench.assistant
    live, ear, playback = await assistant.converse(trace)
    keeper = Timekeeper(ear)
    room = Room(
        keeper,
        playback,
        clock=time.perf_counter,
        threaded=True,
        recorded_seconds=RECORDED_SECONDS,
        **furniture,
    )
    with trace.following(assistant.conversation, playback), _failures(trace):
        running = asyncio.create_task(room.run(), name="room")
        try:
            await asyncio.sleep(HABITUATION_SECONDS)
            yield Session(assistant, live, room, keeper=keeper, trace=trace, running=running)
        finally:
            await live.close()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            bench.troubles.extend(trace.troubles)


@contextmanager
def _failures(trace: Trace) -> Iterator[None]:
    """Take what fails in a callback of the loop, which else would only be logged, for a trouble."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()

    def note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        trace.on_trouble(f"{context['message']}: {context.get('exception')!r}")
        loop.default_exception_handler(context)

    loop.set_exception_handler(note)
    try:
        yield
    finally:
        loop.set_exception_handler(before)


def committed(log: TurnLog) -> float | None:
    """Return the clock second at which a turn's draft became its answer; None if it never did."""
    return reached(log, Stage.ENDPOINT) if log.endpoint else None


def reached(log: TurnLog, stage: Stage) -> float | None:
    """Return the clock second at which a turn reached ``stage``."""
    after_ms = log.record().timings_ms[stage]
    return None if after_ms is None else log.started + after_ms / 1000
