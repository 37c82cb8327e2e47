"""A living room in virtual time: a whole live conversation, around engines that take as long as they are told.

Whatever is said in it is a burst of noise, with the words that it stands for written down beside it. The ear
here tells speech by its level and gives, in place of a stretch of sound, the times of its two ends, by which
the speech-to-text looks the words up.
"""

from __future__ import annotations

import asyncio
import functools
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from tests.fakes import FakeLlm
from tests.virtual_loop import run_virtual
from voiceslm.audio import FRAME_SECONDS, RATE
from voiceslm.audio.playback import Playback
from voiceslm.audio.room import AUDIBLE_DB, Room
from voiceslm.conversation.floor import Floor
from voiceslm.conversation.hearing import Hearing
from voiceslm.conversation.history import History
from voiceslm.conversation.live import Judging, Live
from voiceslm.conversation.moves import Policy, State
from voiceslm.conversation.pipeline import Conversation, Thinking
from voiceslm.conversation.router import Router
from voiceslm.conversation.speaking import Speaking
from voiceslm.conversation.watcher import Watcher
from voiceslm.events import Activity, Audio, Ended, Transcript, Woken
from voiceslm.intents.recognizer import Recognizer
from voiceslm.listening.ear import level
from voiceslm.listening.vad import FRAME as BLOCK
from voiceslm.skills import Skills
from voiceslm.tts.phrases import PhraseBook
from voiceslm.worker import Cancel, Worker, WorkerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conversation.household import Household

VOICE_DB = -20.0
"""dBFS of people, and of the assistant."""

LOUD_DB = -45.0
"""dBFS above which the ear takes a sound for speech."""

ROOM_DB = -60.0
"""dBFS that the ear takes for the room's own noise."""

WORD_SECONDS = 0.3

LONGEST_TEST = 1000.0
"""Seconds; the room never sleeps, so a test that waits for what never comes would never end."""

CHARACTER_SECONDS = 1 / 15
"""How long the assistant takes to say a character."""

NOW = datetime(2026, 11, 24, 17, 42, tzinfo=UTC)

SHORT = "It is Paris, the capital of France."
LONG = (
    "Paris is the capital of France, as it has been for a thousand years. Two million people live there. "
    "Ten million more live around it. Most of them arrive by train in the morning. "
    "All of them leave again at night. The tower was built in eighteen eighty nine. It is made of iron."
)
QUESTION = "What is the capital of France?"

recognizer = functools.cache(Recognizer)
"""One for all tests: it takes a while to load."""


def virtual(test):
    """Let an async test run in virtual time, of which there is an end."""

    async def limited(*args, **kwargs):
        async with asyncio.timeout(LONGEST_TEST):
            await test(*args, **kwargs)

    @functools.wraps(test)
    def run(*args, **kwargs):
        run_virtual(limited(*args, **kwargs))

    return run


def tokens(text):
    """Cut ``text`` into words, as a language model would give them."""
    return tuple(f"{word} " for word in text.split())


@dataclass
class Words:
    """What was said when."""

    said: list[tuple[float, str]] = field(default_factory=list)
    """The middle of each word, and the word."""

    def write(self, text, begin, seconds):
        """Spread the words of ``text`` evenly."""
        words = text.split()
        each = seconds / max(1, len(words))
        self.said += [(begin + (index + 0.5) * each, word) for index, word in enumerate(words)]

    def between(self, begin, end):
        return " ".join(word for middle, word in sorted(self.said) if begin <= middle < end)


