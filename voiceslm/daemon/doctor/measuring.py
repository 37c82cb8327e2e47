"""How long each engine computes for a typical piece of a turn: the doctor's figures, and the advisor's."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE
from voiceslm.catalog import resolve
from voiceslm.daemon.doctor.profiles import PROMPT_TOKENS
from voiceslm.engines import load_llm, load_stt, load_voice, models_of
from voiceslm.events import Audio
from voiceslm.llm import Message
from voiceslm.tts.clauses import Clause, Ending
from voiceslm.worker import Cancel

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.config import Settings

REQUEST = "Please turn on the light in the kitchen and close the curtains."
"""Three seconds of speech."""

CLAUSE = "The capital of France is Paris."
ABOUT_ITSELF = (
    "You are a voice assistant. Your words are spoken aloud: answer in one short, plain sentence, and in "
    "more only when asked to explain, describe or tell. No lists, markdown, code or emoji."
)
"""Some 40 tokens: enough to measure by, and soon read on a small board."""

QUESTION = "Why is the sky blue in the day and red in the evening?"
TOKENS = 16
"""Of the answer that is measured."""

MOST_SECONDS = 8.0
"""For these; fewer are enough to see that it is slow."""

REPEATS = 2
"""The quicker one counts: the first may still be warming up."""


@dataclass(frozen=True, slots=True)
class VoiceSpeed:
    """What the voice takes."""

    seconds: float
    """Of computing for one clause."""

    spoken: float
    """Seconds that the clause lasts."""

    request: Audio
    """`REQUEST` in that voice, at 16 kHz."""

    @property
    def factor(self) -> float:
        """Seconds of computing for a second of speech."""
        return self.seconds / self.spoken


@dataclass(frozen=True, slots=True)
class LlmSpeed:
    """What the language model takes."""

    reading: float
    """Tokens a second of a long prompt."""

    prompt: float
    """Seconds for a short question of `PROMPT_TOKENS`."""

    token: float
    """Seconds for each token written."""


def paths_of(settings: Settings) -> dict[str, Path]:
    """Return where the engines' models lie: stt, llm, voice.

    Raises:
        Problem: one is not on this machine, or there is no such profile.
    """
    models = models_of(settings)
    return {
        "stt": resolve(models.stt, "stt"),
        "llm": resolve(models.llm, "llm"),
        "voice": resolve(models.voice, "voice"),
    }


def measure_voice(settings: Settings, path: Path) -> VoiceSpeed:
    """Let the voice say one clause, and a request for `measure_stt`."""
    import soxr  # noqa: PLC0415

    voice = load_voice(settings, path)
    began = time.perf_counter()
    clause = voice.synthesize(Clause(CLAUSE, Ending.SENTENCE))
    seconds = time.perf_counter() - began
    request = voice.synthesize(Clause(REQUEST, Ending.SENTENCE))
    samples = soxr.resample(request.samples, request.sample_rate, RATE).astype(np.float32)
    return VoiceSpeed(seconds, clause.seconds, Audio(samples, RATE))


def measure_stt(settings: Settings, path: Path, request: Audio) -> float:
    """Return seconds to understand ``request``."""
    engine = load_stt(settings, path)
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        engine.transcribe(request)
        times.append(time.perf_counter() - began)
    return min(times)


def measure_llm(settings: Settings, path: Path) -> LlmSpeed:
    """Let the language model read what it is told about itself, and answer a question."""
    engine = load_llm(settings, path)
    try:
        about = Message("system", ABOUT_ITSELF)
        began = time.perf_counter()
        read = engine.prepare([about], Cancel())
        reading = read / (time.perf_counter() - began)
        times = [time.perf_counter()]
        evaluated = PROMPT_TOKENS
        for token in engine.reply([about, Message("user", QUESTION)], Cancel()):
            times.append(time.perf_counter())
            evaluated = token.evaluated
            if len(times) > TOKENS or times[-1] - times[0] > MOST_SECONDS:
                break
    finally:
        engine.close()
    steps = np.diff(times)
    prompt = float(steps[0]) * PROMPT_TOKENS / max(1, evaluated) if len(steps) else PROMPT_TOKENS / reading
    further = float(np.median(steps[1:])) if len(steps) > 1 else 1 / reading
    return LlmSpeed(reading, prompt, further)
