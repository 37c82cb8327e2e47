"""What the home is told: one message after another, and no more than somebody still wants to know."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from voiceslm.home.message import Message

EVENTS = 32
"""Messages that are not retained and wait; one more drives out the oldest."""

AGAIN_SECONDS = 1.0
"""Until what is retained is tried again; at a new connection all of it is told anyway."""


class Outbox:
    """Waits for the broker in place of those who have something to tell."""

    def __init__(self, publish: Callable[[Message], Awaitable[bool]]) -> None:
        """Hand messages to ``publish``, which says whether it was possible, in a time that it bounds."""
        self._publish = publish
        self._retained: dict[str, Message] = {}
        self._events: list[Message] = []
        self._news = asyncio.Event()

    def put(self, messages: Iterable[Message]) -> None:
        """Let messages wait. Of what is retained at one topic only the newest does."""
        for message in messages:
            if message.retain:
                self._retained[message.topic] = message
            else:
                self._events = [*self._events, message][-EVENTS:]
        self._news.set()

    async def run(self) -> None:
        """Publish what waits, until cancelled: what is retained first. Only that is tried again."""
        while True:
            await self._news.wait()
            if self._retained:
                topic = next(iter(self._retained))
                message = self._retained.pop(topic)
                if not await self._publish(message):
                    self._retained.setdefault(topic, message)
                    await asyncio.sleep(AGAIN_SECONDS)
            elif self._events:
                await self._publish(self._events.pop(0))
            else:
                self._news.clear()
