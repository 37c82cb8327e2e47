"""The assistant in a simulated home as this bench talks to it: it hears, decides and acts, and says nothing.

What skills do (timers, lists, the volume) is noted and not done, so that every sentence finds the same.
"""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.assistant import TOOLS_LANGUAGE, local_time
from voiceslm.bench.home.broker import broker
from voiceslm.bench.home.lodging import lodged, settings_in
from voiceslm.bench.home.part import SEED
from voiceslm.conversation.acting import Acting
from voiceslm.conversation.pipeline import TOKEN_DEADLINE
from voiceslm.conversation.router import Router
from voiceslm.conversation.tooling import UNCLEAR, Tooling
from voiceslm.events import Route
from voiceslm.intents.recognizer import Recognizer
from voiceslm.llm import Message
from voiceslm.skills import Skills, VolumeControl

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from voiceslm.bench.home.devices import SimulatedHome
    from voiceslm.bench.home.homes import Home
    from voiceslm.bench.home.lodging import Lodging
    from voiceslm.bench.speech.verdicts import Done
    from voiceslm.config import Settings
    from voiceslm.conversation.decision import Decision
    from voiceslm.crew import Crew
    from voiceslm.entities import State
    from voiceslm.events import Audio
    from voiceslm.worker import Cancel

AT_ONCE = (0.0, 0.0)
"""Seconds after which devices report: nobody times them here."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What came of some words."""

    route: str
    asked: bool
    """Nothing was done, and the assistant asked back."""

    done: Done


NO_REACTION = Reaction(Route.NONE.value, asked=False, done=())


class Listener:
    """Hears, decides and acts."""

    def __init__(self, settings: Settings, lodging: Lodging, simulated: SimulatedHome, crew: Crew) -> None:
        """Be in a home that is ``simulated`` and known to ``lodging``, with the engines of ``crew``."""
        home, area = lodging.residence.home, settings.home.area
        self.simulated = simulated
        self._lodging = lodging
        self._persona = settings.llm.persona.strip()
        self._crew = crew
        self._router = Router(
            Recognizer(settings.language),
            Skills(now=local_time, volume=VolumeControl(lambda: 50, _ignore), home=lambda: True),
            now=local_time,
            clock=time.monotonic,
            sentences=lodging.residence.sentences,
            home=home,
            area=area,
        )
        self._acting = Acting(home, allowed=(), pin="", clock=time.monotonic)
        self._tooling = Tooling(home, self._router, area) if settings.language == TOOLS_LANGUAGE else None
        if self._tooling:
            self._tooling.learn([*home.entities.values()])

    async def transcribe(self, audio: Audio, *, hint: str = "", whole: bool = True) -> str:
        """Return what was understood of an utterance, as `Hearing` has it; the names here are in its mind."""
        hearing = self._crew.hearing
        assert hearing is not None
        return (await hearing.transcribe(audio, self._router, hint=hint, whole=whole)).text

    @property
    def thinks(self) -> bool:
        """Whether there is a language model to ask."""
        return self._crew.thinking is not None

    def is_command(self, text: str) -> bool:
        """Say whether ``text`` is a whole command that needs no language model."""
        return self._router.route(text, "") is not None

    async def react(self, text: str, *, thinks: bool = False) -> Reaction:
        """Do what ``text`` asks for, in a conversation of its own.

        Args:
            text: what was understood.
            thinks: whether the language model is asked where no sentence fits, and only then.
        """
        self._router.forget()
        decision = self._router.route(text, "") if text and not thinks else None
        if decision is None and text and thinks:
            decision = await self._think(text)
        if decision is None:
            return NO_REACTION
        done: list[tuple[str, str]] = []
        if decision.effect:
            done.append((decision.name, decision.text))
        if decision.changes:
            before = len(self.simulated.log)
            await self._acting.act(decision.changes, spoken=True)
            await self.simulated.settled()
            done += [(message.topic, message.payload) for message in self.simulated.log[before:]]
        asked = not decision.acts and (decision.text.endswith("?") or decision.text == UNCLEAR)
        return Reaction(decision.route.value, asked=asked, done=tuple(sorted(done)))

    async def closing(self, text: str) -> float | None:
        """Return how likely ``text`` is all that is to be said; None where the model would not be asked."""
        thinking = self._crew.thinking
        if thinking is None or self.is_command(text) or (self._tooling and self._tooling.request(text)):
            return None
        messages = [Message("system", self._persona), Message("user", text)]

        def first(cancel: Cancel) -> float | None:
            token = next(iter(thinking.engine.reply(messages, cancel)), None)
            return token.closing if token else None

        return await thinking.worker.run(first, deadline=TOKEN_DEADLINE)

    async def put(self, states: dict[str, State]) -> None:
        """Put the home into exactly these states, and let the assistant be told of it."""
        now = self.simulated.states
        await self.simulated.reset({key: state for key, state in states.items() if now[key] != state})
        await self._lodging.told()

    async def _think(self, text: str) -> Decision | None:
        """Let the language model call tools, as `Conversation` does."""
        thinking, tooling = self._crew.thinking, self._tooling
        request = tooling.request(text) if tooling and thinking else None
        if request is None or tooling is None or thinking is None:
            return None
        if not request.menu:
            return tooling.decision(request, "")
        output = await thinking.worker.run(
            lambda cancel: thinking.engine.choose(request.messages, request.grammar, cancel),
            deadline=TOKEN_DEADLINE,
        )
        return tooling.decision(request, output)


@asynccontextmanager
async def listening(settings: Settings, home: Home, crew: Crew, *, area: str = "") -> AsyncIterator[Listener]:
    """Be in ``home``, with a broker of its own, while the block runs; ``area`` is the assistant's room."""
    async with broker() as address, home.simulated(address, delay=AT_ONCE, seed=SEED) as simulated:
        settings = settings_in(settings, home, address, area=area)
        async with lodged(settings) as lodging:
            await lodging.told()
            yield Listener(settings, lodging, simulated, crew)


def _ignore(_percent: int) -> None:
    """Leave the volume as it is."""
