"""How quick each engine is on this machine, and which profile that is enough for."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE
from voiceslm.catalog import load_catalog, resolve
from voiceslm.daemon.doctor import memory
from voiceslm.daemon.doctor.finding import advice, ok
from voiceslm.daemon.doctor.profiles import (
    COSTS,
    LONGEST_SECONDS,
    PROMPT_TOKENS,
    Recommendation,
    Speeds,
    recommend,
)
from voiceslm.engines import load_llm, load_stt, load_voice, models_of
from voiceslm.errors import Problem
from voiceslm.events import Audio
from voiceslm.llm import Message
from voiceslm.tts.clauses import Clause, Ending
from voiceslm.worker import Cancel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from voiceslm.config import Settings
    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding
    from voiceslm.engines import Models

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

BUSY = 0.7
"""Load a core over the last minute from which other programs spoil the figures."""

REPEATS = 2
"""The quicker one counts: the first may still be warming up."""


def check(case: Case) -> Iterator[Finding]:
    """Measure all engines with the models of the settings."""
    settings = case.settings
    paths = _paths(settings)
    room = memory.gather(settings, runs=False)
    if paths is None or room.available + room.swap < room.needed:
        yield advice(
            "speed.turn",
            "how quick it is was not measured",
            "models are missing" if paths is None else "there is too little memory for it",
            "Mend what is found above; then type: voiceslm doctor",
        )
        return
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    case.say("Measuring the voice")
    voice, request, spoken = _voice(settings, paths["voice"])
    yield ok("speed.voice", f"the voice computes {voice / spoken:.2f} s for a second of speech")
    case.say("Measuring speech recognition")
    stt = _stt(settings, paths["stt"], request)
    said = len(request.samples) / RATE
    yield ok(
        "speed.stt", f"speech recognition computes {stt:.2f} s for {said:.1f} s of speech ({stt / said:.2f})"
    )
    case.say("Measuring the language model")
    reading, prompt, token = _llm(settings, paths["llm"])
    yield ok(
        "speed.llm", f"the language model reads {reading:.3g} tokens a second and writes {1 / token:.2g}"
    )
    speeds = Speeds(stt, prompt, token, voice)
    if load > BUSY and speeds.first_sound > LONGEST_SECONDS:
        yield advice(
            "speed.turn",
            "how quick it would be alone is not known",
            f"other programs kept the processor busy while it was measured (load {load:.1f} a core)",
            "End them, or wait; then type: voiceslm doctor",
        )
        return
    yield judge(speeds, settings, room)


def judge(speeds: Speeds, settings: Settings, room: memory.Facts) -> Finding:
    """Say which profile to take; for models of one's own only how quick they are."""
    check, profile = "speed.turn", settings.profile
    if profile not in COSTS or not _as_in_profile(models_of(settings), profile):
        return _plain(speeds.first_sound, "these models")
    fits = {
        name: memory.needed_by(settings.model_copy(update={"profile": name})) <= room.available + room.swap
        for name in COSTS
    }
    advised = recommend(speeds, profile, fits=fits)
    if advised.profile == profile:
        return _plain(speeds.first_sound, f"the profile {profile}")
    return advice(
        check, f"take the profile {advised.profile}", _because(advised, profile), _take(advised.profile)
    )


def _plain(seconds: float, models: str) -> Finding:
    what = f"with {models} an answer begins about {seconds:.1f} s after a question"
    if seconds <= LONGEST_SECONDS:
        return ok("speed.turn", what)
    return advice(
        "speed.turn",
        what,
        f"this machine is slow for them: {LONGEST_SECONDS} s is what people wait",
        "Take a quicker machine, or commands only: they need no language model",
    )


def _because(advised: Recommendation, profile: str) -> str:
    now, then = f"{advised.seconds[profile]:.1f} s", f"{advised.seconds[advised.profile]:.1f} s"
    if advised.seconds[profile] > LONGEST_SECONDS:
        return f"the first sound comes after {now} with {profile}, after {then} with {advised.profile}"
    return f"it is more often right, and still quick enough here: {then} to the first sound, {now} now"


def _take(profile: str) -> str:
    return f'voiceslm models pull --profile {profile}, then set profile = "{profile}" in the configuration'


def _as_in_profile(models: Models, profile: str) -> bool:
    own = load_catalog().profiles[profile]
    return (models.stt, models.llm, models.voice) == (own.stt, own.llm, own.voice)


def _paths(settings: Settings) -> dict[str, Path] | None:
    """Return where the engines' models lie; None where one cannot be used, which another check explains."""
    try:
        models = models_of(settings)
        return {
            "stt": resolve(models.stt, "stt"),
            "llm": resolve(models.llm, "llm"),
            "voice": resolve(models.voice, "voice"),
        }
    except Problem:
        return None


def _voice(settings: Settings, path: Path) -> tuple[float, Audio, float]:
    """Return seconds for one clause, a request in that voice at 16 kHz, and how long the clause is."""
    import soxr  # noqa: PLC0415

    voice = load_voice(settings, path)
    began = time.perf_counter()
    clause = voice.synthesize(Clause(CLAUSE, Ending.SENTENCE))
    seconds = time.perf_counter() - began
    request = voice.synthesize(Clause(REQUEST, Ending.SENTENCE))
    samples = soxr.resample(request.samples, request.sample_rate, RATE).astype(np.float32)
    return seconds, Audio(samples, RATE), len(clause.samples) / clause.sample_rate


def _stt(settings: Settings, path: Path, request: Audio) -> float:
    """Return seconds to understand ``request``."""
    engine = load_stt(settings, path)
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        engine.transcribe(request)
        times.append(time.perf_counter() - began)
    return min(times)


def _llm(settings: Settings, path: Path) -> tuple[float, float, float]:
    """Return tokens read a second, seconds for a short question, and seconds for each token written."""
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
    return reading, prompt, float(np.median(steps[1:])) if len(steps) > 1 else 1 / reading
