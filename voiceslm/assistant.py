"""The composition root: settings -> engines, skills and a home -> a warm assistant. It knows every room."""

from __future__ import annotations

import asyncio
import gc
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from voiceslm.audio.playback import Playback
from voiceslm.config import home_pin
from voiceslm.conversation.acting import Acting
from voiceslm.conversation.floor import Floor
from voiceslm.conversation.history import History
from voiceslm.conversation.knowing import Knowing
from voiceslm.conversation.live import APOLOGY, NO_ANSWER, Live
from voiceslm.conversation.moves import Policy
from voiceslm.conversation.pipeline import Conversation
from voiceslm.conversation.router import Router
from voiceslm.conversation.tooling import Tooling
from voiceslm.crew import Crew, Engine
from voiceslm.engines import knows_home, load_ear, mode_of
from voiceslm.intents.home import HomeSentences
from voiceslm.intents.recognizer import Recognizer
from voiceslm.knowledge.library import Library
from voiceslm.knowledge.scope import REFUSAL
from voiceslm.listening.endpoint import Preset
from voiceslm.skills import Lists, Skills, Timers, VolumeControl
from voiceslm.skills.courtesy import NOTHING_SAID

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from types import TracebackType

    from voiceslm.config import Settings
    from voiceslm.conversation.live import Event
    from voiceslm.conversation.watcher import Watcher
    from voiceslm.entities import Entity
    from voiceslm.listening.ear import Ear
    from voiceslm.residence import Residence

PHRASES = (APOLOGY, NO_ANSWER, NOTHING_SAID)
"""What is said often enough to have its sound ready."""

LOOK_SECONDS = 5.0
"""How often is looked whether a document has changed: milliseconds for a thousand."""

TOOLS_LANGUAGE = "en"
"""The only one in which questions are told from requests (`voiceslm.llm.scope`), and so the only one in which
the language model may change anything."""


