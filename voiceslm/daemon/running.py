"""The daemon: a live conversation on a real microphone and loudspeaker, behind one door."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from voiceslm.assistant import Assistant
from voiceslm.daemon.address import address
from voiceslm.daemon.door import Door

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from voiceslm.audio.device import SoundDevice
    from voiceslm.config import Settings
    from voiceslm.conversation.live import Live, Watcher
    from voiceslm.events import TurnRecord


OPENING_SECONDS = 4.0
"""Longest wait for word of microphone and loudspeaker before it is said to be ready."""


class Daemon:
    """Answers at the door (`voiceslm.daemon.door.Control`) for a running conversation."""

    def __init__(self, live: Live, sound: SoundDevice, models: dict[str, str]) -> None:
        """Take the running parts."""
        self._live = live
        self._sound = sound
        self._models = models
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

    async def ask(self, text: str) -> dict[str, Any]:
        """Answer a question aloud."""
        return _document(await self._live.ask(text))

    async def say(self, text: str) -> dict[str, Any]:
        """Speak a text."""
        return _document(await self._live.say(text))


@asynccontextmanager
async def daemon(
    settings: Settings, watcher: Watcher, on_sound: Callable[[str], None]
) -> AsyncIterator[Daemon]:
    """Run the daemon while the block runs; it is warm and listening when the block begins.

    Args:
        settings: everything that can be configured.
        watcher: is told what goes on in the conversation.
        on_sound: is told, in words, what happens to microphone and loudspeaker.

    Raises:
        Problem: another daemon runs, or a model is missing or broken.
        ExceptionGroup: what listens has failed; the block is cancelled.
    """
    from voiceslm.audio.device import SoundDevice  # noqa: PLC0415 - PortAudio may be missing

    async with AsyncExitStack() as stack:
        assistant = await stack.enter_async_context(Assistant(settings))
        await assistant.load(live=True)
        live, ear, playback = await assistant.converse(watcher)
        stack.push_async_callback(live.close)
        opened = asyncio.Event()

        def report(words: str) -> None:
            opened.set()
            on_sound(words)

        sound = SoundDevice(
            ear, playback, input=settings.audio.input, output=settings.audio.output, report=report
        )
        running = Daemon(live, sound, assistant.models)
        await stack.enter_async_context(Door(address(), running).opened())
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(sound.run(), name="sound")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(opened.wait(), OPENING_SECONDS)
            yield running
            listening.cancel()


def _document(record: TurnRecord) -> dict[str, Any]:
    """Return a turn as ``voiceslm ask --json`` prints it."""
    return {
        "transcript": record.transcript,
        "reply": record.reply,
        "route": record.route.value,
        "route_detail": record.route_detail,
        "actions": list(record.actions),
        "ended": record.ended.value,
        "timings_ms": {stage.value: ms for stage, ms in record.timings_ms.items()},
    }
