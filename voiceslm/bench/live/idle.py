"""Listening for the wake word while nobody speaks: what it costs, and whether it grows."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.assistant import Assistant
from voiceslm.audio import FRAME, FRAME_SECONDS, RATE
from voiceslm.bench.live.rows import Row, Sheet, Target
from voiceslm.bench.live.scenario import SEED, Bench, Outcome
from voiceslm.bench.live.sounds import read, recordings
from voiceslm.bench.live.trace import Trace
from voiceslm.metrics.memory import resident_mb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voiceslm.audio.playback import Playback
    from voiceslm.events import Samples
    from voiceslm.listening.ear import Ear

CPU = Target(6.0)
"""Per cent of one core."""

GROWTH = Target(1.0)
"""MB an hour: what an allocator moves about in an hour in which nothing leaks."""

WAKE = "okay_nabu"
ROOM_DB, NOISE_DB = -60.0, -40.0
"""dBFS of an empty room's noise, and of a fan, a street, an animal next door."""

MINUTES, QUICK_MINUTES = 60, 5
SETTLING_MINUTES = 10
"""Left out of the growth: buffers fill."""

PACED_SECONDS, QUICK_PACED_SECONDS = 20.0, 5.0
"""At its own pace every frame finds the caches cold."""

KINDS = ("room noise", "background noise")


@dataclass(frozen=True, slots=True)
class Minute:
    """One stretch of listening."""

    kind: str
    paced: bool
    seconds: float
    """Of sound."""

    cpu_seconds: float
    """Of the whole process."""

    resident_mb: float
    """After it."""

    @property
    def share(self) -> float:
        """Per cent of one core."""
        return 100 * self.cpu_seconds / self.seconds


async def run(bench: Bench) -> Outcome:
    """Listen as the daemon does, but to recordings: first at its own pace, then as fast as it goes."""
    listening = bench.settings.listening.model_copy(update={"wake": WAKE})
    assistant = Assistant(bench.settings.model_copy(update={"listening": listening}))
    assistant.conversation = bench.assistant.conversation
    live, ear, playback = await assistant.converse(Trace())
    sounds = {"room noise": _noise(60.0), "background noise": _background(bench.speech())}
    feed = Feed(ear, playback)
    stretches: list[Minute] = []
    seconds = QUICK_PACED_SECONDS if bench.quick else PACED_SECONDS
    minutes = min(bench.limit or MINUTES, QUICK_MINUTES if bench.quick else MINUTES)
    plan = [(kind, True, seconds) for kind in KINDS]
    plan += [(KINDS[minute % len(KINDS)], False, 60.0) for minute in range(minutes)]
    try:
        for kind, paced, length in bench.progress(plan, "idle"):
            stretches.append(await _listen(feed, kind, sounds[kind], length, paced=paced))
    finally:
        feed.stop()
        await live.close()
    return Outcome(rows(stretches), tuple(stretches))


def rows(stretches: Sequence[Minute]) -> tuple[Row, ...]:
    """Sum up."""
    sheet = Sheet("idle")
    fast = [one for one in stretches if not one.paced]
    settled = [one.resident_mb for one in fast[min(SETTLING_MINUTES, len(fast) // 2) :]]
    rushed = {kind: [one.share for one in fast if one.kind == kind] for kind in KINDS}
    growth = 0.0 + float(np.polyfit(np.arange(len(settled)), settled, 1)[0]) * 60 if len(settled) > 1 else 0.0
    return (
        *(
            sheet.figure(f"processor at its own pace, {one.kind}", one.share, 1, "%", CPU)
            for one in stretches
            if one.paced
        ),
        *(
            sheet.quantile(f"processor, a minute of {kind} in a rush", shares, 50, "%", CPU)
            for kind, shares in rushed.items()
        ),
        sheet.figure("memory an hour, once settled", growth, len(settled), "MB", GROWTH),
    )


class Feed:
    """Sound for an ear, frame by frame, in a thread as a device's would be."""

    def __init__(self, ear: Ear, playback: Playback) -> None:
        """Begin now, as the clock goes."""
        self._ear, self._playback = ear, playback
        self._at = time.perf_counter()
        self._stop = threading.Event()

    def stop(self) -> None:
        """End the stretch that is being played."""
        self._stop.set()

    def play(self, samples: Samples, seconds: float, *, paced: bool) -> None:
        """Let the ear hear ``samples``, over and over."""
        silence = np.zeros(FRAME, np.float32)
        for count, frame in enumerate(_frames(samples, seconds), start=1):
            if paced and count == 1:
                self._at = time.perf_counter()
            if self._stop.is_set():
                return
            self._at += FRAME_SECONDS
            if paced:
                self._stop.wait(max(0.0, self._at - time.perf_counter()))
            self._ear.hear(frame, silence, self._at)
            self._playback.pull(FRAME, self._at)


async def _listen(feed: Feed, kind: str, samples: Samples, seconds: float, *, paced: bool) -> Minute:
    began = time.process_time()
    await asyncio.to_thread(feed.play, samples, seconds, paced=paced)
    await asyncio.sleep(0.05)  # what the ear has posted is worked off
    used = time.process_time() - began
    return Minute(kind, paced, seconds, round(used, 3), round(resident_mb(), 2))


def _frames(samples: Samples, seconds: float) -> Iterator[Samples]:
    whole = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    for index in range(round(seconds / FRAME_SECONDS)):
        yield whole[index % len(whole)]


def _noise(seconds: float) -> Samples:
    noise = np.random.default_rng(SEED).standard_normal(round(seconds * RATE), np.float32)
    return noise * np.float32(10 ** (ROOM_DB / 20))


def _background(speech: Path) -> Samples:
    """Return all background noise, each recording at the same level, in the room's own."""
    parts = []
    for samples in map(read, recordings(speech, "bg_noise")):
        power = max(float(np.square(samples).mean()), 1e-12)
        parts.append(samples * np.float32(10 ** (NOISE_DB / 20) / np.sqrt(power)))
    together = np.concatenate(parts)
    return np.asarray(together + np.resize(_noise(10.0), len(together)), np.float32)
