"""A turn as it flows: sound -> transcript -> tokens -> clauses -> sound.

Each stage starts on the first bit of the one before.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.conversation.deeds import Deeds
from voiceslm.conversation.speaking import Wordless, Written
from voiceslm.conversation.turn import TurnLog
from voiceslm.errors import Problem
from voiceslm.events import Route, Stage
from voiceslm.knowledge.deciding import SURE, Way
from voiceslm.knowledge.prompt import NO, YES
from voiceslm.llm import Message

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence

    from voiceslm.conversation.acting import Acting
    from voiceslm.conversation.decision import Decision
    from voiceslm.conversation.hearing import Hearing
    from voiceslm.conversation.history import History
    from voiceslm.conversation.knowing import Knowing
    from voiceslm.conversation.router import Router
    from voiceslm.conversation.speaking import Play, Speaking
    from voiceslm.conversation.tooling import Tooling
    from voiceslm.events import Audio, Speech, Transcript, TurnRecord
    from voiceslm.knowledge.deciding import Taken
    from voiceslm.llm import LanguageModel, Token
    from voiceslm.worker import Worker

    Commit = Callable[[bool], Awaitable[None]]
    """Returns once the turn is committed. Called with True before an effect: the turn can be interrupted from
    then on, not unmade."""

NO_MODEL = "I can't think about that at the moment: my language model is missing."

NO_PIN = "I didn't understand the PIN, so I left it as it was."

TOKEN_DEADLINE = 60.0
"""Seconds until the model counts as hung; a Raspberry-class board stays far below them."""

PREPARE_DEADLINE = 120.0
"""Seconds for prefilling persona and history while nobody waits."""

TOKENS_AHEAD = 1
"""The model computes nothing while the first clause waits for its sound: both share two cores."""

TEXT_LONGEST = 10_000
"""Characters in one text: a quarter of an hour of speech."""


@dataclass(frozen=True, slots=True)
class Thinking:
    """A language model on its worker."""

    engine: LanguageModel
    worker: Worker
    name: str
    """Model id, for the record."""


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
        acting: Acting | None = None,
        tooling: Tooling | None = None,
        knowing: Knowing | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Join the engines; `equip` replaces them. Without one, what can be done without it is done."""
        self._history = history
        self._router = router
        self._deeds = Deeds(router, acting, clock)
        self._tooling = tooling
        self._knowing = knowing
        self._hearing = hearing
        self._thinking = thinking
        self._speaking = speaking
        self._clock = clock
        self._turns = 0
        self._last_reply = ""
        self._reading: asyncio.Task[int] | None = None

    def equip(self, *, hearing: Hearing | None, thinking: Thinking | None, speaking: Speaking | None) -> None:
        """Go on with these engines; None: there is none at the moment."""
        self._hearing, self._thinking, self._speaking = hearing, thinking, speaking

    @property
    def hears(self) -> bool:
        """Whether it understands speech."""
        return self._hearing is not None

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
            await self.answer(log, play, spoken=False)
        return self._done(log)

    async def ask(self, text: str, play: Play) -> TurnRecord:
        """Answer one written question.

        Raises:
            Problem: the text is empty or too long, or an engine cannot do its part.
            WorkerError: an engine is hung.
        """
        log = self.begin()
        log.transcript = readable(text, "ask")
        await self.answer(log, play, spoken=False)
        return self._done(log)

    async def write(self, text: str) -> TurnRecord:
        """Answer one written question in writing, apart from what is said in the room.

        Raises:
            Problem: the text is empty or too long, or an engine cannot do its part.
            WorkerError: an engine is hung.
        """
        log = self.begin()
        log.written, log.transcript = True, readable(text, "ask")
        await self.answer(log, _unheard, spoken=False)
        log.mark(Stage.DONE)
        return log.record()

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
        self._stop_reading()
        self._turns += 1
        return TurnLog(self._turns, self._clock, started=started)

    async def answer(
        self, log: TurnLog, play: Play, commit: Commit | None = None, *, spoken: bool = True
    ) -> None:
        """Answer ``log.transcript``: a skill, the home, or the model. Remembers nothing of what was said.

        Args:
            log: the turn; what is done is noted there.
            play: takes the sound.
            commit: as `Commit`; None for a turn that is certain from the start.
            spoken: whether someone who is here said it; what comes as text never opens a lock.
        """
        commit = commit or _at_once
        log.secret |= spoken and self.private
        if log.secret and await self._was_pin(log, play, commit):
            return
        decision = self._route(log)
        if decision is None:
            decision = await self._think_of_home(log)
        taken = await self._know(log.transcript) if decision is None else None
        if self._knowing and taken:
            decision = self._knowing.decision(taken)
        elif decision is None and self._router:
            decision = self._router.unanswerable(log.transcript)
        if decision is None:
            await self._chat(log, play, taken)
            return
        log.route, log.route_detail, log.sources = decision.route, decision.name, decision.sources
        await self._carry_out(decision, log, play, commit, spoken=spoken)

    async def recite(self, text: str, log: TurnLog, play: Play) -> None:
        """Speak ``text`` as it is."""
        await self._voice(log).recite(text, log, play)

    @property
    def private(self) -> bool:
        """Whether the next thing said is for nobody's eyes: a PIN is awaited."""
        return self._deeds.private

    def is_command(self, text: str) -> bool:
        """Say whether ``text`` is a whole command that needs no language model."""
        if self.private:
            return self._deeds.whole_pin(text)
        return self._router is not None and self._router.route(text, self._last_reply) is not None

    def remember(self, user: str, reply: str, route: Route) -> None:
        """Keep an exchange in mind, with the part of the reply that was heard.

        The model is not shown what the home was told: it would learn to speak as if it had obeyed.
        """
        if reply:
            self._last_reply = reply
            if route not in {Route.INTENT, Route.TOOLS, Route.REFUSED}:
                self._history.add(user, reply)

    def forget(self) -> None:
        """Begin a new conversation."""
        self._last_reply = ""
        if self._router:
            self._router.forget()
        self._deeds.forget()
        self._history.clear()

    async def transcribe(self, audio: Audio, hint: str = "", *, whole: bool = True) -> Transcript:
        """Understand one utterance; ``hint`` and ``whole`` as in `Hearing`.

        Raises:
            Problem: there is nothing to understand it with.
        """
        if self._hearing is None:
            raise Problem("speech cannot be understood: its model is missing", "`voiceslm status` says why")
        router = None if self.private else self._router
        return await self._hearing.transcribe(audio, router, hint=hint, whole=whole)

    async def settle(self) -> int:
        """Prepare for the next turn while nobody waits: trim the history and compute all that precedes it.

        Returns:
            Tokens that were computed.
        """
        if self._thinking:
            self._history.trim(self._thinking.engine.leaves_room)
        computed = await self.prefill("")
        await self.learn()
        return computed

    async def prefill(self, words: str) -> int:
        """Compute all that precedes the next turn, which will most likely begin with ``words``.

        Returns:
            Tokens that were computed.
        """
        self._stop_reading()
        opening = self._knowing.opening(words) if self._knowing else words
        head = self._knowing.head if self._knowing else ()
        return await self._prefill(head or self._history.messages(), opening)

    def inform(self) -> None:
        """Tell the model what is known now; call it again when that has changed."""
        if self._knowing:
            self._history.brief(self._knowing.persona)

    async def learn(self) -> None:
        """Let the model read the home, until somebody speaks; `settle` goes on with it."""
        if not (self._tooling and self._thinking and self._tooling.head):
            return
        self._stop_reading()
        reading = self._reading = asyncio.create_task(
            self._prefill(self._tooling.head, ""), name="read the home"
        )
        try:
            await asyncio.wait({reading})
        finally:
            reading.cancel()
        if not reading.cancelled():
            reading.result()

    def _stop_reading(self) -> None:
        if self._reading:
            self._reading.cancel()

    async def _prefill(self, messages: Sequence[Message], words: str) -> int:
        thinking = self._thinking
        if thinking is None:
            return 0
        return await thinking.worker.run(
            lambda cancel: thinking.engine.prepare(messages, cancel, words=words),
            deadline=PREPARE_DEADLINE,
            proves=False,  # there may be nothing to compute
        )

    async def rehearse(self, text: str) -> None:
        """Have a short phrase's sound ready."""
        if self._speaking:
            await self._speaking.rehearse(text)

    def _voice(self, log: TurnLog) -> Speaking | Written | Wordless:
        return Written() if log.written else self._speaking or Wordless()

    def _route(self, log: TurnLog) -> Decision | None:
        if self._router is None:
            return None
        return self._router.route(log.transcript, "" if log.written else self._last_reply, alone=log.written)

    async def _carry_out(
        self, decision: Decision, log: TurnLog, play: Play, commit: Commit, *, spoken: bool
    ) -> None:
        """Do and say what was decided."""
        if decision.acts:
            said = await self._do(decision, log, commit, spoken=spoken)
            await self.recite(said, log, play)
            return

        async def play_and_remember(speech: Speech) -> None:
            await commit(False)  # noqa: FBT003
            self._deeds.remember(decision, log)
            await play(speech)

        await self.recite(decision.text, log, play_and_remember)
        if not decision.text:
            await commit(False)  # noqa: FBT003
            self._deeds.remember(decision, log)

    async def _do(self, decision: Decision, log: TurnLog, commit: Commit, *, spoken: bool) -> str:
        """Do what was decided and return what to say; the sound of what is hoped for is made meanwhile."""
        hoped = f"{decision.expected} {decision.text}".strip()
        ahead = asyncio.create_task(self._voice(log).rehearse(hoped), name="rehearse")
        ahead.add_done_callback(_retrieve)
        try:
            await commit(True)  # noqa: FBT003
            said = await self._deeds.do(decision, log, spoken=spoken)
            if said == hoped:
                await asyncio.wait({ahead})
        finally:
            ahead.cancel()
        return said

    async def _think_of_home(self, log: TurnLog) -> Decision | None:
        """Let the model call tools, where the words may be about the home; None: they are conversation."""
        thinking = self._thinking
        request = self._tooling.request(log.transcript) if self._tooling and thinking else None
        if request is None or self._tooling is None or thinking is None:
            return None
        if not request.menu:
            return self._tooling.decision(request, "")
        return self._tooling.decision(request, await self._choose(request.messages, request.grammar))

    async def _know(self, text: str) -> Taken | None:
        """Say how ``text`` is answered with what is known; None: not at all, and others may."""
        knowing, thinking = self._knowing, self._thinking
        taken = knowing.take(text) if knowing else None
        if knowing is None or taken is None or taken.way is not Way.CHECKED:
            return taken
        weights: list[float] = []
        for messages in knowing.questions(text, taken) if thinking else []:
            weights.append(await self._weigh(messages, YES, NO))
            if weights[-1] >= SURE:
                break
        return knowing.checked(taken, weights)

    async def _weigh(self, messages: Sequence[Message], this: str, that: str) -> float:
        """Ask the model for one answer over another; no chance for it without a model."""
        thinking = self._thinking
        if thinking is None:
            return -math.inf
        return await thinking.worker.run(
            lambda cancel: thinking.engine.weigh(messages, this, that, cancel), deadline=TOKEN_DEADLINE
        )

    async def _choose(self, messages: Sequence[Message], grammar: str) -> str:
        """Let the model choose among what a grammar allows; empty without a model."""
        thinking = self._thinking
        if thinking is None:
            return ""
        return await thinking.worker.run(
            lambda cancel: thinking.engine.choose(messages, grammar, cancel), deadline=TOKEN_DEADLINE
        )

    async def _was_pin(self, log: TurnLog, play: Play, commit: Commit) -> bool:
        """Take what was said for the PIN that is awaited; say whether it was one, or may have been.

        A command, such as "never mind", is none; nobody sees anything else that is said in time.
        """
        await commit(True)  # noqa: FBT003
        said = await self._deeds.try_pin(log)
        if said is None and (self._deeds.late or self._route(log)):
            log.secret = False
            return False
        log.route, log.route_detail = Route.INTENT, "pin"
        await self.recite(said or NO_PIN, log, play)
        return True

    def _done(self, log: TurnLog) -> TurnRecord:
        log.mark(Stage.DONE)
        record = log.record()
        self.remember(record.transcript, record.reply, record.route)
        return record

    async def _chat(self, log: TurnLog, play: Play, taken: Taken | None = None) -> None:
        """Let the language model answer, with what is known, and the voice speak it as it comes."""
        thinking, text, judge = self._thinking, log.transcript, None
        if thinking is None:
            log.route, log.route_detail = Route.REFUSED, "no model"
            await self.recite(NO_MODEL, log, play)
            return
        log.route, log.route_detail = Route.CHAT, thinking.name
        if self._knowing and taken:
            log.route, log.route_detail, log.sources = Route.KNOWLEDGE, taken.way, taken.sources
            text, judge = self._knowing.asked(text, taken), self._knowing.judge(text, taken)
        before = self._history.messages()
        messages = [*(before[:1] if log.written else before), Message("user", text)]
        tokens = thinking.worker.stream(
            lambda cancel: thinking.engine.reply(messages, cancel),
            ahead=TOKENS_AHEAD,
            deadline=TOKEN_DEADLINE,
        )
        async with aclosing(tokens):
            await self._voice(log).speak(self._texts(tokens, log), log, play, judge)

    async def _texts(self, tokens: AsyncGenerator[Token, None], log: TurnLog) -> AsyncIterator[str]:
        async for token in tokens:
            log.mark(Stage.FIRST_TOKEN)
            log.prompt_tokens, log.user_tokens = token.evaluated, token.words
            log.weigh(token.closing)
            yield token.text


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


async def _unheard(_speech: Speech) -> None:
    """Play nothing: the reply is read."""


async def _at_once(_acts: bool) -> None:  # noqa: FBT001 - as `Commit` has it
    """Commit a turn that is certain from the start."""


def _retrieve(task: asyncio.Task[None]) -> None:
    """Look at a failure, which comes again where it matters: then the same words are spoken."""
    if not task.cancelled():
        task.exception()
