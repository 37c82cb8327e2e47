"""A connection to the broker that comes back, and that remembers what it left there."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import uuid
from typing import TYPE_CHECKING, Self

import aiomqtt

from voiceslm.home.link import TidyClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from voiceslm.bench.home.broker import Address

PATIENCE_SECONDS = 5.0
"""What a simulation waits for comes in milliseconds, or something is broken."""

_RECONNECT_SECONDS = 0.1

_AT_ONCE = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
"""Small messages do not wait for the acknowledgement of others, which takes 40 ms."""


class Wire:
    """Hears and tells, while its ``async with`` block runs; on leaving, all that it left is removed."""

    def __init__(
        self,
        address: Address,
        greet: Callable[[], Awaitable[None]],
        hear: Callable[[str, str], None],
    ) -> None:
        """Prepare.

        Args:
            address: of the broker.
            greet: called on every connection: subscribes, and tells everything.
            hear: called with topic and payload of every message.
        """
        self._address = address
        self._greet = greet
        self._hear = hear
        self._client: aiomqtt.Client | None = None
        self._serving: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()
        self._left: set[str] = set()
        self._echo = f"simulated-home/{uuid.uuid4().hex}"
        self._echoes: dict[str, asyncio.Future[None]] = {}

    async def __aenter__(self) -> Self:
        """Connect; return once the broker has all that was told.

        Raises:
            TimeoutError: it does not answer.
        """
        self._serving = asyncio.create_task(self._serve(), name="simulated home")
        try:
            await self.through()
        except BaseException:
            await self._hang_up()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Remove what was left, and disconnect."""
        with contextlib.suppress(TimeoutError):
            for topic in sorted(self._left):
                await self.tell(topic, "")
            await self.through()
        await self._hang_up()

    async def tell(self, topic: str, payload: str) -> None:
        """Publish and let the broker keep it; nothing happens while there is no connection."""
        self._left.add(topic)
        if self._client is not None:
            with contextlib.suppress(aiomqtt.MqttError):  # the next connection begins with telling everything
                await self._client.publish(topic, payload, retain=True)

    async def listen(self, topic: str) -> None:
        """Hear what comes on a topic."""
        if self._client is not None:
            await self._client.subscribe(topic)

    def told(self, topic: str) -> bool:
        """Whether anything was ever told there."""
        return topic in self._left

    async def through(self) -> None:
        """Send something to oneself: when it arrives, all that the broker had before it is heard.

        Raises:
            TimeoutError: it does not arrive.
        """
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._connected.wait()
            token = uuid.uuid4().hex
            self._echoes[token] = asyncio.get_running_loop().create_future()
            if self._client is not None:
                with contextlib.suppress(aiomqtt.MqttError):
                    await self._client.publish(self._echo, token)
            await self._echoes[token]

    async def _serve(self) -> None:
        while True:
            try:
                async with TidyClient(
                    self._address.host, self._address.port, socket_options=_AT_ONCE
                ) as client:
                    self._client = client
                    await client.subscribe(self._echo)
                    await self._greet()
                    self._connected.set()
                    async for message in client.messages:
                        self._take(str(message.topic), bytes(message.payload or b"").decode(errors="replace"))
            except aiomqtt.MqttError:
                self._client = None
                self._connected.clear()
                await asyncio.sleep(_RECONNECT_SECONDS)

    def _take(self, topic: str, payload: str) -> None:
        if topic != self._echo:
            self._hear(topic, payload)
            return
        waiting = self._echoes.pop(payload, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    async def _hang_up(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
