"""One connection to the broker, from opening to closing: aiomqtt, with its sharp edges covered."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import socket
import time
from typing import TYPE_CHECKING, Any, NoReturn, Self, cast

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from voiceslm.errors import Problem
from voiceslm.home.options import Options
from voiceslm.home.trouble import Stalled

if TYPE_CHECKING:
    import ssl
    from collections import Counter
    from collections.abc import Callable, Sequence

    from voiceslm.home.message import Message

__all__ = ["Link", "Options", "sound"]

LARGEST_PAYLOAD = 1_000_000
"""Bytes; more is dropped unread. The longest honest ones, a bridge's list of devices, take some 100 kB."""

LARGEST_PACKET = LARGEST_PAYLOAD + 70_000
"""Bytes, topic and header included; told to the broker, who then keeps what is larger (MQTT 5)."""

WAITING = 10_000
"""Messages that may wait to be handled. When full, the oldest goes: a newer one may correct it."""

WAITING_BYTES = 32_000_000
"""Bytes of payload that may wait to be handled; the same holds."""

BATCH_SECONDS = 0.005
"""Messages are handled for so long before others on the event loop get their turn."""

UNACKNOWLEDGED = 8
"""Messages under way to the broker. More would wait inside paho and leave it long after their deadline."""

ANSWER_SECONDS = 5.0
"""Longest wait for the broker to accept a connection."""

SOCKET_OPTIONS = (
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 5_000),
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
)
"""See tcp(7). After 5,000 ms without acknowledgement of sent bytes the system gives the connection up: a
command that found the cable pulled does not arrive when it is plugged in again. A small message is sent at
once: else it waits for the acknowledgement of the one before, which systems delay by 40 ms."""

AT_LEAST_ONCE, EXACTLY_ONCE = 1, 2
"""MQTT's qualities of service. With the second the broker holds a message until it is told to go on."""

FAREWELL_SECONDS = 1.0
"""Longest wait to leave in good order."""

ABANDON_SECONDS = 0.1
"""Longest wait to close a connection that never became one."""

LONGEST_TOPIC = 1_000
MOST_LEVELS = 100
"""Characters and levels of a topic; mosquitto closes the connection at 200 levels."""

_QUIET = logging.getLogger("voiceslm.home.paho")
_QUIET.setLevel(logging.CRITICAL)  # what paho and aiomqtt would log is reported in our own words


class _Inbox(asyncio.Queue[aiomqtt.Message]):
    """What has come in and is not handled yet; bounded."""

    def __init__(self, counts: Counter[str]) -> None:
        super().__init__(WAITING)
        self._counts = counts
        self._bytes = 0

    def put_nowait(self, item: aiomqtt.Message) -> None:
        size = len(item.payload)
        if size > LARGEST_PAYLOAD:
            self._counts["large"] += 1
            return
        while self.full() or self._bytes + size > WAITING_BYTES:
            self.get_nowait()
            self._counts["full"] += 1
        self._bytes += size
        super().put_nowait(item)

    def get_nowait(self) -> aiomqtt.Message:
        item = super().get_nowait()
        self._bytes -= len(item.payload)
        return item


class TidyClient(aiomqtt.Client):
    """A client that leaves nothing behind in the loop when its connection breaks.

    aiomqtt asks to write by the socket's number, in a later turn of the loop: where the connection broke in
    between, the number is nobody's, or another's, and nothing was ever sent. And why it broke is an error
    that nobody looks at, where nobody reads messages at that moment.
    """

    async def __aenter__(self) -> Self:
        """Connect."""
        before = self._disconnected
        before.add_done_callback(_looked_at)
        await super().__aenter__()
        if self._disconnected is not before:  # it broke while it was made
            self._disconnected.add_done_callback(_looked_at)
        return self

    def _on_socket_register_write(self, client: Any, userdata: Any, sock: Any) -> None:  # noqa: ARG002 - as there
        def write() -> None:
            try:
                client.loop_write()
            except OSError as error:
                if not self._disconnected.done():
                    self._disconnected.set_exception(error)

        def register() -> None:
            if sock.fileno() >= 0:
                self._loop.add_writer(sock.fileno(), write)

        self._loop.call_soon_threadsafe(register)


def _looked_at(end: asyncio.Future[None]) -> None:
    if not end.cancelled():
        end.exception()


