"""How the assistant was told to be, kept over a restart: a microphone that was muted stays so."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, TypeAdapter

from voiceslm.skills.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.audio.playback import Playback
    from voiceslm.conversation.live import Live

LOOK_SECONDS = 1.0
"""Both change by voice, at the door and over MQTT; so often is looked whether they have."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What is kept."""

    muted: bool = False
    volume: Annotated[int, Field(ge=0, le=100)] = 100
    """0 to 100 %."""


class Keeper:
    """Keeps the manner of one conversation."""

    def __init__(self, folder: Path, live: Live, playback: Playback) -> None:
        """Let them be as they were when ``folder`` was last written to. Blocks for a moment."""
        self.store = Store(folder / "manner.json", TypeAdapter(Manner), Manner())
        self._live, self._playback = live, playback
        self._kept = self.store.load()
        if self._kept.muted:
            live.mute(muted=True)
        playback.set_volume(self._kept.volume)
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Look at once: something has just been changed."""
        self._changed.set()

    async def save(self) -> None:
        """Write it to disk; where that fails, `store` knows."""
        await self.store.save(self._kept)

    async def run(self) -> None:
        """Keep what changes, until cancelled."""
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    # `asyncio.wait_for` of Python 3.11 loses a cancellation that comes with the event.
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._changed.wait()
                self._changed.clear()
                await self._keep()
        finally:
            await self._keep()

    async def _keep(self) -> None:
        now = Manner(self._live.muted, self._playback.volume)
        if now != self._kept:
            self._kept = now
            await self.save()
