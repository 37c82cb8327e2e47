"""The plain serial chain of the same libraries, as their READMEs have it: what a turn is compared with.

faster-whisper at its full window (but greedy, English), then the whole reply, then the whole synthesis.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import llama_cpp
import numpy as np
from faster_whisper import WhisperModel
from piper import PiperVoice

from voiceslm.catalog import resolve
from voiceslm.engines import models_of

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.config import Settings
    from voiceslm.events import Audio

CONTEXT_TOKENS = 2048


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
        segments, _ = self._whisper.transcribe(audio.samples, beam_size=1, language="en")
        transcript = " ".join(segment.text.strip() for segment in segments)
        heard = time.perf_counter()
        answer = self._llama.create_chat_completion(
            [{"role": "system", "content": self._persona}, {"role": "user", "content": transcript}],
            max_tokens=self._max_tokens,
            temperature=0.0,
            repeat_penalty=1.1,
        )
        reply = str(answer["choices"][0]["message"]["content"])
        replied = time.perf_counter()
        chunks = [chunk.audio_float_array for chunk in self._voice.synthesize(reply)]
        np.concatenate(chunks) if chunks else None
        spoken = time.perf_counter()
        return SerialTurn(transcript, reply, heard - began, replied - began, spoken - began)


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
