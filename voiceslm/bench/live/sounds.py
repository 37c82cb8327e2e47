"""What is said in the room: sound at one level, of which is known when it is first and last audible."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
import soxr

from voiceslm.audio import FRAME, FRAME_SECONDS, RATE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from voiceslm.conversation.pipeline import Conversation
    from voiceslm.events import Samples, Speech

PEAK = 0.5
"""Amplitude to which everything that is said is brought."""

UNDER_PEAK_DB = 38.0
LEAST_DB = -44.0
"""10 ms are audible above both the loudest 10 ms less the one and the other."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Something to say."""

    name: str
    samples: Samples
    """float32 [n] at 16 kHz."""

    first: float
    """Seconds from its beginning to its first audible 10 ms."""

    last: float
    """… and to the end of its last."""


def clip(name: str, samples: Samples) -> Clip:
    """Return ``samples``, float32 [n] at 16 kHz, at the common level."""
    levelled = np.asarray(samples * (PEAK / max(float(np.abs(samples).max(initial=0.0)), 1e-6)), np.float32)
    return Clip(name, levelled, *audible_span(levelled))


def trimmed(samples: Samples) -> Samples:
    """Return the audible part of ``samples``."""
    first, last = audible_span(samples)
    return samples[round(first * RATE) : round(last * RATE)]


def audible_span(samples: Samples) -> tuple[float, float]:
    """Return the seconds at which the first audible 10 ms begin and the last end; (0, 0) for silence."""
    found = np.flatnonzero(audible(samples))
    if not found.size:
        return 0.0, 0.0
    return float(found[0]) * FRAME_SECONDS, float(found[-1] + 1) * FRAME_SECONDS


def audible(samples: Samples, under_peak: float = UNDER_PEAK_DB) -> NDArray[np.bool_]:
    """Say of each whole 10 ms whether they are audible."""
    levels = levels_of(samples)
    sounds: NDArray[np.bool_] = levels > max(levels.max(initial=LEAST_DB) - under_peak, LEAST_DB)
    return sounds


def levels_of(samples: Samples) -> NDArray[np.float64]:
    """Return dBFS of each whole 10 ms."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    levels: NDArray[np.float64] = 10 * np.log10(np.square(frames, dtype=np.float64).mean(axis=1) + 1e-14)
    return levels


async def spoken(conversation: Conversation, text: str) -> Clip:
    """Return ``text`` in the configured voice."""
    said: list[Speech] = []

    async def keep(speech: Speech) -> None:
        said.append(speech)

    await conversation.say(text, keep)
    sound = np.concatenate([speech.audio.samples for speech in said])
    return clip(text, soxr.resample(sound, said[0].audio.sample_rate, RATE).astype(np.float32))


def manifest(speech: Path) -> list[dict[str, Any]]:
    """Return a row for each recording in the folder ``speech``."""
    lines = (speech / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def recordings(speech: Path, name: str, *, least_seconds: float = 0.0) -> list[Path]:
    """Return the recordings of the set of that name, in order, without the shortest."""
    rows = [row for row in manifest(speech) if row["set"] == name and row["seconds"] >= least_seconds]
    return sorted(speech / row["path"] for row in rows)


def read(path: Path) -> Samples:
    """Return a recording of any length as float32 [n] at 16 kHz, mono."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return np.asarray(soxr.resample(samples.mean(axis=1), rate, RATE), np.float32)
