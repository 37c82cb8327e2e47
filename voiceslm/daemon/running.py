"""The daemon: a live conversation on a real microphone and loudspeaker, behind one door."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceslm.assistant import Assistant, local_time
from voiceslm.audio.devices import Direction
from voiceslm.conversation.bell import Bell
from voiceslm.conversation.reminders import Reminders
from voiceslm.conversation.watcher import Watchers
from voiceslm.daemon.address import address
from voiceslm.daemon.at_home import AtHome
from voiceslm.daemon.door import Door
from voiceslm.daemon.endpoint import routes, serving
from voiceslm.daemon.health import Health, Part
from voiceslm.daemon.librarian import Librarian
from voiceslm.daemon.manner import Keeper
from voiceslm.daemon.metrics import Metrics, Sources
from voiceslm.daemon.notify import Notifier
from voiceslm.daemon.recording import Recorder
from voiceslm.daemon.supervisor import Supervisor
from voiceslm.engines import models_of
from voiceslm.errors import Problem
from voiceslm.metrics.stalls import watch_stalls
from voiceslm.skills import state_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from voiceslm.audio.device import SoundDevice
    from voiceslm.config import Settings
    from voiceslm.conversation.live import Live
    from voiceslm.crew import Crew
    from voiceslm.daemon.health import Condition
    from voiceslm.daemon.onlooker import Onlooker
    from voiceslm.metrics.stalls import Stalls
    from voiceslm.skills.store import Store

OPENING_SECONDS = 4.0
"""Longest wait for word of microphone and loudspeaker before it is said to be ready."""

STALL_TICK_SECONDS = 0.05
"""How often the event loop is asked to answer where its lateness is to be read; more would cost power."""

SAVE_SECONDS = 30.0
"""Until a disk that could not be written to is tried again."""


class Daemon:
    """One running conversation: answers at the door (`Control`), and is looked after (`Ward`)."""

    def __init__(
        self,
        assistant: Assistant,
        *,
        live: Live,
        sound: SoundDevice,
        keeper: Keeper,
        at_home: AtHome | None,
        librarian: Librarian,
        onlooker: Onlooker,
        health: Health,
    ) -> None:
        """Take the running parts."""
        self._librarian = librarian
        self.health = health
        self._assistant = assistant
        self._live = live
        self._sound = sound
        self._keeper = keeper
        self._at_home = at_home
        self._onlooker = onlooker
        self._began = time.monotonic()
        self._saved_at = self._began

    def status(self) -> dict[str, Any]:
        """Say how it is."""
        return {
            "state": self._live.state.value,
            "muted": self._live.muted,
            "running_seconds": round(time.monotonic() - self._began),
            "turns": self._live.turns,
            "pid": os.getpid(),
            "health": self.health.document(),
            "sound": self._sound.status(),
            "models": self._assistant.models,
            "home": self._at_home.status() if self._at_home else {"broker": ""},
        }

    def talk(self, down: bool | None) -> None:  # noqa: FBT001 - as `Control` has it
        """Press the key, release it, or, with None, do the other of the two."""
        self._live.talk(down=not self._live.key_down if down is None else down)

    def stop(self) -> None:
        """End what is being said."""
        self._live.stop()

    def mute(self, muted: bool) -> None:  # noqa: FBT001 - as `Control` has it
        """Stop listening, or listen again."""
        self._live.mute(muted=muted)
        self._keeper.changed()
        if self._at_home:
            self._at_home.refresh()

    async def ask(self, text: str) -> dict[str, Any]:
        """Answer a question aloud."""
        return (await self._live.ask(text)).document()

    async def say(self, text: str) -> dict[str, Any]:
        """Speak a text."""
        return (await self._live.say(text)).document()

    async def quiet(self, seconds: float) -> None:
        """Wait until nobody speaks, at most so long."""
        await self._live.quiet(seconds)

    def troubles(self) -> Mapping[Part, str]:
        """Return what is wrong with each part."""
        sound, broker = self._sound.troubles(), self._at_home.trouble if self._at_home else None
        ill = next((store.trouble for store in self._stores if store.trouble), None)
        return {
            Part.MICROPHONE: sound[Direction.INPUT],
            Part.LOUDSPEAKER: sound[Direction.OUTPUT],
            **{Part(engine.value): why for engine, why in self._assistant.crew.troubles.items()},
            **({} if broker is None else {Part.BROKER: broker}),
            Part.STATE: ill.cause if ill else "",
        }

    def sources(self, stalls: Stalls) -> Sources:
        """Return who can be asked for figures."""
        return Sources(
            health=lambda: self.health.conditions,
            sound=lambda: self._sound.counters,
            broker=self._at_home.status if self._at_home else None,
            queues=lambda: self._assistant.crew.waiting,
            stalls=stalls,
        )

    @property
    def frames(self) -> int:
        """How many frames the listener got so far."""
        return self._sound.counters.frames

    @property
    def excused(self) -> bool:
        """Whether it is known why none come."""
        return self._live.muted or bool(self._sound.troubles()[Direction.INPUT])

    @property
    def hung(self) -> str:
        """An engine that does not come back."""
        return self._assistant.crew.hung or ""

    def summary(self) -> str:
        """Say in a few words what it does."""
        muted = ", muted" if self._live.muted else ""
        return f"{self._live.state.value}{muted}, {self._live.turns} turns so far"

    async def mend(self) -> None:
        """Get back engines that are missing, what could not be written, and documents that have changed."""
        await self._assistant.mend()
        self._librarian.tell()
        if time.monotonic() - self._saved_at > SAVE_SECONDS:
            self._saved_at = time.monotonic()
            skills = self._assistant.skills
            for kept in (skills.timers, skills.lists, self._keeper):
                if kept.store.trouble:
                    await kept.save()

    async def notice(self, text: str) -> None:
        """Say something in a quiet moment."""
        await self._live.say(text, urgent=False)

    def on_health(self, part: Part, condition: Condition) -> None:
        """Tell whoever wants to know how a part is."""
        self._onlooker.on_health(part, condition)
        if part is Part.MICROPHONE and not condition.ok:
            self._live.deafen()
        if self._at_home:
            self._at_home.tell_health(self.health.document())

    @property
    def _stores(self) -> tuple[Store[Any], ...]:
        skills = self._assistant.skills
        return skills.timers.store, skills.lists.store, self._keeper.store


@asynccontextmanager
async def daemon(
    settings: Settings,
    onlooker: Onlooker,
    *,
    crew: Crew | None = None,
    notifier: Notifier | None = None,
    metrics: Metrics | None = None,
    health: Health | None = None,
) -> AsyncIterator[Daemon]:
    """Run the daemon while the block runs; it is warm and listening when the block begins.

    Args:
        settings: everything that can be configured.
        onlooker: is told what goes on.
        crew: engines that outlive it; None: it has its own.
        notifier: to the service manager, which is told how it goes.
        metrics: counts, and can be read at the endpoint.
        health: knows how the parts were before; None: nobody does.

    Raises:
        Problem: there can be no door, or no model can be loaded.
        ExceptionGroup: what listens or looks after it has failed; the block is cancelled.
    """
    from voiceslm.audio.device import SoundDevice  # noqa: PLC0415 - PortAudio may be missing

    async with AsyncExitStack() as stack:
        at_home = await asyncio.to_thread(AtHome, settings, onlooker.on_home) if settings.mqtt.host else None
        if not at_home:
            onlooker.on_home("none, for no broker is configured (mqtt.host)")
        residence = at_home.residence if at_home else None
        folder = state_folder()
        assistant = await stack.enter_async_context(Assistant(settings, residence, state=folder, crew=crew))
        await assistant.muster()
        librarian = Librarian(assistant.library, onlooker)
        librarian.tell()
        recorder = await asyncio.to_thread(_recorder, settings, onlooker)
        watchers = [watcher for watcher in (onlooker, at_home, recorder, metrics) if watcher]
        live, ear, playback = await assistant.converse(Watchers(*watchers))
        keeper = Keeper(folder, live, playback)
        if at_home:
            at_home.join(assistant, live, ear)
        stack.push_async_callback(live.close)
        opened = asyncio.Event()

        def report(words: str) -> None:
            opened.set()
            onlooker.on_sound(words)

        sound = SoundDevice(
            ear,
            playback,
            input=settings.audio.input,
            output=settings.audio.output,
            report=report,
            muted=lambda: live.muted,
        )
        running = Daemon(
            assistant,
            live=live,
            sound=sound,
            keeper=keeper,
            at_home=at_home,
            librarian=librarian,
            onlooker=onlooker,
            health=health or Health(local_time),
        )
        supervisor = Supervisor(
            running,
            running.health,
            notifier=notifier or Notifier({}),
            onlooker=onlooker,
            now=local_time,
        )
        await stack.enter_async_context(Door(address(), running).opened())
        if metrics:
            await stack.enter_async_context(_measured(settings.metrics.port, metrics, running, onlooker))
        async with asyncio.TaskGroup() as group:
            background = [
                group.create_task(sound.run(), name="sound"),
                group.create_task(keeper.run(), name="manner"),
                group.create_task(_remind(assistant, live, at_home, onlooker), name="timers"),
            ]
            if at_home:
                background.append(group.create_task(at_home.run(), name="home"))
            if recorder:
                background.append(group.create_task(recorder.run(), name="recorder"))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(opened.wait(), OPENING_SECONDS)
            background.append(group.create_task(supervisor.run(), name="supervisor"))
            yield running
            for task in background:
                task.cancel()


@asynccontextmanager
async def _measured(port: int, metrics: Metrics, running: Daemon, onlooker: Onlooker) -> AsyncIterator[None]:
    """Let health and metrics be read while the block runs; where the port is taken, go on without."""
    async with AsyncExitStack() as stack:
        metrics.sources = running.sources(await stack.enter_async_context(watch_stalls(STALL_TICK_SECONDS)))
        try:
            at = await stack.enter_async_context(
                serving(port, routes(metrics=metrics.text, health=running.health))
            )
        except Problem as problem:
            onlooker.on_trouble(str(problem))
        else:
            onlooker.on_note(f"health and metrics at http://127.0.0.1:{at}")
        yield


def _recorder(settings: Settings, onlooker: Onlooker) -> Recorder | None:
    """Return who keeps turns, where somebody wants that and it is possible. Blocks for a moment."""
    recording = settings.recording
    if not recording.folder:
        return None
    try:
        return Recorder(
            Path(recording.folder),
            keep=timedelta(hours=recording.keep_hours),
            most=recording.most_turns,
            now=local_time,
            profile=settings.profile,
            models=asdict(models_of(settings)),
            report=onlooker.on_trouble,
        )
    except Problem as problem:
        onlooker.on_trouble(f"turns are not kept: {problem}")
        return None


async def _remind(assistant: Assistant, live: Live, at_home: AtHome | None, onlooker: Onlooker) -> None:
    """Let timers and alarms go off."""
    timers = assistant.skills.timers
    bell = Bell(live, time.monotonic)
    reminders = Reminders(timers, live, bell, now=local_time, report=onlooker.on_trouble)

    def changed() -> None:
        reminders.changed()
        if at_home:
            at_home.refresh()

    timers.on_change = changed
    await reminders.run()
