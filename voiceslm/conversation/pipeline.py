"""A turn as it flows: sound -> transcript -> tokens -> clauses -> sound.

Each stage starts on the first bit of the one before.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from voiceslm.conversation.turn import TurnLog
from voiceslm.errors import Problem
from voiceslm.events import Route, Speech, Stage
from voiceslm.llm import Message
from voiceslm.tts.clauses import Clause, ClauseSplitter
from voiceslm.tts.spoken import ThoughtFilter, speakable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence

    from voiceslm.conversation.history import History
    from voiceslm.conversation.router import Router
    from voiceslm.events import Audio, Transcript, TurnRecord
    from voiceslm.llm import LanguageModel, Token
    from voiceslm.stt import SpeechToText
    from voiceslm.tts import TextToSpeech
    from voiceslm.worker import Cancel, Worker

    Play = Callable[[Speech], Awaitable[None]]
    """Takes one clause's sound; returns when it can take the next, which holds the rest of the turn back."""

T = TypeVar("T")

TRANSCRIBE_DEADLINE = 30.0
TOKEN_DEADLINE = 60.0
CLAUSE_DEADLINE = 30.0
"""Seconds until an engine counts as hung; a Raspberry-class board stays far below them."""

PREPARE_DEADLINE = 120.0
"""Seconds for prefilling persona and history while nobody waits."""

TOKENS_AHEAD = 1
"""The model computes nothing while the first clause waits for its sound: both share two cores."""

CLAUSES_AHEAD = 8
"""Clauses that may wait for the voice; the model pauses when so many do."""

TEXT_LONGEST = 10_000
"""Characters in one text: a quarter of an hour of speech."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Speech-to-text on its worker."""

    engine: SpeechToText
    worker: Worker


