"""What waits for the broker, and in which order it goes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from voiceslm.daemon.outbox import EVENTS, Outbox
from voiceslm.home.message import Message

LAST = Message("last", "")
"""Is published when nothing else waits."""


def retained(topic, payload):
    return Message(topic, payload, retain=True)


class Broker:
    """Takes what it is given, but for the first ``refusals`` messages; waits while it is told to."""

    def __init__(self, refusals=0):
        self.refusals = refusals
        self.tried = []
        self.taken = []
        self.open = asyncio.Event()
        self.open.set()
        self.called = asyncio.Event()
        self.done = asyncio.Event()

    async def publish(self, message):
        if message.topic == LAST.topic:
            self.done.set()
            return True
        self.called.set()
        await self.open.wait()
        self.tried.append((message.topic, message.payload))
        if len(self.tried) <= self.refusals:
            return False
        self.taken.append((message.topic, message.payload))
        return True


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr("voiceslm.daemon.outbox.AGAIN_SECONDS", 0)


@asynccontextmanager
async def emptied(broker, *batches):
    """Put ``batches`` into an outbox, and go on once it has nothing left."""
    outbox = Outbox(broker.publish)
    for batch in batches:
        outbox.put(batch)
    running = asyncio.create_task(outbox.run())
    try:
        yield outbox
        outbox.put([LAST])
        await asyncio.wait_for(broker.done.wait(), 5)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_is_told_goes_out_in_its_order():
    broker = Broker()
    async with emptied(broker, [Message("turn", "1"), Message("turn", "2")], [Message("turn", "3")]):
        pass
    assert broker.taken == [("turn", "1"), ("turn", "2"), ("turn", "3")]


async def test_of_what_is_retained_only_the_newest_goes_out():
    broker = Broker()
    async with emptied(broker, [retained("state", "old"), retained("timers", "0"), retained("state", "new")]):
        pass
    assert broker.taken == [("state", "new"), ("timers", "0")]


async def test_what_changes_while_the_broker_takes_its_time_goes_out_after_it():
    broker = Broker()
    broker.open.clear()
    async with emptied(broker, [retained("state", "old")]) as outbox:
        await broker.called.wait()
        outbox.put([retained("state", "new")])
        broker.open.set()
    assert broker.taken == [("state", "old"), ("state", "new")]


async def test_what_is_retained_is_tried_until_it_is_taken():
    broker = Broker(refusals=3)
    async with emptied(broker, [retained("state", "idle")]):
        pass
    assert broker.tried == [("state", "idle")] * 4


async def test_what_is_not_taken_does_not_come_back_over_something_newer():
    broker = Broker(refusals=1)
    broker.open.clear()
    async with emptied(broker, [retained("state", "old")]) as outbox:
        await broker.called.wait()
        outbox.put([retained("state", "new")])
        broker.open.set()
    assert broker.taken == [("state", "new")]


async def test_an_event_that_is_not_taken_is_over():
    broker = Broker(refusals=1)
    async with emptied(broker, [Message("turn", "1"), Message("turn", "2")]):
        pass
    assert broker.tried == [("turn", "1"), ("turn", "2")]


async def test_of_too_many_events_the_oldest_go():
    broker = Broker()
    async with emptied(broker, [Message("turn", str(number)) for number in range(EVENTS + 4)]):
        pass
    with_the_last = EVENTS - 1
    assert broker.taken == [("turn", str(number)) for number in range(5, 5 + with_the_last)]
