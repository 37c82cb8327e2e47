"""The model reads the home while nobody waits: whoever speaks does not wait for it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from tests.fakes import PATIENCE, FakeLlm
from voiceslm.conversation.history import History
from voiceslm.conversation.pipeline import Conversation, Thinking
from voiceslm.llm import Message
from voiceslm.worker import Worker

if TYPE_CHECKING:
    from voiceslm.conversation.tooling import Tooling

HEAD = (Message("system", "A home with a thousand lamps."),)


class Reader(FakeLlm):
    """Takes the home in until it is told to stop; with ``quick`` at once."""

    def __init__(self):
        super().__init__()
        self.reads, self.stopped = threading.Event(), threading.Event()
        self.quick = False

    def prepare(self, messages, cancel, *, words=""):
        if tuple(messages) == HEAD and not self.quick:
            self.reads.set()
            with cancel.on_cancel(self.stopped.set):
                assert self.stopped.wait(PATIENCE)
        return super().prepare(messages, cancel, words=words)


@asynccontextmanager
async def reading():
    engine, worker = Reader(), Worker("llm")
    talk = Conversation(
        History("Be brief.", 2),
        thinking=Thinking(engine, worker, "fake"),
        tooling=cast("Tooling", SimpleNamespace(head=HEAD)),
    )
    learning = asyncio.create_task(talk.learn())
    assert await asyncio.to_thread(engine.reads.wait, PATIENCE)
    try:
        yield talk, engine, learning
    finally:
        engine.stopped.set()
        worker.close()


async def test_a_turn_that_begins_stops_it():
    async with reading() as (talk, engine, learning):
        talk.begin()
        await asyncio.wait_for(learning, PATIENCE)
        assert engine.stopped.is_set()


async def test_words_that_are_read_ahead_stop_it():
    async with reading() as (talk, engine, learning):
        await talk.prefill("What is the")
        await asyncio.wait_for(learning, PATIENCE)
        assert engine.prepared[-1][-1].content == "What is the"


async def test_after_the_turn_it_goes_on():
    async with reading() as (talk, engine, learning):
        talk.begin()
        await asyncio.wait_for(learning, PATIENCE)
        engine.quick = True
        await talk.settle()
        assert tuple(engine.prepared[-1]) == HEAD