class Link:
    """One connection; opened and closed once."""

    def __init__(
        self,
        options: Options,
        password: str,
        context: ssl.SSLContext | None,
        counts: Counter[str],
        *,
        revocable: bool,
    ) -> None:
        """Prepare a connection, on the event loop that will hold it.

        Args:
            options: how to connect.
            password: of the options.
            context: for TLS, of `voiceslm.home.options.tls_context`; None for none.
            counts: "large" and "full" count what had to be dropped.
            revocable: the broker knows `EXACTLY_ONCE`.
        """
        v5 = options.version == "5"
        self._inbox = _Inbox(counts)
        self._client = TidyClient(
            *options.address,
            username=options.username or None,
            password=password or None,
            logger=_QUIET,
            identifier=options.client_id,
            queue_type=cast("type[asyncio.Queue[aiomqtt.Message]]", lambda maxsize: self._inbox),  # noqa: ARG005
            protocol=aiomqtt.ProtocolVersion.V5 if v5 else aiomqtt.ProtocolVersion.V311,
            will=_will(options.will),
            timeout=ANSWER_SECONDS,
            keepalive=options.keepalive,
            properties=_packet_limit() if v5 else None,
            tls_context=context,
            socket_options=SOCKET_OPTIONS,
        )
        self._slots = asyncio.Semaphore(UNACKNOWLEDGED)
        self._sending: set[asyncio.Task[bool]] = set()
        self._acting = EXACTLY_ONCE if revocable else AT_LEAST_ONCE
        self._late, self._closed = asyncio.Event(), asyncio.Event()

    async def open(self) -> None:
        """Connect.

        Raises:
            MqttError, Problem: it failed; `voiceslm.home.trouble` knows why.
        """
        opening = asyncio.create_task(self._open(), name="mqtt open")
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:
            # A thread is in the middle of connecting and cannot be stopped: what it opens is closed then.
            self._leftover = asyncio.create_task(self._close_when_open(opening), name="mqtt close")
            await asyncio.wait({self._leftover}, timeout=FAREWELL_SECONDS)
            raise

    async def _close_when_open(self, opening: asyncio.Task[None]) -> None:
        with contextlib.suppress(aiomqtt.MqttError, Problem):
            await opening
            await self.close()

    async def _open(self) -> None:
        try:
            await self._client.__aenter__()
        except aiomqtt.MqttError:
            # Where the broker stays silent aiomqtt leaves the socket open; it would serve a second client.
            self._client.timeout = ABANDON_SECONDS
            with contextlib.suppress(aiomqtt.MqttError):
                await self._client.__aexit__(None, None, None)
            raise
        except ValueError:  # of the codec that host names go through
            raise Problem("mqtt.host is no host name", "Give a name or an address") from None

    async def receive(self, take: Callable[[aiomqtt.Message], None]) -> None:
        """Give every message to ``take``, until the connection is lost.

        Raises:
            MqttError: it was lost.
        """
        async for message in self._client.messages:
            take(message)
            until = time.perf_counter() + BATCH_SECONDS
            while not self._inbox.empty() and time.perf_counter() < until:
                take(self._inbox.get_nowait())

    async def subscribe(self, filters: Sequence[str]) -> list[str]:
        """Subscribe, and return those of ``filters`` that the broker refuses. Keepalive ends a vain wait.

        QoS 0: at QoS 1 mosquitto drops what goes beyond 1,000 retained messages.

        Raises:
            MqttError: the connection is lost.
        """
        answers = await self._client.subscribe([(topic, 0) for topic in filters], timeout=math.inf)
        return [
            topic
            for topic, answer in zip(filters, answers, strict=False)
            if isinstance(answer, ReasonCode) and answer.is_failure
        ]

    async def unsubscribe(self, filters: Sequence[str]) -> None:
        """Unsubscribe.

        Raises:
            MqttError: the connection is lost.
        """
        await self._client.unsubscribe(list(filters), timeout=math.inf)

    async def publish(self, message: Message, deadline: float) -> bool:
        """Say whether the broker has acknowledged ``message`` within ``deadline`` seconds.

        What is not retained is meant for now, and may not be delivered later: `hold` then ends.
        """
        sending: asyncio.Task[bool] | None = None
        try:
            async with asyncio.timeout(deadline):
                await self._slots.acquire()
                sending = asyncio.create_task(self._send(message), name="mqtt send")
                self._sending.add(sending)
                sending.add_done_callback(self._sent)
                await asyncio.wait({sending})
        except TimeoutError:
            if sending and not message.retain:
                self._late.set()
                await self._closed.wait()  # until then the broker could still be told to go on
            return False
        return not sending.cancelled() and sending.result()

    async def hold(self) -> NoReturn:
        """Wait until the connection has to be given up, so that the broker drops what has become too old.

        Raises:
            Stalled: it has.
        """
        await self._late.wait()
        raise Stalled

    async def _send(self, message: Message) -> bool:
        """Send, and wait for the acknowledgement as long as the connection lives: only it frees the slot."""
        qos = AT_LEAST_ONCE if message.retain else self._acting
        try:
            await self._client.publish(message.topic, message.payload, qos, message.retain, timeout=math.inf)
        except (aiomqtt.MqttError, ValueError):  # ValueError: nothing to be sent, such as a wildcard
            return False
        return True

    def _sent(self, sending: asyncio.Task[bool]) -> None:
        self._sending.discard(sending)
        self._slots.release()

    async def close(self, farewell: Message | None = None) -> None:
        """Publish ``farewell`` and disconnect; within `FAREWELL_SECONDS`, or else not in good order."""
        with contextlib.suppress(TimeoutError, aiomqtt.MqttError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                if farewell:
                    await self.publish(farewell, FAREWELL_SECONDS / 2)
                await self._client.__aexit__(None, None, None)
        for sending in self._sending:
            sending.cancel()
        self._closed.set()


def sound(topic: str) -> bool:
    """Tell whether ``topic``, wildcards included, is one that no broker closes the connection for."""
    try:
        aiomqtt.Wildcard(topic)
    except ValueError:
        return False
    return topic.isprintable() and len(topic) <= LONGEST_TOPIC and topic.count("/") < MOST_LEVELS


def _will(message: Message | None) -> aiomqtt.Will | None:
    return aiomqtt.Will(message.topic, message.payload, message.qos, message.retain) if message else None


def _packet_limit() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.MaximumPacketSize = LARGEST_PACKET
    return properties