@dataclass(frozen=True, slots=True)
class Thinking:
    """A language model on its worker."""

    engine: LanguageModel
    worker: Worker
    name: str
    """Model id, for the record."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """A voice on its worker."""

    engine: TextToSpeech
    worker: Worker


class Conversation:
    """Answers one turn at a time and remembers what was said.

    Cancel the task that awaits a turn and the turn ends: nothing more is played, nothing is remembered.
    """

    def __init__(
        self,
        history: History,
        *,
        hearing: Hearing | None = None,
        thinking: Thinking | None = None,
        speaking: Speaking | None = None,
        router: Router | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Join the engines; a method that needs one that is missing must not be called."""
        self._history = history
        self._router = router
        self._hearing = hearing
        self._thinking = thinking
        self._speaking = speaking
        self._clock = clock
        self._turns = 0
        self._last_reply = ""

    async def turn(self, audio: Audio, play: Play) -> TurnRecord:
        """Answer one utterance (mono at 16 kHz).

        Raises:
            Problem: an engine cannot do its part.
            WorkerError: an engine is hung.
        """
        log = self.begin()
        transcript = await self.transcribe(audio)
        log.mark(Stage.STT)
        log.transcript = transcript.text
        if transcript.text:
            await self.answer(log, play)
        return self._done(log)

    async def ask(self, text: str, play: Play) -> TurnRecord:
        """Answer one written question.

        Raises:
            Problem: the text is empty or too long, or an engine cannot do its part.
            WorkerError: an engine is hung.
        """
        log = self.begin()
        log.transcript = readable(text, "ask")
        await self.answer(log, play)
        return self._done(log)

    async def say(self, text: str, play: Play) -> TurnRecord:
        """Speak a text as it is.

        Raises:
            Problem: nothing in the text can be spoken, or it is too long.
            WorkerError: the voice is hung.
        """
        log = self.begin()
        await self.recite(readable(text, "say"), log, play)
        record = log.record()
        if not record.reply:
            raise Problem("nothing in the text can be spoken", "Give some words")
        log.mark(Stage.DONE)
        return log.record()

    def begin(self, started: float | None = None) -> TurnLog:
        """Number a new turn, whose input ended at clock second ``started``, or now."""
        self._turns += 1
        return TurnLog(self._turns, self._clock, started=started)

    async def answer(self, log: TurnLog, play: Play) -> None:
        """Answer ``log.transcript``: a skill, if it is a command, or the model. Remembers nothing."""
        skill = self._router.route(log.transcript, self._last_reply) if self._router else None
        if skill is None:
            await self._chat(log, play)
            return
        log.route, log.route_detail = Route.SKILL, skill.name
        if skill.text:
            await self.recite(skill.text, log, play)

    async def recite(self, text: str, log: TurnLog, play: Play) -> None:
        """Speak ``text`` as it is."""
        await self._speak_while(self._split(_once(text), log), log, play)

    def is_command(self, text: str) -> bool:
        """Say whether ``text`` is a whole command that needs no language model."""
        return self._router is not None and self._router.route(text, self._last_reply) is not None

    def remember(self, user: str, reply: str) -> None:
        """Keep an exchange in mind, with the part of the reply that was heard."""
        if reply:
            self._last_reply = reply
            self._history.add(user, reply)

    def forget(self) -> None:
        """Begin a new conversation."""
        self._last_reply = ""
        self._history.clear()

    async def transcribe(self, audio: Audio, hint: str = "") -> Transcript:
        """Understand one utterance (mono at 16 kHz); ``hint`` as in `SpeechToText`."""
        hearing = _present(self._hearing)

        def work(_cancel: Cancel) -> Transcript:
            transcript = hearing.engine.transcribe(audio, hint=hint)
            self.is_command(transcript.text)  # here, for it takes up to 20 ms; the answer is remembered
            return transcript

        return await hearing.worker.run(work, deadline=TRANSCRIBE_DEADLINE)

    async def settle(self) -> int:
        """Prepare for the next turn while nobody waits: trim the history and compute all that precedes it.

        Returns:
            Tokens that were computed.
        """
        self._history.trim(_present(self._thinking).engine.leaves_room)
        return await self.prefill("")

    async def prefill(self, words: str) -> int:
        """Compute all that precedes the next turn, which will most likely begin with ``words``.

        Returns:
            Tokens that were computed.
        """
        thinking = _present(self._thinking)
        messages = self._history.messages()
        return await thinking.worker.run(
            lambda cancel: thinking.engine.prepare(messages, cancel, words=words), deadline=PREPARE_DEADLINE
        )

    async def rehearse(self, text: str) -> None:
        """Have a short phrase's sound ready."""
        async for clause in self._split(_once(text), TurnLog(0, self._clock)):
            await self._synthesize(clause)

    def _done(self, log: TurnLog) -> TurnRecord:
        log.mark(Stage.DONE)
        record = log.record()
        self.remember(record.transcript, record.reply)
        return record

    async def _chat(self, log: TurnLog, play: Play) -> None:
        """Let the language model answer, and the voice speak it as it comes."""
        thinking = _present(self._thinking)
        log.route, log.route_detail = Route.CHAT, thinking.name
        messages = [*self._history.messages(), Message("user", log.transcript)]
        tokens = thinking.worker.stream(
            lambda cancel: thinking.engine.reply(messages, cancel),
            ahead=TOKENS_AHEAD,
            deadline=TOKEN_DEADLINE,
        )
        async with aclosing(tokens):
            await self._speak_while(self._split(self._texts(tokens, log), log), log, play)

    async def _texts(self, tokens: AsyncGenerator[Token, None], log: TurnLog) -> AsyncIterator[str]:
        async for token in tokens:
            log.mark(Stage.FIRST_TOKEN)
            log.prompt_tokens, log.user_tokens = token.evaluated, token.words
            log.weigh(token.closing)
            yield token.text

    async def _split(self, texts: AsyncIterator[str], log: TurnLog) -> AsyncIterator[Clause]:
        """Turn a stream of text into clauses that can be read aloud."""
        thoughts, splitter = ThoughtFilter(), ClauseSplitter()
        async for text in texts:
            for clause in _aloud(splitter.feed(thoughts.feed(text))):
                log.mark(Stage.FIRST_CLAUSE)
                yield clause
        for clause in _aloud([*splitter.feed(thoughts.finish()), *splitter.finish()]):
            log.mark(Stage.FIRST_CLAUSE)
            yield clause

    async def _speak_while(self, clauses: AsyncIterator[Clause], log: TurnLog, play: Play) -> None:
        """Speak clauses while later ones are still being written."""
        waiting: asyncio.Queue[Clause | None] = asyncio.Queue(CLAUSES_AHEAD)
        first_spoken = asyncio.Event()

        async def write() -> None:
            async for clause in clauses:
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
        speaking = _present(self._speaking)
        return await speaking.worker.run(
            lambda _cancel: speaking.engine.synthesize(clause), deadline=CLAUSE_DEADLINE
        )


def _aloud(clauses: Sequence[Clause]) -> list[Clause]:
    """Leave out of each clause what must not be read aloud, and the clauses of which nothing is left."""
    spoken = [Clause(speakable(clause.text), clause.ending) for clause in clauses]
    return [clause for clause in spoken if clause.text]


def readable(text: str, verb: str) -> str:
    """Return ``text`` without control characters, on one line.

    Raises:
        Problem: nothing is left, or it is too long.
    """
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if not text:
        raise Problem(f"there is nothing to {verb}: the text is empty", "Give some words")
    if len(text) > TEXT_LONGEST:
        raise Problem(
            f"the text is too long to {verb} ({len(text)} characters)", f"Keep it under {TEXT_LONGEST}"
        )
    return text


async def _once(text: str) -> AsyncIterator[str]:
    yield text


def _present(part: T | None) -> T:
    if part is None:
        raise RuntimeError("this conversation was made without the engine that the call needs")
    return part
