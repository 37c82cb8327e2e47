"""The composition root: settings -> engines -> a warm assistant. The only file that knows every room."""

from __future__ import annotations

import asyncio
import gc
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

import numpy as np

from voiceslm.audio import RATE
from voiceslm.audio.playback import Playback
from voiceslm.catalog import load_catalog, resolve
from voiceslm.conversation.floor import Floor
from voiceslm.conversation.history import History
from voiceslm.conversation.live import APOLOGY, NO_ANSWER, Judging, Live, Watcher
from voiceslm.conversation.moves import Mode, Policy
from voiceslm.conversation.pipeline import Conversation, Hearing, Speaking, Thinking
from voiceslm.conversation.router import Router
from voiceslm.errors import Problem
from voiceslm.events import Audio
from voiceslm.intents.recognizer import Recognizer
from voiceslm.listening.endpoint import Preset
from voiceslm.skills.courtesy import NOTHING_SAID
from voiceslm.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from voiceslm.config import Settings
    from voiceslm.conversation.live import Event
    from voiceslm.events import Activity, Woken
    from voiceslm.listening.ear import Ear
    from voiceslm.listening.smart_turn import SmartTurn
    from voiceslm.llm.llama import LlamaEngine
    from voiceslm.stt.whisper import WhisperEngine
    from voiceslm.tts import TextToSpeech

E = TypeVar("E")

LOAD_DEADLINE = 300.0
"""Seconds for one engine to load and warm up; a cold gigabyte from a slow card takes a minute or two."""


CLOSE_SECONDS = 1.0
"""For all engines together to stop; what does not is left to the end of the process."""


@dataclass(frozen=True, slots=True)
class Models:
    """The models that the settings name, as ids or paths."""

    stt: str
    llm: str
    voice: str
    turn: str


def models_of(settings: Settings) -> Models:
    """Return the profile's models, with those that the settings name in their place.

    Raises:
        Problem: there is no such profile.
    """
    profiles = load_catalog().profiles
    if settings.profile not in profiles:
        raise Problem(
            f"there is no profile {settings.profile!r}", f"Choose one of: {', '.join(sorted(profiles))}"
        )
    profile = profiles[settings.profile]
    return Models(
        stt=settings.stt.model or profile.stt,
        llm=settings.llm.model or profile.llm,
        voice=settings.tts.voice or profile.voice,
        turn=profile.turn,
    )


def load_stt(settings: Settings, path: Path) -> WhisperEngine:
    """Load the speech-to-text engine from folder ``path``, warm. Blocks for a second or more."""
    from voiceslm.listening.vad import SileroVad  # noqa: PLC0415 - engines load only where one is needed
    from voiceslm.stt.whisper import WhisperEngine  # noqa: PLC0415

    engine = WhisperEngine(
        path, language=settings.language, find_speech=SileroVad().spans, threads=settings.stt.threads
    )
    engine.warm_up()
    return engine


def load_llm(settings: Settings, path: Path) -> LlamaEngine:
    """Load the language model from file ``path``. Blocks for seconds."""
    from voiceslm.llm.llama import LlamaEngine  # noqa: PLC0415 - engines load only where one is needed

    return LlamaEngine(
        path,
        threads=settings.llm.threads,
        context_tokens=settings.llm.context_tokens,
        max_tokens=settings.llm.max_tokens,
        temperature=settings.llm.temperature,
        seed=settings.llm.seed,
    )


def load_voice(settings: Settings, path: Path) -> TextToSpeech:
    """Load the voice from file ``path``, warm. Blocks for a second."""
    from voiceslm.tts.phrases import PhraseBook  # noqa: PLC0415 - engines load only where one is needed
    from voiceslm.tts.piper import PiperEngine  # noqa: PLC0415

    return PhraseBook(PiperEngine(path, threads=settings.tts.threads, speed=settings.tts.speed))


def load_turn_model(path: Path) -> SmartTurn:
    """Load the model that hears whether a speaker has finished, warm. Blocks for half a second."""
    from voiceslm.listening.smart_turn import SmartTurn  # noqa: PLC0415 - engines load only where one is needed

    engine = SmartTurn(path)
    engine.finished(Audio(np.zeros(RATE, np.float32), RATE))
    return engine


def load_ear(settings: Settings, post: Callable[[Activity | Woken], None]) -> Ear:
    """Load what the audio thread listens with. Blocks for a second."""
    from voiceslm.audio.echo import EchoCanceller  # noqa: PLC0415 - engines load only where one is needed
    from voiceslm.listening.ear import Ear  # noqa: PLC0415
    from voiceslm.listening.wake import WakeWord  # noqa: PLC0415

    listening = settings.listening
    spotter = None
    if mode_of(settings) is Mode.WAKE:
        spotter = WakeWord(listening.wake, threshold=listening.wake_threshold or None)
    canceller = EchoCanceller() if cancels_echo(settings) else None
    return Ear(post, canceller=canceller, spotter=spotter, word=listening.wake)


