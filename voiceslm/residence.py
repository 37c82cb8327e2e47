"""The other half of the composition root: settings -> a home that is connected, learnt and understood."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from voiceslm.errors import Problem
from voiceslm.home.home import Home
from voiceslm.home.mqtt import Connection
from voiceslm.home.options import options_of
from voiceslm.home.registry import Registry
from voiceslm.intents.home import HomeSentences
from voiceslm.worker import WorkerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from voiceslm.config import Settings
    from voiceslm.entities import Entity
    from voiceslm.home.message import Message

SETTLE_SECONDS = 0.1
SETTLE_MOST = 10
"""Changes of the home are learnt together when they come so close on each other, but after so many waits at
the latest: a broker tells thousands at once, and learning those takes a third of a second."""

REFUSALS_SECONDS = 2.0
"""For so long what cannot be used is counted before it is told."""

LEARNT_SECONDS = 3.0
"""Longest wait of a command that runs once for what the broker has retained."""

QUIET_SECONDS = 0.25
"""Nothing new for so long: all that was retained has come."""


class Residence:
    """One home: the connection, what is known, and the sentences about it."""

    def __init__(
        self,
        settings: Settings,
        *,
        report: Callable[[str], None],
        client_id: str = "",
        will: Message | None = None,
        on_connected: Callable[[], Awaitable[None]] | None = None,
        on_own: Callable[[str, bytes, bool], bool] | None = None,
    ) -> None:
        """Know nothing yet; `run` connects.

        Args:
            settings: everything that can be configured.
            report: is told in words what happens to the connection.
            client_id: as the broker knows this client; empty for one that runs once.
            will: what the broker publishes if this client vanishes.
            on_connected: runs at every connection.
            on_own: takes each message first, with whether it was retained; says whether it was for itself.
        """
        mqtt, home = settings.mqtt, settings.home
        self.registry = Registry(
            prefix=mqtt.discovery_prefix,
            areas=home.areas,
            floors=home.floors,
            aliases=home.aliases,
            hidden=home.hidden,
            forbidden=home.forbidden,
            declared=home.devices,
        )
        self.connection = Connection(
            options_of(mqtt, client_id=client_id or f"voiceslm-{secrets.token_hex(6)}", will=will),
            on_message=self._take,
            on_connected=self._greet,
            report=self._tell,
        )
        self.home = Home(
            self.registry,
            self.connection,
            confirm_seconds=home.confirm_seconds,
            commands_per_minute=home.commands_per_minute,
            changed=self._changed,
        )
        self.sentences = HomeSentences(settings.language)
        self._report = report
        self._lists = home.lists
        self.on_learnt: Callable[[Sequence[Entity]], Awaitable[None]] = _ignore
        """Is called with what there is, each time that it was learnt anew."""
        self._on_own = on_own or (lambda _topic, _payload, _retained: False)
        self._refused = 0
        self._telling: asyncio.TimerHandle | None = None
        self._dirty = asyncio.Event()
        self._dirty.set()
        self._learnt = asyncio.Event()
        self._untold = asyncio.Event()
        self._heard = asyncio.Event()
        self._tried = asyncio.Event()
        self._on_connected = on_connected or _nothing

    async def run(self) -> None:
        """Stay connected and learn, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.connection.run(), name="mqtt")
            group.create_task(self._learn(), name="learn the home")
            group.create_task(self._teach(), name="teach the home")

    async def learnt(self) -> None:
        """Wait until what the broker has retained is known, or there is no connection; bounded."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEARNT_SECONDS):
                await self._tried.wait()
                while self.connection.connected and await self._told():
                    pass
                await self._learnt.wait()

    @property
    def trouble(self) -> Problem | None:
        """Why the home cannot be reached; None while it can."""
        if self.connection.connected:
            return None
        silent = Problem("the broker does not answer", "Start it, or correct mqtt.host and mqtt.port")
        return self.connection.trouble or silent

    async def _told(self) -> bool:
        """Wait for something retained; say whether it came soon."""
        self._heard.clear()
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                await self._heard.wait()
        except TimeoutError:
            return self._dirty.is_set()
        return True

    async def _greet(self) -> None:
        self._tried.set()
        await self._on_connected()

    def _tell(self, words: str) -> None:
        if self.connection.trouble:
            self._tried.set()
        self._report(words)

    def _take(self, topic: str, payload: bytes, retained: bool) -> None:  # noqa: FBT001 - as `Connection` calls it
        if retained:
            self._heard.set()
        if not self._on_own(topic, payload, retained):
            self.home.take(topic, payload)
            self._note_refusals()

    def _changed(self) -> None:
        self._learnt.clear()
        self._dirty.set()

    def _note_refusals(self) -> None:
        """Tell of what cannot be used, all of some seconds at once: it may be a flood."""
        if self.registry.refused > self._refused and self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(REFUSALS_SECONDS, self._tell_refusals)

    def _tell_refusals(self) -> None:
        count = self.registry.refused - self._refused
        self._refused, self._telling = self.registry.refused, None
        what, why = self.registry.refusals[-1] if self.registry.refusals else ("", "")
        self._report(f"{count} of what devices announce cannot be used, lately {what}: {why}")

    async def _learn(self) -> None:
        while True:
            await self._dirty.wait()
            for _ in range(SETTLE_MOST):
                self._dirty.clear()
                await asyncio.sleep(SETTLE_SECONDS)
                if not self._dirty.is_set():
                    break
            self._dirty.clear()
            self.home.settle()
            entities = [*self.home.entities.values()]
            await asyncio.to_thread(self.sentences.learn, entities, {"todo": self._lists})
            self._learnt.set()
            self._untold.set()

    async def _teach(self) -> None:
        """Tell what there is: not in `_learn`, which must not wait for a language model that reads it."""
        while True:
            await self._untold.wait()
            self._untold.clear()
            try:
                await self.on_learnt([*self.home.entities.values()])
            except (Problem, WorkerError) as error:
                self._report(str(error))


@asynccontextmanager
async def visited(settings: Settings, report: Callable[[str], None]) -> AsyncIterator[Residence]:
    """Be in the home while the block runs, without announcing it: for a command that runs once.

    The block begins when what the broker has retained is known, or when there is no connection to it; after
    three seconds at the latest.
    """
    residence = Residence(settings, report=report)
    running = asyncio.create_task(residence.run(), name="home")
    try:
        await residence.learnt()
        yield residence
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _nothing() -> None:
    """Do nothing at a connection."""


async def _ignore(_entities: Sequence[Entity]) -> None:
    """Tell nobody."""
