"""The plain serial chain of the same libraries, as their READMEs have it: what a turn is compared with.

faster-whisper at its full window (but greedy, English), then the whole reply, then the whole synthesis.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import llama_cpp
import numpy as np
from faster_whisper import WhisperModel
from piper import PiperVoice

from voiceslm.catalog import resolve
from voiceslm.engines import models_of
from voiceslm.events import Audio

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceslm.config import Settings

CONTEXT_TOKENS = 2048
CALL_TOKENS = 64
ACTIONS = ("turn_on", "turn_off", "open", "close", "lock", "unlock", "set")
INSTRUCTION = """You control the devices of a home. They are:
{}
Answer with one call as JSON: the device, the action, and the value where one is to be set."""


@dataclass(frozen=True, slots=True)
class SerialTurn:
    """One turn of the serial chain; seconds from the end of the input."""

    transcript: str
    reply: str
    stt: float
    reply_done: float
    first_audio: float
    """When the synthesis is complete: the chain plays nothing before."""


class SerialChain:
    """The three models, one after another."""

    def __init__(
        self, stt: Path, llm: Path, voice: Path, *, persona: str, max_tokens: int, threads: int
    ) -> None:
        """Load the models; nothing but threads and language is tuned."""
        self._whisper = WhisperModel(str(stt), device="cpu", compute_type="int8")
        self._llama = llama_cpp.Llama(
            str(llm), n_ctx=CONTEXT_TOKENS, n_threads=threads, n_threads_batch=threads, verbose=False
        )
        self._voice = PiperVoice.load(voice)
        self._persona = persona
        self._max_tokens = max_tokens

    def turn(self, audio: Audio) -> SerialTurn:
        """Answer one utterance (mono at 16 kHz)."""
        began = time.perf_counter()
        transcript = self.transcribe(audio)
        heard = time.perf_counter()
        reply = self.reply(transcript)
        replied = time.perf_counter()
        self.synthesize(reply)
        spoken = time.perf_counter()
        return SerialTurn(transcript, reply, heard - began, replied - began, spoken - began)

    @property
    def rate(self) -> int:
        """Hz of everything it says."""
        return int(self._voice.config.sample_rate)

    def transcribe(self, audio: Audio) -> str:
        """Return what is said (mono at 16 kHz)."""
        segments, _ = self._whisper.transcribe(audio.samples, beam_size=1, language="en")
        return " ".join(segment.text.strip() for segment in segments)

    def reply(self, text: str) -> str:
        """Return the model's answer."""
        return self._completed(self._persona, text, self._max_tokens)

    def call(self, text: str, devices: Sequence[str]) -> str:
        """Return what the model would do with which of ``devices``, as JSON."""
        names = "\n".join(f"- {name}" for name in devices)
        schema = {
            "type": "object",
            "properties": {
                "device": {"type": "string", "enum": [*devices]},
                "action": {"type": "string", "enum": [*ACTIONS]},
                "value": {"type": "integer"},
            },
            "required": ["device", "action"],
        }
        return self._completed(
            INSTRUCTION.format(names),
            text,
            CALL_TOKENS,
            response_format={"type": "json_object", "schema": schema},
        )

    def synthesize(self, text: str) -> Audio:
        """Return ``text`` spoken."""
        chunks = [chunk.audio_float_array for chunk in self._voice.synthesize(text)]
        sound = np.concatenate(chunks) if chunks else np.zeros(0, np.float32)
        return Audio(sound, self.rate)

    def _completed(self, system: str, user: str, most: int, **options: Any) -> str:
        answer = self._llama.create_chat_completion(
            [{"role": "system", "content": system}, {"role": "user", "content": user}],
            max_tokens=most,
            temperature=0.0,
            repeat_penalty=1.1,
            **options,
        )
        return str(answer["choices"][0]["message"]["content"])


def serial_chain(settings: Settings) -> SerialChain:
    """Load the chain with the models that ``settings`` name.

    Raises:
        Problem: a model is not on this machine.
    """
    names = models_of(settings)
    return SerialChain(
        resolve(names.stt, "stt"),
        resolve(names.llm, "llm"),
        resolve(names.voice, "voice"),
        persona=settings.llm.persona.strip(),
        max_tokens=settings.llm.max_tokens,
        threads=settings.llm.threads,
    )
