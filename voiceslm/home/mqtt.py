"""The connection to the broker: made, kept, and made again whatever happens to it.

Nothing is kept for later. What cannot be handed over now is not published, and what came in over a connection
that was lost is not delivered after it: a command must not act minutes after it was meant.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NoReturn

import aiomqtt

from voiceslm.errors import Problem
from voiceslm.home.backoff import Backoff
from voiceslm.home.link import Link, sound
from voiceslm.home.options import tls_context
from voiceslm.home.trouble import explain, lasting, refuses_exactly_once

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Iterable, Iterator

    from voiceslm.home.message import Message
    from voiceslm.home.options import Options

FILTERS_AT_ONCE = 100
"""Topics in one SUBSCRIBE; brokers limit the size of a packet."""

STEADY_SECONDS = 30.0
"""A connection that held for so long was a success: the next trouble begins with a short wait."""


class Connection:
    """One client of one broker. Use it on one event loop."""

    def __init__(
        self,
        options: Options,
        *,
        on_message: Callable[[str, bytes, bool], None],
        on_connected: Callable[[], Awaitable[None]],
        report: Callable[[str], None],
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect to nothing yet.

        Args:
            options: how to connect.
            on_message: takes topic, payload and whether the broker had retained it; on the event loop, so it
                must not block.
            on_connected: runs at every connection, after subscribing.
            report: is told in words, once a change, what happens to the connection.
            backoff: decides when to try again.
            clock: seconds, monotonic.
        """
        self._options = options
        self._on_message = on_message
        self._on_connected = on_connected
        self._report = report
        self._backoff = backoff or Backoff()
        self._clock = clock
        self._link: Link | None = None
        self._since = 0.0
        self._trouble: Problem | None = None
        self._revocable = True
        self._counts: Counter[str] = Counter()
        self._wanted: dict[str, frozenset[str]] = {}
        self._changed = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether messages can be exchanged, as far as is known."""
        return self._link is not None

    @property
    def trouble(self) -> Problem | None:
        """Why there is no connection; None while there is one, or none was tried yet."""
        return self._trouble

    def status(self) -> dict[str, Any]:
        """Return what ``voiceslm status`` tells: the broker, how it stands, and what went through."""
        host, port = self._options.address
        return {
            "broker": f"{host}:{port}",
            "connected": self.connected,
            "connected_seconds": round(self._clock() - self._since) if self.connected else 0,
            "connections": self._counts["connected"],
            "trouble": str(self._trouble or ""),
            "topics": len(self._all_wanted()),
            "received": self._counts["received"],
            "dropped_full": self._counts["full"],
            "dropped_large": self._counts["large"],
            "published": self._counts["published"],
            "not_published": self._counts["not published"],
        }

    def subscribe(self, topics: Iterable[str], *, group: str = "") -> None:
        """Say which topics ``group`` wants; those of its earlier call it no longer does.

        It is done at once where there is a connection, and at every one to come.
        """
        self._wanted[group] = frozenset(topic for topic in topics if sound(topic))
        self._changed.set()

    async def publish(self, message: Message, *, deadline: float) -> bool:
        """Hand a message to the broker, who has to acknowledge it within ``deadline`` seconds.

        False where there is no connection or no acknowledgement in time; it is not tried again. What is not
        retained goes out with QoS 2: a broker that stood still delivers it only when it is told to go on, and
        after the deadline it never is, for the connection is given up. From a broker that only knows QoS 1
        nobody can take back what it has received. What is retained goes out with QoS 1.
        """
        link = self._link
        taken = link is not None and sound(message.topic) and await link.publish(message, deadline)
        self._counts["published" if taken else "not published"] += 1
        return taken

    async def run(self) -> None:
        """Be connected as often as possible, until cancelled; then say farewell and disconnect."""
        while True:
            try:
                await self._connect_once()
            except (aiomqtt.MqttError, Problem) as error:
                self._revocable = self._revocable and not refuses_exactly_once(error)
                wait = self._backoff.wait(lasting=lasting(error))
                self._tell_trouble(explain(error))
            await asyncio.sleep(wait)

    async def _connect_once(self) -> NoReturn:
        """Live through one connection.

        Raises:
            MqttError, Problem: it came to nothing, or is lost.
        """
        password, context = await asyncio.to_thread(_read, self._options)
        link = Link(self._options, password, context, self._counts, revocable=self._revocable)
        await link.open()
        self._link, self._since, self._trouble = link, self._clock(), None
        self._counts["connected"] += 1
        self._report("connected to the broker {}:{}".format(*self._options.address))
        lost = False
        try:
            await self._live(link)
        except aiomqtt.MqttError:
            lost = True
            raise
        finally:
            self._link = None
            if self._clock() - self._since >= STEADY_SECONDS:
                self._backoff.reset()
            await link.close(None if lost else self._options.will)

    async def _live(self, link: Link) -> NoReturn:
        """Receive and stay subscribed until the connection is lost."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(link.receive(self._take), name="mqtt receive")
                group.create_task(link.hold(), name="mqtt hold")
                group.create_task(self._stay_subscribed(link), name="mqtt subscribe")
        except* aiomqtt.MqttError as group_of_errors:
            error = group_of_errors.exceptions[0]
        raise error

    def _take(self, message: aiomqtt.Message) -> None:
        self._counts["received"] += 1
        self._on_message(message.topic.value, message.payload, message.retain)

    async def _stay_subscribed(self, link: Link) -> NoReturn:
        """Subscribe to what is wanted, announce ourselves, and follow what is wanted from then on."""
        subscribed: frozenset[str] = frozenset()
        announced = False
        while True:
            self._changed.clear()
            wanted = self._all_wanted()
            refused: list[str] = []
            for filters in _batches(wanted - subscribed):
                refused += await link.subscribe(filters)
            for filters in _batches(subscribed - wanted):
                await link.unsubscribe(filters)
            if refused:
                self._report(f"the broker refuses {len(refused)} topics, such as {refused[0]}")
            subscribed = wanted
            if not announced:
                await self._on_connected()
                announced = True
            await self._changed.wait()

    def _all_wanted(self) -> frozenset[str]:
        return frozenset().union(*self._wanted.values())

    def _tell_trouble(self, problem: Problem) -> None:
        """Report trouble, unless it is the same as before."""
        host, port = self._options.address
        told = Problem(f"no connection to the broker {host}:{port}: {problem.cause}", problem.remedy)
        if str(told) != str(self._trouble):
            self._trouble = told
            self._report(str(told))


def _read(options: Options) -> tuple[str, ssl.SSLContext | None]:
    """Return what the connection needs and lies in files; blocks.

    Raises:
        Problem: a file cannot be read.
    """
    return options.secret(), tls_context(options)


def _batches(filters: frozenset[str]) -> Iterator[list[str]]:
    ordered = sorted(filters)
    return (ordered[i : i + FILTERS_AT_ONCE] for i in range(0, len(ordered), FILTERS_AT_ONCE))
