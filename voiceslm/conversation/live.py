"""A conversation in real time: carries out what the floor decides.

Everything here runs on the event loop; the ear and the loudspeaker hand their events over with `post`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from voiceslm.audio.earcons import Earcon, tone
from voiceslm.conversation import moves, overheard
from voiceslm.conversation.draft import Draft
from voiceslm.conversation.moves import Loudspeaker, State
from voiceslm.conversation.pipeline import readable
from voiceslm.errors import Problem
from voiceslm.events import Activity, Audible, Ended, Played, Route, Stage, Woken
from voiceslm.worker import WorkerError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import TypeAlias

    from voiceslm.audio.playback import Playback
    from voiceslm.conversation.floor import Floor
    from voiceslm.conversation.pipeline import Commit, Conversation
    from voiceslm.conversation.speaking import Play
    from voiceslm.conversation.turn import TurnLog
    from voiceslm.conversation.watcher import Watcher
    from voiceslm.events import Audio, TurnRecord
    from voiceslm.worker import Worker

    Event: TypeAlias = Activity | Woken | Audible | Played
    Answer: TypeAlias = Callable[[TurnLog, Play, Commit], Awaitable[None]]

T = TypeVar("T")

APOLOGY = "Sorry, something went wrong."
NO_ANSWER = "Sorry, I have no answer to that."
NOT_UNDERSTOOD = "I can hear you, but I can't understand speech at the moment: my model for it is missing."

QUEUE_SECONDS = 60.0
"""What is to be said in a quiet moment is dropped when there was none for so long."""

JUDGE_DEADLINE = 5.0
"""Seconds; the turn model takes 60 ms."""


class TurnModel(Protocol):
    """Something that hears whether a speaker has finished."""

    def finished(self, audio: Audio) -> float:
        """Return the probability that the speaker has finished at the end of ``audio`` (16 kHz)."""
        ...


@dataclass(frozen=True, slots=True)
class Judging:
    """The turn model on its worker."""

    engine: TurnModel
    worker: Worker


class Live:
    """One conversation with whoever is in the room."""

    def __init__(
        self,
        conversation: Conversation,
        floor: Floor,
        playback: Playback,
        *,
        sound: Callable[[float, float], Audio],
        judging: Judging | None,
        watcher: Watcher,
        clock: Callable[[], float],
        forget_seconds: float = 300.0,
        earcons: bool = False,
    ) -> None:
        """Join the parts; call inside the running loop.

        Args:
            conversation: engines and history.
            floor: decides.
            playback: the loudspeaker.
            sound: returns what was heard between two clock seconds.
            judging: the turn model, where there is one.
            watcher: is told what goes on.
            clock: seconds, the same that events carry.
            forget_seconds: silence after which a new conversation begins.
            earcons: whether the wake word, the end of an utterance and a failure are answered by a sound.
        """
        self._conversation = conversation
        self._floor = floor
        self._playback = playback
        self._sound = sound
        self.judging = judging
        """The turn model, which may come and go."""
        self._watcher = watcher
        self._clock = clock
        self._forget_seconds = forget_seconds
        self._earcons = earcons
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._last_spoken = (0, "")
        self._tasks: set[asyncio.Task[Any]] = set()
        self._draft: Draft | None = None
        self._ahead: asyncio.Task[Any] | None = None
        self._prefilled = ""
        self._heard: moves.Transcribe | None = None
        self._last_turn = clock()
        self._state = State.ASLEEP
        self._stirred = asyncio.Event()
        self._queue = asyncio.Lock()
        self.turns = 0
        """Turns that have ended."""
        self.reactions = 0
        """How often somebody has spoken to it, called it or told it to be silent."""
        self._muted = False
        self._apologised = False
        self._asked: dict[int, asyncio.Future[TurnRecord]] = {}

    def post(self, event: Event) -> None:
        """Hand over an event; from any thread."""
        self._loop.call_soon_threadsafe(self.take, event)

    def take(self, event: Event) -> None:
        """Take an event, on the loop."""
        if self._closed:
            return
        match event:
            case Activity(at, _, level, noise):
                self._do(self._floor.hear(Activity(at, 0.0, level, noise) if self._muted else event))
            case Woken(at, _, ended) if not self._muted:
                self.reactions += 1
                self._signal(Earcon.START)
                self._do(self._floor.wake(at, ended))
            case Audible(turn, at) if self._draft and turn == self._draft.log.number:
                self._draft.log.mark(Stage.AUDIBLE, at)
                self._do(self._floor.audible())
            case Played(turn, at) if self._draft and turn == self._draft.log.number:
                self._draft.log.mark(Stage.DONE, at)
                self._end_turn(Ended.FINISHED)

    def talk(self, *, down: bool) -> None:
        """Press or release the key."""
        self.reactions += 1
        self._do(self._floor.press(self._clock()) if down else self._floor.release())

    def listen(self) -> None:
        """Listen as if the wake word had been said."""
        if not self._muted:
            self.reactions += 1
            self._signal(Earcon.START)
            self._do(self._floor.wake(self._clock(), self._clock()))

    @property
    def key_down(self) -> bool:
        """Whether the key is held."""
        return self._floor.key_down

    @property
    def muted(self) -> bool:
        """Whether it listens to nobody."""
        return self._muted

    def mute(self, *, muted: bool) -> None:
        """Listen to nobody, from what is just being said on, or listen again; a reply under way goes on."""
        self._muted = muted
        if muted:
            self.deafen()

    def deafen(self) -> None:
        """Wait no longer for what is being said: the microphone has gone; a reply under way goes on."""
        self._do(self._floor.deafen())

    def stop(self) -> None:
        """Be silent at once."""
        self.reactions += 1
        self._do(self._floor.stop())

    @property
    def state(self) -> State:
        """What goes on."""
        return self._floor.state

    async def ask(self, text: str) -> TurnRecord:
        """Answer a written question through the loudspeaker; return once it was said.

        Raises:
            Problem: the text is empty or too long.
        """
        return await self._speak(readable(text, "ask"), self._answer_text)

    async def say(self, text: str, *, urgent: bool = True, ring: bool = False) -> TurnRecord:
        """Speak a text through the loudspeaker; return once it was said.

        Args:
            text: what to say.
            urgent: at once, over whatever goes on; else after it, and after what else waits, within a minute.
            ring: with a ring before it.

        Raises:
            Problem: the text is empty or too long, or there was no quiet moment for it.
        """
        text = readable(text, "say")
        if not urgent:
            async with self._queue:
                if not await self.quiet(QUEUE_SECONDS):
                    raise Problem("there was no quiet moment to say it", "Say it with priority urgent")
                return await self._say(text, ring=ring)
        return await self._say(text, ring=ring)

    async def command(self, text: str) -> TurnRecord:
        """Do what was asked for earlier, in a quiet moment if one comes soon; return once it was said.

        Raises:
            Problem: the text is empty or too long.
        """
        async with self._queue:
            await self.quiet(QUEUE_SECONDS)
            return await self.ask(text)

    async def quiet(self, seconds: float) -> bool:
        """Wait until nobody speaks or is about to, at most so long; say whether it is so."""
        try:
            async with asyncio.timeout(seconds):
                while self.state not in moves.QUIET:
                    await self.stirred()
        except TimeoutError:
            return False
        return True

    async def stirred(self) -> None:
        """Wait until the state changes."""
        self._stirred.clear()
        await self._stirred.wait()

    async def _say(self, text: str, *, ring: bool) -> TurnRecord:
        if ring:
            self._playback.chime(tone(Earcon.RING))
        return await self._speak("", lambda log, play, _commit: self._conversation.recite(text, log, play))

    async def close(self) -> None:
        """Stop speaking and thinking, and hear nothing more."""
        self._closed = True
        self._do(self._floor.stop())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _do(self, actions: list[moves.Action]) -> None:
        for action in actions:
            self._carry_out(action)
        if (state := self._floor.state) is not self._state:
            self._state = state
            self._stirred.set()
            self._watcher.on_state(state)

    def _carry_out(self, action: moves.Action) -> None:
        match action:
            case moves.Transcribe():
                number = action.utterance
                self._spawn(self._transcribe(action), self._transcribed, lambda: self._misheard(number))
            case moves.Judge() if self.judging:
                self._spawn(self._judge(self.judging, action), self._judged)
            case moves.Prefill(text):
                self._prefill(text)
            case moves.Draft():
                self._think(action)
            case moves.Drop() if self._draft and not self._draft.committed:
                self._drop()
            case moves.Commit(_, ended, reason) if self._draft:
                self._commit(self._draft, ended, reason)
            case moves.Apologise():
                self._apologise()
            case Loudspeaker():
                self._turn_knob(action)

    def _commit(self, draft: Draft, ended: float, reason: str) -> None:
        """Make the draft the answer."""
        self.reactions += 1
        if not draft.log.secret:
            self._watcher.on_transcript(draft.log.transcript, final=True)
            if heard := self._heard:
                self._watcher.on_utterance(draft.log.number, lambda: self._sound(heard.begin, heard.until))
        draft.log.started = ended
        draft.commit(reason)
        self._signal(Earcon.END)
        if draft.task.done():
            self._thought(draft)

    def _turn_knob(self, action: Loudspeaker) -> None:
        match action:
            case Loudspeaker.DUCK:
                self._playback.duck()
            case Loudspeaker.PAUSE:
                if self._draft and not self._floor.acted:
                    self._draft.hold()
                self._playback.pause()
            case Loudspeaker.RESUME:
                if self._draft:
                    self._draft.release()
                self._playback.resume()
            case Loudspeaker.STOP:
                self._end_turn(Ended.INTERRUPTED)
            case Loudspeaker.REVOKE:
                self._drop()

    async def _transcribe(self, action: moves.Transcribe) -> moves.Understood:
        audio = self._sound(action.begin, action.until)
        transcript = await self._conversation.transcribe(audio, whole=action.whole)
        if action.hint and transcript.text and not overheard.is_echo(transcript.text, self._lately()):
            # Only now: an echo that is hinted at would become what the hint says.
            transcript = await self._conversation.transcribe(audio, action.hint, whole=action.whole)
        complete = self._conversation.is_command(transcript.text)
        self._heard = action
        return moves.Understood(action.utterance, action.until, transcript.text, complete)

    def _transcribed(self, heard: moves.Understood) -> None:
        self._apologised = False
        if not self._conversation.private:
            self._watcher.on_transcript(heard.text, final=False)
        self._floor.spoken = self._lately()
        self._do(self._floor.understand(heard))

    def _lately(self) -> str:
        """Return what was last heard of the assistant."""
        turn, text = self._last_spoken
        return overheard.lately(text, self._playback.heard(turn))

    async def _judge(self, judging: Judging, action: moves.Judge) -> moves.Judged:
        audio = self._sound(action.begin, action.until)
        finished = await judging.worker.run(
            lambda _cancel: judging.engine.finished(audio), deadline=JUDGE_DEADLINE
        )
        return moves.Judged(action.utterance, action.until, finished)

    def _judged(self, judged: moves.Judged) -> None:
        self._do(self._floor.judge(judged))

    def _signal(self, earcon: Earcon) -> None:
        if self._earcons:
            self._playback.chime(tone(earcon))

    def _prefill(self, words: str) -> None:
        if words != self._prefilled and not self._conversation.private:
            self._prefilled = words
            self._stop_ahead()
            self._ahead = self._spawn(self._conversation.prefill(words))

    def _stop_ahead(self) -> None:
        if self._ahead:
            self._ahead.cancel()

    def _think(self, wanted: moves.Draft) -> None:
        """Begin a draft."""
        self._drop()
        secret = self._conversation.private
        log = self._begin(wanted.text, self._answer).log
        log.secret = secret
        log.mark(Stage.STT)
        log.on_closing = lambda closing: self._do(
            self._floor.weigh(moves.Weighed(wanted.utterance, wanted.text, closing))
        )

    def _begin(self, text: str, answer: Answer) -> Draft:
        self._stop_ahead()
        self._prefilled = ""
        if self._clock() - self._last_turn > self._forget_seconds:
            self._conversation.forget()
        turn = self._conversation.begin()
        turn.transcript = text
        self._draft = draft = Draft(
            turn, answer, self._playback, speaking=self._speaking, acting=self._acting
        )
        self._keep(draft.task)
        draft.task.add_done_callback(lambda _: self._thought(draft))
        return draft

    async def _answer_text(self, log: TurnLog, play: Play, commit: Commit) -> None:
        await self._answer(log, play, commit, spoken=False)

    async def _answer(self, log: TurnLog, play: Play, commit: Commit, *, spoken: bool = True) -> None:
        """Answer; where that fails or comes to nothing, say so."""
        answering = asyncio.create_task(self._conversation.answer(log, play, commit, spoken=spoken))
        try:
            await asyncio.wait({answering})
        finally:
            answering.cancel()
        if (error := answering.exception()) is not None:
            self._watcher.on_trouble(f"turn {log.number}: {_described(error)}")
            log.ended = Ended.FAILED
            await self._conversation.recite(APOLOGY, log, play)
        elif log.route is Route.CHAT and not log.record().reply:
            log.ended = Ended.FAILED
            await self._conversation.recite(NO_ANSWER, log, play)

    def _thought(self, draft: Draft) -> None:
        """Take note that all of a reply has been handed to the loudspeaker, or never will be.

        A draft that fails before its commit waits for it: until then nobody knows that it is wanted.
        """
        if draft is not self._draft or draft.task.cancelled() or not draft.committed:
            return
        if (error := draft.task.exception()) is not None:
            self._watcher.on_trouble(f"turn {draft.log.number}: {_described(error)}")
            self._playback.chime(tone(Earcon.ERROR))  # even its apology failed
            self._end_turn(Ended.FAILED)
        elif not draft.text:
            self._end_turn(Ended.FINISHED)

    def _acting(self) -> None:
        self._floor.acted = True

    def _speaking(self, draft: Draft) -> None:
        self._last_spoken = (draft.log.number, draft.text)

    async def _speak(self, text: str, answer: Answer) -> TurnRecord:
        """Answer without having been spoken to."""
        self._take_floor()
        draft = self._begin(text, answer)
        done: asyncio.Future[TurnRecord] = self._loop.create_future()
        self._asked[draft.log.number] = done
        draft.commit("")
        try:
            return await done
        finally:
            del self._asked[draft.log.number]
            if done.cancelled() and draft is self._draft:
                self._do(self._floor.stop())

    def _take_floor(self) -> None:
        """End whatever goes on, for a reply that nobody's speech asked for."""
        self._do(self._floor.stop())
        self._drop()
        self._do(self._floor.speak())

    def _misheard(self, utterance: int) -> None:
        self._do(self._floor.misunderstand(utterance))

    def _apologise(self) -> None:
        """Say that it failed, where there is no turn yet to say it in; again, only sound as if it had."""
        self._take_floor()
        if self._apologised:
            self._playback.chime(tone(Earcon.ERROR))
            self._do(self._floor.stop())
            return
        self._apologised = True
        words = APOLOGY if self._conversation.hears else NOT_UNDERSTOOD
        draft = self._begin("", lambda log, play, _commit: self._conversation.recite(words, log, play))
        draft.log.ended = Ended.FAILED
        draft.commit("")

    def _drop(self) -> None:
        """Forget the draft: it never happened."""
        if self._draft:
            self._draft.drop()
            self._draft = None

    def _end_turn(self, ended: Ended) -> None:
        draft, self._draft = self._draft, None
        if draft is None:
            return
        draft.log.mark(Stage.DONE)
        if ended is not Ended.FINISHED:
            draft.log.ended = ended
        reply = draft.text if ended is Ended.FINISHED else draft.heard()
        draft.drop()
        record = replace(draft.log.record(), reply=reply)
        if record.transcript and record.ended is not Ended.FAILED:
            self._conversation.remember(record.transcript, reply, record.route)
        self._last_turn = self._clock()
        self.turns += 1
        self._watcher.on_turn(record)
        if (asked := self._asked.get(record.turn)) and not asked.done():
            asked.set_result(record)
        self._do(self._floor.finished())
        self._stop_ahead()
        self._ahead = self._spawn(self._conversation.settle())

    def _spawn(
        self,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[], None] | None = None,
    ) -> asyncio.Task[T]:
        """Run ``work`` beside the loop's other business; hand on its result, report its failure."""

        def ended(task: asyncio.Task[T]) -> None:
            if task.cancelled():
                return
            if (error := task.exception()) is not None:
                self._watcher.on_trouble(_described(error))
                if failed:
                    failed()
            elif done:
                done(task.result())

        task = asyncio.create_task(work)
        self._keep(task)
        task.add_done_callback(ended)
        return task

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _described(error: BaseException) -> str:
    """Return what went wrong without any of the user's words, which an engine's message may repeat."""
    return str(error) if isinstance(error, Problem | WorkerError) else type(error).__name__
