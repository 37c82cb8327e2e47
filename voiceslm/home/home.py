"""The home as the conversation sees it: what is there, how it is, and how to change it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Protocol

from voiceslm.entities import Outcome, Result
from voiceslm.home.driver import Unable
from voiceslm.home.guard import HURRIED
from voiceslm.home.registry import Forbidden
from voiceslm.home.states import already, reached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from voiceslm.entities import Change, Entity, State
    from voiceslm.home.message import Message
    from voiceslm.home.registry import Registry

PUBLISH_DEADLINE = 1.0
"""Seconds for the broker to take a command; later it would surprise."""


class Broker(Protocol):
    """What takes messages to the devices."""

    @property
    def connected(self) -> bool:
        """Whether messages can be exchanged, as far as is known."""
        ...

    async def publish(self, message: Message, *, deadline: float) -> bool:
        """Hand a message over; False where that is not possible in time."""
        ...

    def subscribe(self, topics: Iterable[str]) -> None:
        """Say which topics are of interest; those of an earlier call no longer are."""
        ...


class Home:
    """Applies changes, and waits for what the devices say to them. Use it on the event loop."""

    def __init__(
        self,
        registry: Registry,
        broker: Broker,
        *,
        confirm_seconds: float,
        commands_per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """Join what is known with the way to it.

        Args:
            registry: what is there.
            broker: takes commands.
            confirm_seconds: longest wait for a device's own report.
            commands_per_minute: changes beyond so many within a minute are refused.
            clock: seconds, monotonic.
            changed: is called when what there is has changed, not for states; `settle` some time after.
        """
        self._registry = registry
        self._broker = broker
        self._confirm_seconds = confirm_seconds
        self._commands_per_minute = commands_per_minute
        self._clock = clock
        self._changed = changed
        self._version = registry.version
        self._watcher: Callable[[frozenset[str]], None] | None = None
        self._sent: deque[float] = deque()
        self._waiting: dict[str, set[asyncio.Event]] = {}

    @property
    def version(self) -> int:
        """Grows whenever what there is changes."""
        return self._registry.version

    @property
    def entities(self) -> Mapping[str, Entity]:
        """What there is, by id."""
        return self._registry.entities

    @property
    def reachable(self) -> bool:
        """Whether devices can be told anything, as far as is known."""
        return self._broker.connected

    def state(self, entity: str) -> State:
        """Return what an entity last reported."""
        return self._registry.state(entity)

    def available(self, entity: str) -> bool:
        """Say whether an entity can be reached."""
        return self._registry.available(entity)

    def take(self, topic: str, payload: bytes) -> None:
        """Take a message from the broker."""
        told = self._registry.take(topic, payload)
        for entity in told:
            for event in self._waiting.get(entity, ()):
                event.set()
        if told and self._watcher:
            self._watcher(told)
        if self._registry.version != self._version:
            self._changed()

    def watch(self, watcher: Callable[[frozenset[str]], None]) -> None:
        """Let ``watcher`` be told the ids of entities that have reported something."""
        self._watcher = watcher

    def settle(self) -> None:
        """Subscribe to what there is now. Once for many changes: thousands come at a time."""
        self._version = self._registry.version
        self._broker.subscribe([*self._registry.discovery_filters, *self._registry.topics])

    async def apply(self, changes: Sequence[Change]) -> tuple[Outcome, ...]:
        """Bring ``changes`` about, all at once, and say what came of each, in their order.

        Those of one entity follow one another. Too many within a minute are refused, all or none; after a
        quiet minute as many as there are devices may be sent. Cancelled, it waits for no reports any more.
        """
        if not self._may(sum(self._needed(change) for change in changes)):
            return tuple(self._outcome(change, Result.REFUSED, HURRIED) for change in changes)
        found: dict[int, Outcome] = {}
        queues: dict[str, list[int]] = {}
        for index, change in enumerate(changes):
            queues.setdefault(change.entity, []).append(index)

        async def one_by_one(queue: Iterable[int]) -> None:
            for index in queue:
                found[index] = await self._apply(changes[index])

        await asyncio.gather(*(one_by_one(queue) for queue in queues.values()))
        return tuple(found[index] for index in range(len(changes)))

    async def _apply(self, change: Change) -> Outcome:
        entity = self.entities.get(change.entity)
        if entity is None:
            return self._outcome(change, Result.UNABLE, "there is no such entity")
        try:
            messages = self._registry.messages(change)
        except Forbidden as reason:
            return self._outcome(change, Result.REFUSED, str(reason))
        except Unable as reason:
            return self._outcome(change, Result.UNABLE, str(reason))
        if not self.available(entity.id):
            return self._outcome(change, Result.UNAVAILABLE)
        if not self._needed(change):
            return self._outcome(change, Result.ALREADY)
        return await self._send(change, messages, confirms=change.wants.keys() <= entity.reports)

    def _needed(self, change: Change) -> bool:
        return bool(change.deed) or not already(change.wants, self.state(change.entity))

    def _outcome(self, change: Change, result: Result, reason: str = "") -> Outcome:
        """Return the outcome of a change that leaves things as they are."""
        now = dict(self.state(change.entity))
        return Outcome(change, result, now, now, reason)

    async def _send(self, change: Change, messages: Iterable[Message], *, confirms: bool) -> Outcome:
        before = dict(self.state(change.entity))
        event = asyncio.Event()
        self._waiting.setdefault(change.entity, set()).add(event)
        self._sent.append(self._clock())
        try:
            for message in messages:
                if not await self._broker.publish(message, deadline=PUBLISH_DEADLINE):
                    return self._outcome(change, Result.OFFLINE)
            if not change.wants or not confirms:
                return Outcome(change, Result.SENT, before, before)
            result = await self._reported(change, event, before)
        finally:
            self._waiting[change.entity].discard(event)
            if not self._waiting[change.entity]:
                del self._waiting[change.entity]
        return Outcome(change, result, before, dict(self.state(change.entity)))

    async def _reported(self, change: Change, event: asyncio.Event, before: State) -> Result:
        """Wait until the device reports what is wanted, bounded; say whether it does.

        What already looked like it before, such as a blind that moves, must be reported anew.
        """
        fresh = event.is_set() or not reached(change.wants, before)
        try:
            async with asyncio.timeout(self._confirm_seconds):
                while not (fresh and reached(change.wants, self.state(change.entity))):
                    await event.wait()
                    event.clear()
                    fresh = True
                    if change.entity not in self.entities:
                        return Result.UNABLE
                    if not self.available(change.entity):
                        return Result.UNAVAILABLE
        except TimeoutError:
            return Result.SILENT
        return Result.DONE

    def _may(self, commands: int) -> bool:
        """Say whether so many commands may be sent now."""
        now = self._clock()
        while self._sent and now - self._sent[0] > 60:  # noqa: PLR2004 - seconds in a minute
            self._sent.popleft()
        return not self._sent or len(self._sent) + commands <= self._commands_per_minute
