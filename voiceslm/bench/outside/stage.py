"""What the scenarios share: the product and the chain in rooms of their own, what is said to them, ears."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceslm.assistant import Assistant
from voiceslm.audio import RATE
from voiceslm.bench.decisive import SECTIONS
from voiceslm.bench.live.scenario import Progress, no_progress
from voiceslm.bench.live.sounds import spoken
from voiceslm.bench.outside.chain import READY
from voiceslm.bench.outside.program import Program, program
from voiceslm.catalog import resolve
from voiceslm.config import Settings
from voiceslm.engines import models_of
from voiceslm.events import Audio
from voiceslm.listening.vad import SileroVad
from voiceslm.stt.whisper import WhisperEngine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from voiceslm.bench.home.broker import Address
    from voiceslm.bench.live.sounds import Clip
    from voiceslm.bench.outside.server import Room, Server
    from voiceslm.events import Samples

LOADING_SECONDS = 180.0
"""Longest wait for models from a slow disk."""

LISTENS = r"\bready: "
"""What the product says when it is warm and listens."""

AT_HOME = r"\bhome: connected"


@dataclass(frozen=True, slots=True)
class Stage:
    """What is measured, and where."""

    server: Server
    settings: Settings
    """Of which the product gets what shows in the figures, and nothing of the home or the sound devices."""

    quick: bool = False
    progress: Progress = no_progress

    @asynccontextmanager
    async def product(
        self, room: Room, *, profile: str | None = None, broker: Address | None = None
    ) -> AsyncIterator[Program]:
        """Have ``voiceslm run`` in ``room``, with a state of its own; it is ready when the block begins.

        Args:
            room: where it listens and speaks.
            profile: another one, as shipped.
            broker: of its home.
        """
        settings = Settings(profile=profile) if profile else self.settings
        with tempfile.TemporaryDirectory(prefix="voiceslm-bench-") as folder:
            config = Path(folder) / "voiceslm.toml"
            config.write_text(
                as_toml(settings.model_dump(mode="json", include=SECTIONS, exclude_defaults=True))
            )
            command = [sys.executable, "-m", "voiceslm", "run", "--wake", "none", "--config", str(config)]
            env = {**room.env, "XDG_STATE_HOME": folder}
            if broker is not None:
                env |= {"VOICESLM_MQTT__HOST": broker.host, "VOICESLM_MQTT__PORT": str(broker.port)}
            async with program("voiceslm run", command, env) as running:
                await running.until(LISTENS, LOADING_SECONDS)
                yield running

    @asynccontextmanager
    async def chain(self, room: Room, devices: Sequence[str] = ()) -> AsyncIterator[Program]:
        """Have the serial chain in ``room``; with ``devices`` it answers with calls. It is ready."""
        models, llm = models_of(self.settings), self.settings.llm
        asked = {
            "stt": str(resolve(models.stt, "stt")),
            "llm": str(resolve(models.llm, "llm")),
            "voice": str(resolve(models.voice, "voice")),
            "persona": llm.persona.strip(),
            "max_tokens": llm.max_tokens,
            "threads": llm.threads,
            "devices": [*devices],
        }
        command = [sys.executable, "-m", "voiceslm.bench.outside.chain"]
        line = (json.dumps(asked) + "\n").encode()
        async with program("the serial chain", command, room.env, asked=line) as running:
            await running.until(f"^{READY}$", LOADING_SECONDS)
            yield running

    async def clips(self, texts: Sequence[str]) -> dict[str, Clip]:
        """Return the texts in the configured voice."""
        async with Assistant(self.settings) as assistant:
            await assistant.load(speak=True)
            return {text: await spoken(assistant.conversation, text) for text in texts}

    async def understood(self, replies: Mapping[str, Samples]) -> dict[str, str]:
        """Return what is heard in what the loudspeaker played."""
        return await asyncio.to_thread(self._understood, replies)

    def _understood(self, replies: Mapping[str, Samples]) -> dict[str, str]:
        ears = WhisperEngine(
            resolve(models_of(self.settings).stt, "stt"),
            language=self.settings.language,
            find_speech=SileroVad().spans,
            threads=self.settings.stt.threads,
        )
        return {name: ears.transcribe(Audio(reply, RATE)).text for name, reply in replies.items()}


def as_toml(document: Mapping[str, Any]) -> str:
    """Return settings as the configuration file has them: plain values, then sections of such."""
    plain = {key: value for key, value in document.items() if not isinstance(value, dict)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in plain.items()]
    for section, values in document.items():
        if isinstance(values, dict):
            lines += [f"[{section}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    return "\n".join([*lines, ""])
