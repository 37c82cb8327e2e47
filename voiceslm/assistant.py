"""The composition root: settings -> engines, skills and a home -> a warm assistant. It knows every room."""

from __future__ import annotations

import asyncio
import gc
import time
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from voiceslm.audio.playback import Playback
from voiceslm.catalog import resolve
from voiceslm.config import home_pin
from voiceslm.conversation.acting import Acting
from voiceslm.conversation.floor import Floor
from voiceslm.conversation.hearing import Hearing
from voiceslm.conversation.history import History
from voiceslm.conversation.live import APOLOGY, NO_ANSWER, Judging, Live
from voiceslm.conversation.moves import Policy
from voiceslm.conversation.pipeline import Conversation, Thinking
from voiceslm.conversation.router import Router
from voiceslm.conversation.speaking import Speaking
from voiceslm.conversation.tooling import Tooling
from voiceslm.engines import (
    load_ear,
    load_llm,
    load_stt,
    load_turn_model,
    load_voice,
    mode_of,
    models_of,
)
from voiceslm.intents.home import HomeSentences
from voiceslm.intents.recognizer import Recognizer
from voiceslm.listening.endpoint import Preset
from voiceslm.skills import Lists, Skills, Timers, VolumeControl
from voiceslm.skills.courtesy import NOTHING_SAID
from voiceslm.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType

    from voiceslm.config import Settings
    from voiceslm.conversation.live import Event
    from voiceslm.conversation.watcher import Watcher
    from voiceslm.entities import Entity
    from voiceslm.listening.ear import Ear
    from voiceslm.residence import Residence

E = TypeVar("E")

LOAD_DEADLINE = 300.0
"""Seconds for one engine to load and warm up; a cold gigabyte from a slow card takes a minute or two."""

TOOLS_LANGUAGE = "en"
"""The only one in which questions are told from requests (`voiceslm.llm.scope`), and so the only one in which
the language model may change anything."""

CLOSE_SECONDS = 1.0
"""For all engines together to stop; what does not is left to the end of the process."""


class Assistant:
    """Loaded, warm engines and the conversation with them."""

    def __init__(
        self,
        settings: Settings,
        residence: Residence | None = None,
        *,
        state: Path | None = None,
        asks_pin: bool = True,
    ) -> None:
        """Load nothing before `load`.

        Args:
            settings: everything that can be configured.
            residence: the home, where there is one.
            state: folder in which timers and lists are kept; None: they end with the process.
            asks_pin: as `Acting` has it.
        """
        self._settings = settings
        self._residence = residence
        self._state = state
        self._asks_pin = asks_pin
        self._names = models_of(settings)
        self._workers: list[Worker] = []
        self._closers: list[Callable[[], None]] = []
        self.models: dict[str, str] = {}
        """What is loaded: stt, llm, voice -> id or path."""
        self.load_ms: dict[str, float] = {}
        """How long each took to load and warm up, side by side."""
        self.conversation: Conversation
        self.skills: Skills
        self.playback: Playback | None = None
        """The loudspeaker of the live conversation, once there is one."""
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
            home = self._residence is not None
            engine = await self._timed("llm", worker, lambda: load_llm(settings, llm, home=home))
            self._closers.append(engine.close)
            thinking = Thinking(engine, worker, names.llm)
        if turn:
            worker = self._worker("turn", names.turn)
            self._judging = Judging(await self._timed("turn", worker, lambda: load_turn_model(turn)), worker)
        there = [*self._residence.home.entities.values()] if self._residence else []
        await asyncio.to_thread(self._compose, hearing, thinking, speaking, there, live=live)
        if thinking:
            began = time.perf_counter()
            await self.conversation.learn()
            await self.conversation.settle()
            self.load_ms["llm"] += _ms_since(began)
        return self

    def _compose(
        self,
        hearing: Hearing | None,
        thinking: Thinking | None,
        speaking: Speaking | None,
        entities: Sequence[Entity],
        *,
        live: bool,
    ) -> None:
        """Join what is loaded with the skills and the home, in which ``entities`` are. In a thread."""
        settings, residence = self._settings, self._residence
        home = residence.home if residence else None
        folder = self._state
        self.skills = Skills(
            now=local_time,
            timers=Timers(folder / "timers.json") if folder and live else None,
            lists=Lists(folder / "lists.json" if folder else None, names=settings.home.lists),
            volume=VolumeControl(self._volume, self._set_volume) if live else None,
            home=lambda: bool(home and home.entities),
            can_do=self._can_do,
        )
        router = Router(
            Recognizer(settings.language),
            self.skills,
            now=local_time,
            clock=time.monotonic,
            sentences=residence.sentences if residence else HomeSentences(settings.language),
            home=home,
            area=settings.home.area,
            lasting=self._state is not None,
        )
        acting = tooling = None
        if residence and home:
            pin = home_pin(settings.home)
            acting = Acting(
                home,
                allowed=settings.home.unguard,
                pin=pin,
                clock=time.monotonic,
                asks_pin=self._asks_pin,
            )
            if settings.language == TOOLS_LANGUAGE:
                tooling = Tooling(home, router, settings.home.area)
                tooling.learn(entities)
        self.conversation = Conversation(
            History(settings.llm.persona.strip(), settings.conversation.history_turns),
            hearing=hearing,
            thinking=thinking,
            speaking=speaking,
            router=router,
            acting=acting,
            tooling=tooling,
        )
        if residence and tooling:
            conversation, known = self.conversation, tooling

            async def learn(entities: Sequence[Entity]) -> None:
                await asyncio.to_thread(known.learn, entities)
                await conversation.learn()

            residence.on_learnt = learn

    def _can_do(self, sentence: str) -> bool:
        return self.conversation.is_command(sentence)

    def _volume(self) -> int:
        return self.playback.volume if self.playback else 100

    def _set_volume(self, percent: int) -> None:
        if self.playback:
            self.playback.set_volume(percent)

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

        playback = self.playback = Playback(post)
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


def local_time() -> datetime:
    """Return the time where this machine is, aware."""
    return datetime.now().astimezone()


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