class VirtualWorker:
    """Does what a `Worker` does, but a job takes ``seconds`` of virtual time, and is then done at once."""

    def __init__(self, name: str, seconds: float, *, first: float | None = None) -> None:
        """Take ``first`` seconds for a stream's first item, where that is not the same."""
        self.name, self.seconds, self.first = name, seconds, first
        self.hangs = False
        """Jobs never end, but for their deadline."""
        self.counts: Any = None
        """Returns how much has been done so far: a job that does nothing new takes no time."""
        self.waiting = self.most_waiting = 0
        """Jobs that run or wait for their turn: now, and at most so far."""
        self.busy = asyncio.Lock()
        """One job at a time; a test that holds it holds them up."""

    async def run(self, job, *, deadline, proves=True):
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        cancel = Cancel()
        try:
            async with asyncio.timeout(deadline), self.busy:
                result = await self._done(job, cancel)
                await asyncio.sleep(0)  # it comes back from a thread
                return result
        except TimeoutError:
            raise WorkerError(f"{self.name} did not finish within {deadline:g} s") from None
        finally:
            self.waiting -= 1
            cancel.cancel()

    async def _done(self, job, cancel):
        if self.counts is None:
            await self._work(self.seconds)
            return job(cancel)
        before = self.counts()
        result = job(cancel)
        if self.counts() != before:
            await self._work(self.seconds)
        return result

    async def stream(self, job, *, ahead, deadline):
        cancel = Cancel()
        async with self.busy:
            try:
                items = job(cancel)
                seconds = self.first
                while True:
                    async with asyncio.timeout(deadline):
                        await self._work(self.seconds if seconds is None else seconds)
                    try:
                        item = next(items)
                    except StopIteration:
                        return
                    yield item
                    seconds = None
            except TimeoutError:
                raise WorkerError(f"{self.name} gave nothing for {deadline:g} s") from None
            finally:
                cancel.cancel()

    async def _work(self, seconds):
        if self.hangs:
            await asyncio.Event().wait()
        await asyncio.sleep(seconds)


def _as_worker(worker: Any) -> Worker:
    """Pass the one off as the other."""
    return cast("Worker", worker)


class EnergyEar:
    """Takes whatever is loud for speech; with ``overhears`` also knows the words of the loudspeaker."""

    def __init__(self, words: Words, playback: Playback, *, overhears: bool) -> None:
        """Post to nobody until `post` is set."""
        self.post: Any = None
        self.asked: list[tuple[float, float]] = []
        """The stretches that somebody wanted."""
        self._words, self._playback = words, playback
        self._overhears = overhears
        self._overheard = 0
        self._waiting = np.zeros(0, np.float32)

    def hear(self, frame, reference, at):
        if self._overhears:
            self._overhear(at)
        self._waiting = np.concatenate([self._waiting, frame])
        if len(self._waiting) >= BLOCK:
            block, self._waiting = self._waiting[:BLOCK], self._waiting[BLOCK:]
            loudness = level(block)
            self.post(Activity(at - len(self._waiting) / RATE, float(loudness > LOUD_DB), loudness, ROOM_DB))

    def audio(self, begin, end):
        self.asked.append((begin, end))
        return Audio(np.array([begin, end], np.float32), RATE)

    def _overhear(self, at):
        heard = self._playback.heard(self._playback._turn or 0).split()
        for word in heard[self._overheard :]:
            self._words.said.append((at, word))
        self._overheard = len(heard)


class Transcriber:
    """Knows what was said."""

    def __init__(self, words: Words) -> None:
        """Look it up in ``words``."""
        self._words = words
        self.fail_with: Exception | None = None

    def transcribe(self, audio, *, hint=""):
        if self.fail_with:
            raise self.fail_with
        begin, end = (float(second) for second in audio.samples)
        text = self._words.between(begin, end)
        return Transcript(text, speech_seconds=end - begin, window_seconds=5.0, attempts=1)


class Listener:
    """The turn model: believes what it is told to, or the punctuation of the words so far."""

    def __init__(self, words: Words) -> None:
        """Look them up in ``words``."""
        self._words = words
        self.believes: float | None = None

    def finished(self, audio):
        begin, end = (float(second) for second in audio.samples)
        over = self._words.between(begin, end).endswith((".", "?", "!"))
        return self.believes if self.believes is not None else 0.99 if over else 0.5


class Voice:
    """Takes as long to say a text as people do."""

    sample_rate = RATE

    def __init__(self) -> None:
        """Begin with nothing said."""
        self.said: list[str] = []
        self.fail_with: Exception | None = None
        self.then: Any = None
        """Called once a clause is ready, before anybody has it."""

    def synthesize(self, clause):
        if self.fail_with:
            raise self.fail_with
        self.said.append(clause.text)
        if self.then:
            self.then()
        count = round(seconds_of(clause.text) * RATE)
        return Audio(np.full(count, 10 ** (VOICE_DB / 20), np.float32), RATE)


class SpiedPlayback(Playback):
    """A loudspeaker that remembers which turns' clauses it was given, and when."""

    def __init__(self, report: Any, clock: Any) -> None:
        """Begin silent."""
        super().__init__(report)
        self.given: list[tuple[float, int, str]] = []
        self._clock = clock

    def play(self, speech):
        self.given.append((self._clock(), speech.turn, speech.text))
        super().play(speech)


