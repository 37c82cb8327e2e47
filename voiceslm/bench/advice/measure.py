"""What the stages of a turn cost on this machine, with one thread and with several."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.assistant import Assistant
from voiceslm.bench.advice.model import Stages, split
from voiceslm.bench.questions import SHORT
from voiceslm.bench.turn import WARM_UP, answer, synthesised
from voiceslm.daemon.doctor.measuring import measure_llm, measure_stt, measure_voice, paths_of
from voiceslm.daemon.doctor.profiles import Speeds
from voiceslm.events import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voiceslm.config import Settings

MEMORY_BYTES = 256 * 2**20
"""Read at a time: more than any cache holds."""

READS = 5
"""The quickest counts."""

TIMES = 3
"""Each engine is measured so often; the quickest of each figure counts."""

QUESTIONS = 6
"""Turns that a prediction is held against."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What was measured."""

    threads: int
    """Of "together"."""

    alone: Speeds
    """With one thread an engine."""

    together: Speeds
    """With ``threads`` for those that take several; whisper with those of the settings."""

    stt_factor: float
    """Seconds of computing for a second of speech, as configured."""

    voice_factor: float
    reading: float
    """Tokens a second of a long prompt, with several threads."""

    bandwidth: float
    """Bytes a second that ``threads`` read from memory."""

    model_bytes: int
    """Of the language model: about what a token reads."""

    stt_threads: int

    @property
    def stages(self) -> Stages:
        """The costs, parted into kinds of work."""
        alone, together, threads = self.alone, self.together, self.threads
        return Stages(
            stt=split(alone.stt, together.stt, self.stt_threads),
            prompt=split(alone.prompt, together.prompt, threads),
            token=split(alone.token, together.token, threads, memory=self.model_bytes / self.bandwidth),
            voice=split(alone.voice, together.voice, threads),
            stt_threads=self.stt_threads,
        )


def measure(settings: Settings, say: Callable[[str], None]) -> Costs:
    """Measure every engine with the models of ``settings``; a minute.

    Raises:
        Problem: a model is not on this machine.
    """
    threads = min(max(2, settings.llm.threads), len(os.sched_getaffinity(0)))
    paths = paths_of(settings)
    say("Measuring the memory")
    bandwidth = read_speed(threads)
    found: dict[int, list[tuple[Speeds, float, float, float]]] = {}
    for _ in range(TIMES):
        for count in sorted({1, threads}):
            say(f"Measuring with {count} thread{'s' if count > 1 else ''}")
            found.setdefault(count, []).append(_once(with_threads(settings, count)))
    several = found[threads]
    return Costs(
        threads=threads,
        alone=_quickest([speeds for speeds, *_ in found[1]]),
        together=_quickest([speeds for speeds, *_ in several]),
        stt_factor=min(one[1] for one in several),
        voice_factor=min(one[2] for one in several),
        reading=max(one[3] for one in several),
        bandwidth=bandwidth,
        model_bytes=paths["llm"].stat().st_size,
        stt_threads=min(settings.stt.threads, threads),
    )


def with_threads(settings: Settings, most: int) -> Settings:
    """Return ``settings`` with at most so many threads for each engine, and no fewer than they say."""
    return settings.model_copy(
        update={
            "stt": settings.stt.model_copy(update={"threads": min(settings.stt.threads, most)}),
            "llm": settings.llm.model_copy(update={"threads": most}),
            "tts": settings.tts.model_copy(update={"threads": most}),
        }
    )


def read_speed(threads: int) -> float:
    """Return how many bytes a second so many threads read from memory together."""
    parts = [np.ones(MEMORY_BYTES // 8 // threads, np.int64) for _ in range(threads)]
    best = float("inf")
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(READS):
            began = time.perf_counter()
            list(pool.map(np.max, parts))
            best = min(best, time.perf_counter() - began)
    return sum(part.nbytes for part in parts) / best


async def turn_seconds(settings: Settings) -> list[float]:
    """Return the seconds from a question, which is all there at once, to the first sound of its answer."""
    alone = settings.conversation.model_copy(update={"history_turns": 0})
    async with Assistant(settings.model_copy(update={"conversation": alone})) as assistant:
        await assistant.load(hear=True, think=True, speak=True)
        await answer(assistant, await synthesised(assistant, WARM_UP))
        found = []
        for question in SHORT[:QUESTIONS]:
            await assistant.conversation.settle()
            record = await answer(assistant, await synthesised(assistant, question))
            if (after := record.timings_ms[Stage.FIRST_AUDIO]) is not None:
                found.append(after / 1000)
        return found


@contextmanager
def half_a_core() -> Iterator[None]:
    """Leave this thread, and those it starts, one core that another program keeps busy, for the block."""
    before = os.sched_getaffinity(0)
    core = min(before)
    os.sched_setaffinity(0, {core})
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        other.kill()
        other.wait()
        os.sched_setaffinity(0, before)


def _once(settings: Settings) -> tuple[Speeds, float, float, float]:
    """Return seconds a stage, the factors of whisper and the voice, and tokens read a second."""
    paths = paths_of(settings)
    voice = measure_voice(settings, paths["voice"])
    stt = measure_stt(settings, paths["stt"], voice.request)
    llm = measure_llm(settings, paths["llm"])
    speeds = Speeds(stt=stt, prompt=llm.prompt, token=llm.token, voice=voice.seconds)
    return speeds, stt / voice.request.seconds, voice.factor, llm.reading


def _quickest(found: list[Speeds]) -> Speeds:
    return Speeds(
        stt=min(one.stt for one in found),
        prompt=min(one.prompt for one in found),
        token=min(one.token for one in found),
        voice=min(one.voice for one in found),
    )
