"""The other half of the composition root: settings -> a home that is connected, learnt and understood."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from voiceslm.config import mqtt_password
from voiceslm.home.home import Home
from voiceslm.home.mqtt import Connection
from voiceslm.home.options import Options
from voiceslm.home.registry import Registry
from voiceslm.intents.home import HomeSentences

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from voiceslm.config import Settings
    from voiceslm.entities import Entity
    from voiceslm.home.message import Message

SETTLE_SECONDS = 0.1
"""Changes of the home are learnt together when they come so close: a broker tells thousands at once."""

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
            Options(
                host=mqtt.host,
                client_id=client_id or f"voiceslm-{secrets.token_hex(6)}",
                port=mqtt.port,
                username=mqtt.username,
                password=mqtt_password(mqtt),
                tls=mqtt.tls == "on",
                ca_file=mqtt.ca_file,
                cert_file=mqtt.cert_file,
                key_file=mqtt.key_file,
                version=mqtt.version,
                keepalive=mqtt.keepalive_seconds,
                will=will,
            ),
            on_message=self._take,
            on_connected=self._greet,
            report=report,
        )
        self.home = Home(
            self.registry,
            self.connection,
            confirm_seconds=home.confirm_seconds,
            commands_per_minute=home.commands_per_minute,
            changed=self._changed,
        )
        self.sentences = HomeSentences(settings.language)
        self._lists = home.lists
        self.on_learnt: Callable[[Sequence[Entity]], Awaitable[None]] = _ignore
        """Is called with what there is, each time that it was learnt anew."""
        self._on_own = on_own or (lambda _topic, _payload, _retained: False)
        self._dirty = asyncio.Event()
        self._dirty.set()
        self._learnt = asyncio.Event()
        self._heard = asyncio.Event()
        self._connected = asyncio.Event()
        self._on_connected = on_connected or _nothing

    async def run(self) -> None:
        """Stay connected and learn, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.connection.run(), name="mqtt")
            group.create_task(self._learn(), name="learn the home")

    async def learnt(self) -> None:
        """Wait until what the broker has retained is known, bounded."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEARNT_SECONDS):
                await self._connected.wait()
                while await self._told():
                    pass
                await self._learnt.wait()

    async def _told(self) -> bool:
        """Wait for a message; say whether one came soon."""
        self._heard.clear()
        try:
            await asyncio.wait_for(self._heard.wait(), QUIET_SECONDS)
        except TimeoutError:
            return self._dirty.is_set()
        return True

    async def _greet(self) -> None:
        self._connected.set()
        await self._on_connected()

    def _take(self, topic: str, payload: bytes, retained: bool) -> None:  # noqa: FBT001 - as `Connection` calls it
        self._heard.set()
        if not self._on_own(topic, payload, retained):
            self.home.take(topic, payload)

    def _changed(self) -> None:
        self._learnt.clear()
        self._dirty.set()

    async def _learn(self) -> None:
        while True:
            await self._dirty.wait()
            await asyncio.sleep(SETTLE_SECONDS)
            self._dirty.clear()
            self.home.settle()
            entities = [*self.home.entities.values()]
            await asyncio.to_thread(self.sentences.learn, entities, {"todo": self._lists})
            await self.on_learnt(entities)
            self._learnt.set()


@asynccontextmanager
async def visited(settings: Settings, report: Callable[[str], None]) -> AsyncIterator[Residence]:
    """Be in the home while the block runs, without announcing it: for a command that runs once.

    The block begins when what the broker has retained is known, or after three seconds.
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
