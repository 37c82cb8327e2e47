"""The assistant at home in a simulated home: connected to its broker, and told what is there."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceslm import config
from voiceslm.assistant import Assistant
from voiceslm.home.message import Message
from voiceslm.residence import Residence

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from voiceslm.bench.home.broker import Address
    from voiceslm.bench.home.homes import Home
    from voiceslm.config import Settings
    from voiceslm.conversation.pipeline import Conversation
    from voiceslm.events import Speech, TurnRecord

PATIENCE_SECONDS = 5.0
"""What is awaited comes in milliseconds, or something is broken."""

_NO_HURRY = 6000
"""Commands a minute: a bench gives more than a person."""


class Lodging:
    """What the assistant is told of one simulated home."""

    def __init__(self, settings: Settings) -> None:
        """Know nothing yet; `lodged` connects."""
        self.residence = Residence(settings, report=_ignore, on_own=self._take)
        self._topic = f"bench/{secrets.token_hex(6)}"
        self._echo = asyncio.Event()
        self.residence.connection.subscribe([self._topic], group="bench")

    async def told(self) -> float:
        """Wait until all that the broker has so far has come here.

        Returns:
            Seconds until the broker had acknowledged the message that is sent for it.

        Raises:
            TimeoutError: it does not come.
        """
        self._echo.clear()
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE_SECONDS):
            began = loop.time()
            await self.residence.connection.publish(Message(self._topic, ""), deadline=PATIENCE_SECONDS)
            taken = loop.time() - began
            await self._echo.wait()
        return taken

    def _take(self, topic: str, _payload: bytes, _retained: bool) -> bool:  # noqa: FBT001 - as `Residence` has it
        if topic == self._topic:
            self._echo.set()
        return topic == self._topic


@asynccontextmanager
async def lodged(settings: Settings) -> AsyncIterator[Lodging]:
    """Be connected with the home of ``settings`` while the block runs; it begins when the home is known."""
    lodging = await asyncio.to_thread(Lodging, settings)
    running = asyncio.create_task(lodging.residence.run(), name="home")
    try:
        await lodging.residence.learnt()
        yield lodging
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def living(
    settings: Settings, lodging: Lodging, *, asks_pin: bool = True, **engines: bool
) -> AsyncIterator[Assistant]:
    """Have an assistant with ``engines`` (see `Assistant.load`) in the home, with lists that are kept."""
    with tempfile.TemporaryDirectory(prefix="voiceslm-bench-") as folder:
        async with Assistant(settings, lodging.residence, state=Path(folder), asks_pin=asks_pin) as assistant:
            yield await assistant.load(**engines)


def settings_in(settings: Settings, home: Home, address: Address, **more: Any) -> Settings:
    """Return ``settings`` for life in ``home``, of which nothing else is configured.

    Args:
        settings: whose models and manners are kept.
        home: which declares its media players, lists and floors.
        address: of its broker.
        more: further keys of the section ``home``.
    """
    declared = config.Home(
        floors={floor: list(areas) for floor, areas in home.floors.items()},
        lists=list(home.lists.values()),
        devices=[dict(player) for player in home.players],
        commands_per_minute=_NO_HURRY,
        **more,
    )
    broker = config.Mqtt(host=address.host, port=address.port, announce="off")
    return settings.model_copy(update={"mqtt": broker, "home": declared})


async def said(conversation: Conversation, text: str) -> TurnRecord:
    """Let ``text`` be answered in writing, as if somebody who is here had said it."""
    log = conversation.begin()
    log.written, log.transcript = True, text
    await conversation.answer(log, _unheard)
    return log.record()


async def _unheard(_speech: Speech) -> None:
    """Play nothing."""


def _ignore(_words: str) -> None:
    """Tell nobody."""
