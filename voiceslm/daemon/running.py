"""The daemon: a live conversation on a real microphone and loudspeaker, behind one door."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from voiceslm.assistant import Assistant, local_time
from voiceslm.conversation.bell import Bell
from voiceslm.conversation.reminders import Reminders
from voiceslm.conversation.watcher import Watchers
from voiceslm.daemon.address import address
from voiceslm.daemon.at_home import AtHome
from voiceslm.daemon.door import Door
from voiceslm.daemon.manner import Keeper
from voiceslm.skills import state_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from voiceslm.audio.device import SoundDevice
    from voiceslm.config import Settings
    from voiceslm.conversation.live import Live
    from voiceslm.conversation.watcher import Watcher


OPENING_SECONDS = 4.0
"""Longest wait for word of microphone and loudspeaker before it is said to be ready."""


class Daemon:
    """Answers at the door (`voiceslm.daemon.door.Control`) for a running conversation."""

    def __init__(
        self, live: Live, sound: SoundDevice, models: dict[str, str], at_home: AtHome | None
    ) -> None:
        """Take the running parts."""
        self._live = live
        self._sound = sound
        self._models = models
        self._at_home = at_home
        self._began = time.monotonic()

    def status(self) -> dict[str, Any]:
        """Say how it is."""
        return {
            "state": self._live.state.value,
            "muted": self._live.muted,
            "running_seconds": round(time.monotonic() - self._began),
            "turns": self._live.turns,
            "pid": os.getpid(),
            "sound": self._sound.status(),
            "models": self._models,
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
        if self._at_home:
            self._at_home.refresh()

    async def ask(self, text: str) -> dict[str, Any]:
        """Answer a question aloud."""
        return (await self._live.ask(text)).document()

    async def say(self, text: str) -> dict[str, Any]:
        """Speak a text."""
        return (await self._live.say(text)).document()


@asynccontextmanager
async def daemon(
    settings: Settings,
    watcher: Watcher,
    *,
    on_sound: Callable[[str], None],
    on_home: Callable[[str], None],
) -> AsyncIterator[Daemon]:
    """Run the daemon while the block runs; it is warm and listening when the block begins.

    Args:
        settings: everything that can be configured.
        watcher: is told what goes on in the conversation.
        on_sound: is told, in words, what happens to microphone and loudspeaker.
        on_home: is told, in words, what happens to the connection with the home.

    Raises:
        Problem: another daemon runs, or a model is missing or broken.
        ExceptionGroup: what listens has failed; the block is cancelled.
    """
    from voiceslm.audio.device import SoundDevice  # noqa: PLC0415 - PortAudio may be missing

    async with AsyncExitStack() as stack:
        at_home = await asyncio.to_thread(AtHome, settings, on_home) if settings.mqtt.host else None
        if not at_home:
            on_home("none, for no broker is configured (mqtt.host)")
        residence = at_home.residence if at_home else None
        folder = state_folder()
        assistant = await stack.enter_async_context(Assistant(settings, residence, state=folder))
        await assistant.load(live=True)
        live, ear, playback = await assistant.converse(Watchers(watcher, at_home) if at_home else watcher)
        keeper = Keeper(folder, live, playback)
        if at_home:
            at_home.join(assistant, live, ear)
        stack.push_async_callback(live.close)
        opened = asyncio.Event()

        def report(words: str) -> None:
            opened.set()
            on_sound(words)

        sound = SoundDevice(
            ear,
            playback,
            input=settings.audio.input,
            output=settings.audio.output,
            report=report,
            muted=lambda: live.muted,
        )
        running = Daemon(live, sound, assistant.models, at_home)
        await stack.enter_async_context(Door(address(), running).opened())
        async with asyncio.TaskGroup() as group:
            background = [
                group.create_task(sound.run(), name="sound"),
                group.create_task(keeper.run(), name="manner"),
                group.create_task(_remind(assistant, live, at_home, watcher), name="timers"),
            ]
            if at_home:
                background.append(group.create_task(at_home.run(), name="home"))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(opened.wait(), OPENING_SECONDS)
            yield running
            for task in background:
                task.cancel()


async def _remind(assistant: Assistant, live: Live, at_home: AtHome | None, watcher: Watcher) -> None:
    """Let timers and alarms go off."""
    timers = assistant.skills.timers
    bell = Bell(live, time.monotonic)
    reminders = Reminders(timers, live, bell, now=local_time, report=watcher.on_trouble)

    def changed() -> None:
        reminders.changed()
        if at_home:
            at_home.refresh()

    timers.on_change = changed
    await reminders.run()
