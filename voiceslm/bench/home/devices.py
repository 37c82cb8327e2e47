"""A simulated home: things that announce themselves to a broker, hear its commands and report their state.

It is the other side of the wire, and shares no code with the assistant that it is to test.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from voiceslm.bench.home.discovered import Announced, announced, slug
from voiceslm.bench.home.kinds import DIALECTS
from voiceslm.bench.home.physics import DEED, changed, journey
from voiceslm.bench.home.templates import payload_that_says
from voiceslm.bench.home.wire import PATIENCE_SECONDS, Wire
from voiceslm.entities import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from voiceslm.bench.home.broker import Address
    from voiceslm.bench.home.dialect import Dialect, Hears
    from voiceslm.entities import State, Value

DELAY_SECONDS = (0.05, 0.3)
"""From a command to the report of what came of it, as common devices take."""


class Message(NamedTuple):
    """What went over the wire."""

    at: float
    """Clock seconds (`time.perf_counter`)."""

    topic: str
    payload: str


class Deed(NamedTuple):
    """What was done and left no lasting value: a button pressed, a scene activated."""

    at: float
    """Clock seconds."""

    key: str
    deed: str


@dataclass(frozen=True, slots=True)
class Habit:
    """How a thing differs from one that simply does what it is told."""

    silent: bool = False
    """It neither does nor reports anything."""

    delay: tuple[float, float] | None = None
    """Its own least and greatest seconds until a report."""

    instead: State = field(default_factory=dict)
    """Values that it takes whatever it was told."""

    travel: float = 0.0
    """Seconds that opening, closing, locking or returning takes; meanwhile it reports to be on its way."""


@dataclass(slots=True)
class _Thing:
    """One simulated thing."""

    key: str
    kind: Kind
    dialect: Dialect
    state: dict[str, Value]
    habit: Habit
    arrival: asyncio.TimerHandle | None = None
    """When it will be where it is going."""

    @property
    def topics(self) -> tuple[str, ...]:
        """Where its state is reported."""
        return tuple(dict.fromkeys(tells.topic for tells in self.dialect.tells))


class SimulatedHome:
    """The things that discovery messages announce, at work while its ``async with`` block runs.

    On leaving, whatever it left on the broker is removed.
    """

    def __init__(
        self,
        address: Address,
        discovery: Mapping[str, Mapping[str, Any]],
        *,
        players: Sequence[Mapping[str, Any]] = (),
        initial: Mapping[str, State] | None = None,
        habits: Mapping[str, Habit] | None = None,
        delay: tuple[float, float] = DELAY_SECONDS,
        seed: int = 0,
    ) -> None:
        """Furnish it.

        Args:
            address: of the broker.
            discovery: topic -> payload, in the format of Home Assistant's MQTT discovery.
            players: media players, as declared in the assistant's configuration; a player's key is
                ``media_player.`` and its name.
            initial: key -> properties that differ from the usual at first.
            habits: key -> how it differs from a thing that does what it is told.
            delay: least and greatest seconds from a command to the report of what came of it.
            seed: of those delays.
        """
        self.discovery = {topic: dict(payload) for topic, payload in discovery.items()}
        self.log: list[Message] = []
        """Every command received."""
        self.reports: list[Message] = []
        """Every state published."""
        self.deeds: list[Deed] = []
        self._delay = delay
        self._random = random.Random(seed)  # noqa: S311 - a simulation that can be repeated
        self._things: dict[str, _Thing] = {}
        self._listeners: dict[str, list[tuple[_Thing, Hears]]] = {}
        self._availability: dict[str, list[tuple[str, str, str, str]]] = {}
        self._published: dict[str, str] = {}
        self._wire = Wire(address, self._greet, self._hear)
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        for thing in (*announced(self.discovery), *map(_player, players)):
            self._add(thing, (initial or {}).get(thing.key, {}), (habits or {}).get(thing.key, Habit()))

    @property
    def states(self) -> dict[str, dict[str, Value]]:
        """What each thing is now, by key, in the properties of `voiceslm.entities`: a copy."""
        return {key: dict(thing.state) for key, thing in self._things.items()}

    async def __aenter__(self) -> Self:
        """Connect and announce everything; return once the broker has all of it.

        Raises:
            TimeoutError: the broker does not answer.
        """
        await self._wire.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        """Remove every trace and disconnect."""
        for thing in self._things.values():
            self._stay(thing)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._wire.__aexit__(*error)

    async def set(self, key: str, **changes: Value) -> None:
        """Let something happen to a thing, as if by hand, and report it at once."""
        thing = self._things[key]
        thing.state = changed(thing.kind, thing.state, changes)
        await self._report(thing)

    async def reset(self, states: Mapping[str, State]) -> None:
        """Put things into exactly these states, and report them at once."""
        for key, state in states.items():
            thing = self._things[key]
            self._stay(thing)
            thing.state = dict(state)
            await self._report(thing)

    async def set_available(self, key: str, *, available: bool) -> None:
        """Report a thing, and all that shares its availability, to be online or offline."""
        for topic, template, online, offline in self._availability[key]:
            word = online if available else offline
            said = payload_that_says(template, word, self._published.get(topic, ""))
            if said is not None:
                self._published[topic] = said
            await self._publish(topic)

    async def announce(self, topic: str, payload: Mapping[str, Any] | None) -> None:
        """Announce one thing more; without a payload, take back what a topic announced."""
        if payload is None:
            self.discovery.pop(topic, None)
            await self._wire.tell(topic, "")
            return
        self.discovery[topic] = dict(payload)
        for thing in announced({topic: payload}):
            self._add(thing, {}, Habit())
        await self._greet()

    async def settled(self) -> None:
        """Wait until all commands that the broker has so far are heard, done and reported.

        A thing that is on its way is not waited for.

        Raises:
            TimeoutError: the broker does not answer.
        """
        await self._wire.through()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._wire.through()

    async def until(self, condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until ``condition`` holds, which is looked at whenever something is heard or reported.

        Raises:
            TimeoutError: it does not hold in time.
        """
        async with asyncio.timeout(seconds):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def _add(self, thing: Announced, initial: State, habit: Habit) -> None:
        dialect = DIALECTS[thing.kind](thing.config)
        state = changed(thing.kind, dialect.state, initial)
        simulated = _Thing(thing.key, thing.kind, dialect, state, habit)
        self._things[thing.key] = simulated
        for hears in dialect.hears:
            self._listeners.setdefault(hears.topic, []).append((simulated, hears))
        self._availability[thing.key] = list(_availability(thing.config))

    async def _greet(self) -> None:
        for topic in self._listeners:
            await self._wire.listen(topic)
        for topic, payload in self.discovery.items():
            await self._wire.tell(topic, json.dumps(payload))
        for key in self._things:
            await self.set_available(key, available=True)
        for thing in self._things.values():
            self._word(thing)
        for topic in dict.fromkeys(topic for thing in self._things.values() for topic in thing.topics):
            await self._publish(topic)

    def _hear(self, topic: str, payload: str) -> None:
        if self._wire.told(topic) and payload in ("", self._published.get(topic)):
            return  # one's own word: this thing listens where it speaks
        self.log.append(Message(time.perf_counter(), topic, payload))
        for thing, hears in self._listeners.get(topic, ()):
            meaning = hears.meaning(payload)
            if meaning is not None and not thing.habit.silent:
                self._act(thing, meaning)
        self._news.set()

    def _act(self, thing: _Thing, meaning: State) -> None:
        if DEED in meaning:
            self.deeds.append(Deed(time.perf_counter(), thing.key, str(meaning[DEED])))
        before = thing.state
        after = {**changed(thing.kind, before, meaning), **thing.habit.instead}
        way = journey(thing.kind, before, after) if thing.habit.travel else None
        self._stay(thing)
        if way is not None:
            after, end = dict(way[0]), way[1]
            loop = asyncio.get_running_loop()
            thing.arrival = loop.call_later(thing.habit.travel, self._arrive, thing, end)
        thing.state = after
        delay = self._random.uniform(*(thing.habit.delay or self._delay))
        self._do(self._report_after(thing, delay))

    def _arrive(self, thing: _Thing, end: State) -> None:
        thing.state, thing.arrival = dict(end), None
        self._do(self._report(thing))

    @staticmethod
    def _stay(thing: _Thing) -> None:
        if thing.arrival is not None:
            thing.arrival.cancel()
            thing.arrival = None

    async def _report_after(self, thing: _Thing, delay: float) -> None:
        if delay:
            await asyncio.sleep(delay)
        await self._report(thing)

    async def _report(self, thing: _Thing) -> None:
        self._word(thing)
        for topic in thing.topics:
            await self._publish(topic)
        self._news.set()

    def _word(self, thing: _Thing) -> None:
        """Put a thing's state into the words of its topics."""
        for tells in thing.dialect.tells:
            self._published[tells.topic] = tells.payload(thing.state, self._published.get(tells.topic, ""))

    async def _publish(self, topic: str) -> None:
        payload = self._published.get(topic, "")
        if payload:
            self.reports.append(Message(time.perf_counter(), topic, payload))
            await self._wire.tell(topic, payload)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _player(declared: Mapping[str, Any]) -> Announced:
    key = f"media_player.{slug(str(declared['name']))}"
    return Announced(key, Kind.MEDIA_PLAYER, {**declared, "availability": []})


def _availability(config: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return topic, template, word for online and word for offline of each way to tell."""
    ways = [
        (way["topic"], way.get("value_template", ""), way)
        for way in config.get("availability", ())
        if "topic" in way
    ]
    if "availability_topic" in config:
        ways.append((config["availability_topic"], config.get("availability_template", ""), config))
    return [
        (
            topic,
            template,
            str(options.get("payload_available", "online")),
            str(options.get("payload_not_available", "offline")),
        )
        for topic, template, options in ways
    ]