def cancels_echo(settings: Settings) -> bool:
    """Say whether the echo is to be cancelled here: not where the microphone's name says that it has none."""
    wanted = settings.audio.echo_cancelling
    name = (settings.audio.input or "").lower()
    return wanted == "on" or (wanted == "auto" and not ("echo" in name and "cancel" in name))


def mode_of(settings: Settings) -> Mode:
    """Return how the user gets attention."""
    return {"none": Mode.OPEN, "key": Mode.KEY}.get(settings.listening.wake, Mode.WAKE)


class Assistant:
    """Loaded, warm engines and the conversation with them."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings; nothing is loaded before `load`."""
        self._settings = settings
        self._names = models_of(settings)
        self._workers: list[Worker] = []
        self._closers: list[Callable[[], None]] = []
        self.models: dict[str, str] = {}
        """What is loaded: stt, llm, voice -> id or path."""
        self.load_ms: dict[str, float] = {}
        """How long each took to load and warm up, side by side."""
        self.conversation: Conversation
        self._judging: Judging | None = None

    async def __aenter__(self) -> Self:
        """Return the assistant; call `load` next."""
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop what runs and free the engines."""
        self.close()

    async def load(
        self, *, hear: bool = False, think: bool = False, speak: bool = False, live: bool = False
    ) -> Self:
        """Load and warm up the engines that are needed; ``live`` is all of them and the turn model.

        Raises:
            Problem: a model is not on this machine or cannot be loaded.
        """
        names, settings = self._names, self._settings
        stt = resolve(names.stt, "stt") if hear or live else None
        llm = resolve(names.llm, "llm") if think or live else None
        voice = resolve(names.voice, "voice") if speak or live else None
        turn = resolve(names.turn, "turn") if live else None
        hearing = thinking = speaking = None
        if stt:
            worker = self._worker("stt", names.stt)
            hearing = Hearing(await self._timed("stt", worker, lambda: load_stt(settings, stt)), worker)
        if voice:
            worker = self._worker("voice", names.voice)
            speaking = Speaking(
                await self._timed("voice", worker, lambda: load_voice(settings, voice)), worker
            )
        if llm:
            worker = self._worker("llm", names.llm)
            engine = await self._timed("llm", worker, lambda: load_llm(settings, llm))
            self._closers.append(engine.close)
            thinking = Thinking(engine, worker, names.llm)
        if turn:
            worker = self._worker("turn", names.turn)
            self._judging = Judging(await self._timed("turn", worker, lambda: load_turn_model(turn)), worker)
        history = History(settings.llm.persona.strip(), settings.conversation.history_turns)
        self.conversation = Conversation(
            history,
            hearing=hearing,
            thinking=thinking,
            speaking=speaking,
            router=Router(Recognizer(settings.language), now=_local_time),
        )
        if thinking:
            began = time.perf_counter()
            await self.conversation.settle()
            self.load_ms["llm"] += _ms_since(began)
        return self

    async def converse(self, watcher: Watcher) -> tuple[Live, Ear, Playback]:
        """Begin a live conversation: what the ear hears is answered through the playback.

        Feed the ear and drain the playback, as a `voiceslm.audio.Sound` does.
        """
        settings = self._settings
        for phrase in (APOLOGY, NO_ANSWER, NOTHING_SAID):
            await self.conversation.rehearse(phrase)
        live: Live

        def post(event: Event) -> None:
            live.post(event)

        playback = Playback(post)
        ear = await asyncio.to_thread(load_ear, settings, post)
        policy = Policy(
            mode=mode_of(settings),
            preset=Preset(settings.listening.endpoint),
            follow_up=settings.listening.follow_up_seconds,
            longest=settings.listening.longest_seconds,
            language=settings.language,
        )
        live = Live(
            self.conversation,
            Floor(policy),
            playback,
            sound=ear.audio,
            judging=self._judging,
            watcher=watcher,
            clock=time.perf_counter,
            forget_seconds=settings.conversation.forget_minutes * 60,
            earcons=settings.audio.earcons == "on",
        )
        gc.collect()
        gc.freeze()  # what is loaded stays: looking through all of it again and again would hold the loop up
        return live, ear, playback

    def close(self) -> None:
        """Stop what runs; free what is idle."""
        for worker in self._workers:
            worker.close(timeout=0.0)
        until = time.monotonic() + CLOSE_SECONDS
        ended = [worker.close(timeout=max(0.0, until - time.monotonic())) for worker in self._workers]
        if all(ended):
            for close in self._closers:
                close()
        self._workers.clear()
        self._closers.clear()

    def _worker(self, part: str, name: str) -> Worker:
        self.models[part] = name
        self._workers.append(Worker(part))
        return self._workers[-1]

    async def _timed(self, part: str, worker: Worker, load: Callable[[], E]) -> E:
        began = time.perf_counter()
        engine = await worker.run(lambda _cancel: load(), deadline=LOAD_DEADLINE)
        self.load_ms[part] = _ms_since(began)
        return engine


def _local_time() -> datetime:
    return datetime.now().astimezone()


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