class Diary(Watcher):
    """Remembers what went on, and when."""

    def __init__(self, clock: Any) -> None:
        """Begin with nothing."""
        self._clock = clock
        self.states: list[tuple[float, str]] = []
        self.transcripts: list[tuple[float, str, bool]] = []
        self.turns: list[Any] = []
        self.troubles: list[str] = []
        self.when_final: Any = lambda: None
        """Called when a transcript is final, before anything comes of that."""

    def on_state(self, state):
        self.states.append((self._clock(), state))

    def on_transcript(self, text, *, final):
        self.transcripts.append((self._clock(), text, final))
        if final:
            self.when_final()

    def on_turn(self, record):
        self.turns.append(record)

    def on_trouble(self, what):
        self.troubles.append(what)


class Home:
    """The room, everything in it, and what tests do there."""

    def __init__(
        self,
        policy: Policy,
        *,
        echo_db: float | None,
        forget_seconds: float,
        noise_db: float | None,
        earcons: bool,
        household: Household | None,
    ) -> None:
        """Furnish; call in virtual time."""
        self._loop = asyncio.get_running_loop()
        self.clock = self._loop.time
        self.words = Words()
        self.stt, self.voice, self.listener = Transcriber(self.words), Voice(), Listener(self.words)
        self.llm: Any = FakeLlm(words=tokens(SHORT))
        self.stt_worker = VirtualWorker("stt", 0.25)
        self.llm_worker = VirtualWorker("llm", 0.02, first=0.2)
        self.voice_worker = VirtualWorker("voice", 0.1)
        self.listener_worker = VirtualWorker("turn", 0.06)
        self.history = History("Be brief.", 8)
        self.diary = Diary(self.clock)
        self.playback = SpiedPlayback(self._report, self.clock)
        echoes = echo_db is not None and VOICE_DB + echo_db > LOUD_DB
        self.ear = EnergyEar(self.words, self.playback, overhears=echoes)
        self.floor = Floor(policy)
        self.set_forward = timedelta()
        """By how much the clock on the wall was set forward since the beginning."""
        self.skills = Skills(now=self.now)
        voice: Any = self.voice
        if household:  # in which the same confirmations come again and again
            voice = PhraseBook(self.voice)
            self.voice_worker.counts = lambda: len(self.voice.said)
        self.router = Router(
            recognizer(),
            self.skills,
            now=self.now,
            clock=self.clock,
            sentences=household.sentences if household else None,
            home=household.home if household else None,
        )
        self.conversation = Conversation(
            self.history,
            hearing=Hearing(self.stt, _as_worker(self.stt_worker)),
            thinking=Thinking(self.llm, _as_worker(self.llm_worker), "fake"),
            speaking=Speaking(voice, _as_worker(self.voice_worker)),
            router=self.router,
            acting=household.acting if household else None,
            tooling=household.tooling(self.router) if household else None,
            clock=self.clock,
        )
        self.live = Live(
            self.conversation,
            self.floor,
            self.playback,
            sound=self.ear.audio,
            judging=Judging(self.listener, _as_worker(self.listener_worker)),
            watcher=self.diary,
            clock=self.clock,
            forget_seconds=forget_seconds,
            earcons=earcons,
        )
        self.ear.post = self.live.post
        self.room = Room(
            self.ear, self.playback, echo_db=echo_db, noise_db=noise_db, clock=self.clock, seed=1
        )

    def _report(self, event):
        self.live.post(event)

    def now(self):
        """Return what the clock on the wall shows."""
        return NOW + timedelta(seconds=self.clock()) + self.set_forward

    def sounds(self, seconds, at=None, *, db=VOICE_DB):
        """Make a noise without words; return when it ends."""
        noise = np.random.default_rng(2).standard_normal(round(seconds * RATE)).astype(np.float32)
        return self.room.say(noise * np.float32(10 ** (db / 20)), at)

    def says(self, text, at=None, *, seconds=None):
        """Let a person say ``text``; return when it ends."""
        seconds = seconds or WORD_SECONDS * len(text.split())
        self.words.write(text, self.clock() if at is None else at, seconds)
        return self.sounds(seconds, at)

    async def wakes(self, at, ended=None):
        """Let the spotter recognise the wake word, which ended a little before."""
        await self.until(at)
        self.live.post(Woken(at, "alexa", at - 0.1 if ended is None else ended))

    async def until(self, second):
        """Let time pass."""
        await asyncio.sleep(second - self.clock())

    async def happens(self, condition, *, within=20.0):
        """Let time pass until the condition holds; return when that is."""
        async with asyncio.timeout(within):
            while not condition():  # noqa: ASYNC110 - virtual time passes by sleeping
                await asyncio.sleep(FRAME_SECONDS / 2)
        return self.clock()

    async def record(self, number=1, *, within=40.0):
        """Wait for the record of the ``number``-th turn that ends."""
        await self.happens(lambda: len(self.turns) >= number, within=within)
        return self.turns[number - 1]

    async def speaking(self, *, within=20.0):
        """Wait until the assistant speaks; return when that is."""
        return await self.happens(lambda: self.live.state is State.SPEAKING, within=within)

    async def works(self):
        """Prove that the next question is answered as ever."""
        before, begin = len(self.turns), self.clock() + 1.5
        self.llm.words = tokens(SHORT)
        self.says("Where is that, then?", at=begin)
        record = await self.record(before + 1)
        assert (record.transcript, record.reply) == ("Where is that, then?", SHORT)
        assert record.ended is Ended.FINISHED
        assert abs(self.spoken_seconds(begin) - seconds_of(SHORT)) < 0.2

    @property
    def turns(self):
        """The records so far."""
        return self.diary.turns

    @property
    def replies(self):
        """When each reply's first clause was handed to the loudspeaker, and all of it."""
        begun: dict[int, float] = {}
        texts: dict[int, list[str]] = {}
        for at, turn, text in self.playback.given:
            begun.setdefault(turn, at)
            texts.setdefault(turn, []).append(text)
        return [(begun[turn], " ".join(texts[turn])) for turn in begun]

    @property
    def asked(self):
        """What the language model was asked, as it was last."""
        return [message.content for message in self.llm.asked[-1][1:]]

    @property
    def remembered(self):
        """The exchanges in the history."""
        return [message.content for message in self.history.messages()[1:]]

    def spoken_seconds(self, after=0.0, before=float("inf"), *, db=AUDIBLE_DB):
        """Return for how long the loudspeaker was heard."""
        frames = np.square(self.room.recording.loudspeaker.reshape(-1, round(FRAME_SECONDS * RATE))).mean(1)
        times = np.arange(len(frames)) * FRAME_SECONDS
        loud = (frames > 10 ** (db / 10)) & (times >= after) & (times < before)
        return loud.sum() * FRAME_SECONDS