class Assistant:
    """Loaded, warm engines and the conversation with them."""

    def __init__(
        self,
        settings: Settings,
        residence: Residence | None = None,
        *,
        state: Path | None = None,
        asks_pin: bool = True,
        crew: Crew | None = None,
    ) -> None:
        """Load nothing before `load` or `muster`.

        Args:
            settings: everything that can be configured.
            residence: the home, where there is one.
            state: folder in which timers and lists are kept; None: they end with the process.
            asks_pin: as `Acting` has it.
            crew: engines that outlive this assistant; None: it has its own.
        """
        self._settings = settings
        self._residence = residence
        self._state = state
        self._asks_pin = asks_pin
        self._owns_crew = crew is None
        self.crew = crew or Crew(settings, home=residence is not None)
        self._live: Live | None = None
        self._ear: Ear | None = None
        self._tooling: Tooling | None = None
        self._rehearsing: asyncio.Task[None] | None = None
        self.library = _library(settings)
        """What is known beyond the language model; None: nothing is configured."""
        self._looked_at = 0.0
        self.conversation: Conversation
        self.skills: Skills
        self.playback: Playback | None = None
        """The loudspeaker of the live conversation, once there is one."""

    @property
    def models(self) -> dict[str, str]:
        """What is loaded: stt, llm, voice, turn -> id or path."""
        return self.crew.models

    @property
    def load_ms(self) -> dict[str, float]:
        """How long each took to load and warm up."""
        return self.crew.load_ms

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
        wanted = {Engine.STT: hear, Engine.VOICE: speak, Engine.LLM: think, Engine.TURN: False}
        engines = [engine for engine, needed in wanted.items() if needed or live]
        await self._join(self.crew.load(engines), live=live)
        return self

    async def muster(self) -> Self:
        """Load and warm up whatever can be; `mend` sees to the rest.

        Raises:
            Problem: nothing can be.
        """
        await self._join(self.crew.muster(), live=True)
        return self

    async def mend(self) -> None:
        """Load again what is missing or fails, where it is time to. Call it every now and then."""
        back = await self.crew.mend()
        self._equip()
        if Engine.LLM in back and self._tooling and self._residence:
            self._tooling.brief = knows_home(self._settings)  # its adapter may have been what was missing
            await asyncio.to_thread(self._tooling.learn, [*self._residence.home.entities.values()])
        news = await self._read_anew()
        if news:
            self.conversation.inform()
        if news or back & {Engine.LLM, Engine.VOICE}:
            await self._warm_up()
            await self._rehearse()

    async def _read_anew(self) -> bool:
        """Read documents that have changed, if it is time to look; say whether any have."""
        now = time.monotonic()
        if self.library is None or now - self._looked_at < LOOK_SECONDS:
            return False
        self._looked_at = now
        return await asyncio.to_thread(self.library.refresh)

    async def _join(self, loading: Coroutine[Any, Any, None], *, live: bool) -> None:
        """Load the engines and, meanwhile, all else that takes time; after a failure nothing is under way."""
        there = [*self._residence.home.entities.values()] if self._residence else []
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(loading)
                group.create_task(asyncio.to_thread(self._compose, there, live=live))
                if live:
                    group.create_task(asyncio.to_thread(self._load_ear))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        self._equip()
        began = time.perf_counter()
        await self._warm_up()
        if live:
            self._rehearsing = asyncio.create_task(self._rehearse(), name="rehearse")
        if self.crew.thinking:
            self.load_ms["llm"] = self.load_ms.get("llm", 0.0) + _ms_since(began)

    def _load_ear(self) -> None:
        self._ear = load_ear(self._settings, self._post)

    def _post(self, event: Event) -> None:
        """Pass on what the ear hears and the loudspeaker plays; from any thread."""
        if self._live:
            self._live.post(event)

    def _equip(self) -> None:
        crew = self.crew
        self.conversation.equip(hearing=crew.hearing, thinking=crew.thinking, speaking=crew.speaking)
        if self._live:
            self._live.judging = crew.judging

    async def _warm_up(self) -> None:
        """Compute what precedes every question.

        An engine that fails at it is known to (`Crew.troubles`), and what can be done without it is done.
        """

        async def read() -> None:
            await self.conversation.learn()
            await self.conversation.settle()

        await asyncio.gather(read(), return_exceptions=True)

    async def _rehearse(self) -> None:
        """Have the sound of `PHRASES` ready; nobody waits for it, and they are said without it as well."""
        refusal = (REFUSAL,) if self._settings.knowledge.scope == "strict" else ()
        for phrase in PHRASES + refusal:
            await asyncio.gather(self.conversation.rehearse(phrase), return_exceptions=True)

    def _compose(self, entities: Sequence[Entity], *, live: bool) -> None:
        """Join what is loaded with the skills and the home, in which ``entities`` are. In a thread."""
        settings, residence = self._settings, self._residence
        home = residence.home if residence else None
        self.skills = self._skills(live=live)
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
                tooling = Tooling(home, router, settings.home.area, brief=knows_home(settings))
                tooling.learn(entities)
        self._tooling = tooling
        self.conversation = Conversation(
            History(settings.llm.persona.strip(), settings.conversation.history_turns),
            router=router,
            acting=acting,
            tooling=tooling,
            knowing=self._knowing(),
        )
        self.conversation.inform()
        if residence and tooling:
            residence.on_learnt = self._learn

    def _skills(self, *, live: bool) -> Skills:
        settings, folder, residence = self._settings, self._state, self._residence
        return Skills(
            now=local_time,
            timers=Timers(folder / "timers.json") if folder and live else None,
            lists=Lists(folder / "lists.json" if folder else None, names=settings.home.lists),
            volume=VolumeControl(self._volume, self._set_volume) if live else None,
            home=lambda: bool(residence and residence.home.entities),
            can_do=self._can_do,
        )

    async def _learn(self, entities: Sequence[Entity]) -> None:
        """Let the model know a home that has changed."""
        if self._tooling:
            await asyncio.to_thread(self._tooling.learn, entities)
            await self.conversation.learn()

    def _knowing(self) -> Knowing | None:
        """Return who speaks of what is known, once it is read. Blocks."""
        if self.library is None:
            return None
        self.library.refresh()
        knowledge = self._settings.knowledge
        return Knowing(
            self.library,
            self._settings.llm.persona.strip(),
            strict=knowledge.scope == "strict",
            prompt_tokens=knowledge.prompt_tokens,
        )

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
        playback = self.playback = Playback(self._post)
        ear, self._ear = self._ear, None
        if ear is None:
            ear = await asyncio.to_thread(load_ear, settings, self._post)
        policy = Policy(
            mode=mode_of(settings),
            preset=Preset(settings.listening.endpoint),
            follow_up=settings.listening.follow_up_seconds,
            longest=settings.listening.longest_seconds,
            language=settings.language,
        )
        live = self._live = Live(
            self.conversation,
            Floor(policy),
            playback,
            sound=ear.audio,
            judging=self.crew.judging,
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
        if self._rehearsing:
            self._rehearsing.cancel()
        if self._owns_crew:
            self.crew.close()


def _library(settings: Settings) -> Library | None:
    """Return what is known; a strict scope with no documents knows nothing, and speaks of nothing."""
    knowledge = settings.knowledge
    if not knowledge.paths and knowledge.scope == "open":
        return None
    return Library([Path(path).expanduser() for path in knowledge.paths])


def local_time() -> datetime:
    """Return the time where this machine is, aware."""
    return datetime.now().astimezone()


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
