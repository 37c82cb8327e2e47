"""A reply as it is spoken: text, bit by bit -> clauses -> sound, each while the next is being written."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.audio.earcons import Earcon, tone
from voiceslm.events import Speech, Stage
from voiceslm.tts.clauses import Clause, ClauseSplitter, Ending
from voiceslm.tts.spoken import ThoughtFilter, speakable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from voiceslm.conversation.turn import TurnLog
    from voiceslm.events import Audio
    from voiceslm.tts import TextToSpeech
    from voiceslm.worker import Worker

    Judge = Callable[[str], str | None]
    """Returns what is to be said in place of a clause and all that follows it; None lets it pass."""

    Play = Callable[[Speech], Awaitable[None]]
    """Takes one clause's sound; returns when it can take the next, which holds the rest of the turn back."""

CLAUSE_DEADLINE = 30.0
"""Seconds until the voice counts as hung; a Raspberry-class board stays far below them."""

CLAUSES_AHEAD = 8
"""Clauses that may wait for the voice; the model pauses when so many do."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """A voice on its worker."""

    engine: TextToSpeech
    worker: Worker

    async def recite(self, text: str, log: TurnLog, play: Play) -> None:
        """Speak ``text`` as it is."""
        await self.speak(_once(text), log, play)

    async def rehearse(self, text: str) -> None:
        """Have a short phrase's sound ready."""
        for clause in _clauses(text):
            await self._synthesize(clause)

    async def speak(
        self, texts: AsyncIterator[str], log: TurnLog, play: Play, judge: Judge | None = None
    ) -> None:
        """Speak a text while the rest of it is still being written; each clause only if ``judge`` lets it."""
        waiting: asyncio.Queue[Clause | None] = asyncio.Queue(CLAUSES_AHEAD)
        first_spoken = asyncio.Event()

        async def write() -> None:
            async for clause in _split(texts, log, judge):
                await waiting.put(clause)
                await first_spoken.wait()
            await waiting.put(None)

        async def speak() -> None:
            while (clause := await waiting.get()) is not None:
                audio = await self._synthesize(clause)
                first_spoken.set()
                if len(audio.samples):
                    log.mark(Stage.FIRST_AUDIO)
                    log.say(clause.text)
                    await play(Speech(log.number, clause.text, audio))

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(write(), name="write")
                group.create_task(speak(), name="speak")
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _synthesize(self, clause: Clause) -> Audio:
        return await self.worker.run(lambda _cancel: self.engine.synthesize(clause), deadline=CLAUSE_DEADLINE)


class Written:
    """In place of a voice: the reply is read, not heard."""

    async def recite(self, text: str, log: TurnLog, _play: Play) -> None:
        """Note ``text`` as said."""
        await self.speak(_once(text), log, _play)

    async def rehearse(self, text: str) -> None:
        """Do nothing: there is no sound to make."""

    async def speak(
        self, texts: AsyncIterator[str], log: TurnLog, _play: Play, judge: Judge | None = None
    ) -> None:
        """Note a text as said, clause by clause."""
        async for clause in _split(texts, log, judge):
            log.say(clause.text)


class Wordless:
    """In place of a voice that is missing: a tone says that there is a reply, the log which."""

    async def recite(self, text: str, log: TurnLog, play: Play) -> None:
        """Sound once for ``text``."""
        await self.speak(_once(text), log, play)

    async def rehearse(self, text: str) -> None:
        """Do nothing: the tone is always ready."""

    async def speak(
        self, texts: AsyncIterator[str], log: TurnLog, play: Play, judge: Judge | None = None
    ) -> None:
        """Sound once for a text that has been written."""
        reply = " ".join([clause.text async for clause in _split(texts, log, judge)])
        if reply:
            log.say(reply)
            await play(Speech(log.number, reply, tone(Earcon.END)))


async def _split(
    texts: AsyncIterator[str], log: TurnLog, judge: Judge | None = None
) -> AsyncIterator[Clause]:
    """Turn a stream of text into clauses that can be read aloud, up to one that ``judge`` stops."""
    async for clause in _cut(texts, log):
        instead = judge(clause.text) if judge else None
        if instead is not None:
            yield Clause(instead, Ending.SENTENCE)
            return
        yield clause


async def _cut(texts: AsyncIterator[str], log: TurnLog) -> AsyncIterator[Clause]:
    thoughts, splitter = ThoughtFilter(), ClauseSplitter()
    async for text in texts:
        for clause in _aloud(splitter.feed(thoughts.feed(text))):
            log.mark(Stage.FIRST_CLAUSE)
            yield clause
    for clause in _aloud([*splitter.feed(thoughts.finish()), *splitter.finish()]):
        log.mark(Stage.FIRST_CLAUSE)
        yield clause


def _clauses(text: str) -> list[Clause]:
    thoughts, splitter = ThoughtFilter(), ClauseSplitter()
    return _aloud(
        [*splitter.feed(thoughts.feed(text)), *splitter.feed(thoughts.finish()), *splitter.finish()]
    )


def _aloud(clauses: Sequence[Clause]) -> list[Clause]:
    """Leave out of each clause what must not be read aloud, and the clauses of which nothing is left."""
    spoken = [Clause(speakable(clause.text), clause.ending) for clause in clauses]
    return [clause for clause in spoken if clause.text]


async def _once(text: str) -> AsyncIterator[str]:
    yield text