def seconds_of(text):
    """Return how long the assistant takes to say ``text``."""
    return len(text) * CHARACTER_SECONDS


@asynccontextmanager
async def at_home(
    *,
    policy: Policy | None = None,
    reply: str | None = None,
    echo_db: float | None = None,
    forget_seconds: float = 300.0,
    noise_db: float | None = None,
    earcons: bool = False,
    trouble: bool = False,
    household: Household | None = None,
) -> AsyncIterator[Home]:
    """Live there; afterwards nothing may be left behind, and nothing have gone wrong.

    Args:
        policy: of the floor.
        reply: what the language model answers.
        echo_db: of the loudspeaker in the microphone, whose words are then heard too if loud enough; or None.
        forget_seconds: silence that ends a conversation.
        noise_db: dBFS of the microphone's own noise.
        earcons: whether they are on.
        trouble: the test expects something to go wrong, and looks itself at what did.
        household: what can be commanded there.
    """
    loop = asyncio.get_running_loop()
    errors: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: errors.append(context))
    home = Home(
        policy or Policy(),
        echo_db=echo_db,
        forget_seconds=forget_seconds,
        noise_db=noise_db,
        earcons=earcons,
        household=household,
    )
    if reply is not None:
        home.llm.words = tokens(reply)
    sounding = asyncio.create_task(home.room.run(), name="room")
    try:
        yield home
    finally:
        sounding.cancel()
        await asyncio.gather(sounding, return_exceptions=True)
        await home.live.close()
        for _ in range(5):
            await asyncio.sleep(0)
    assert sounding.cancelled()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert errors == []
    assert trouble or home.diary.troubles == []
