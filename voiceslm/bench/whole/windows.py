"""Accuracy by the length of whisper's window, with the guard that asks for longer ones and without."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceslm.audio.wavfile import read_audio
from voiceslm.bench.live.rows import Row
from voiceslm.bench.score import bootstrap, word_errors
from voiceslm.bench.stt import BY_WORDS, clips, data_folder
from voiceslm.bench.whole.job import plain
from voiceslm.catalog import resolve
from voiceslm.engines import models_of
from voiceslm.listening.vad import SileroVad, speech_seconds
from voiceslm.stt.whisper import SAMPLE_RATE, WhisperEngine
from voiceslm.stt.windows import (
    FULL_WINDOW,
    MARGIN_SECONDS,
    MOST_TOKENS,
    SETTLED,
    WINDOW_MARGIN,
    Attempt,
    Verdict,
    choose,
    judge,
    most_tokens,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.bench.whole.job import Document, Job
    from voiceslm.events import Samples
    from voiceslm.stt.windows import Decoding

WINDOWS = (8.0, 10.0, 15.0, 30.0)
"""Seconds."""

CLIPS, QUICK_CLIPS = 48, 10

LONGEST_SECONDS = WINDOWS[0] - WINDOW_MARGIN
"""Of the sound: with its margin it fits into the shortest window."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One clip in one window."""

    window: float
    """Seconds; of the first one, where there is a guard."""

    wrong: int
    """Words."""

    words: int
    seconds: float
    """Of computing, longer windows included."""

    guarded: bool = False
    again: bool = False
    """The guard asked for a longer window."""


class OneWindow(WhisperEngine):
    """The engine, asked for one window at a time."""

    def decode(self, samples: Samples, window: float, bound: int) -> Decoding:
        """Decode ``samples`` in one window, with so many tokens at most."""
        return self._decode(samples, window, most_tokens=bound, prompt=self._prompt)


@dataclass(frozen=True, slots=True)
class Said:
    """The sound of one clip, from its first word to its last."""

    transcript: str
    samples: Samples
    voiced: float
    """Seconds."""


async def windows(job: Job) -> Document:
    """Decode clips in every window, both with and without the guard."""
    word_errors("a", "a")  # names the missing extra before minutes of work
    model = resolve(models_of(job.settings).stt, "stt")
    count = job.settings.stt.threads
    engine = OneWindow(model, language="en", find_speech=SileroVad().spans, threads=count)
    engine.warm_up()
    heard: list[Heard] = []
    for said in job.progress(some(QUICK_CLIPS if job.quick else CLIPS), "clips"):
        heard += await asyncio.to_thread(hear, engine, said)
    note = f"{model.name}; clips of people with at most {LONGEST_SECONDS:g} s of sound; threads: {count}"
    found = series(heard)
    return {"rows": [plain(_row(one)) for one in found], "notes": [note], "series": found}


def some(count: int) -> list[Said]:
    """Return clips of people that fit into every window, at most so many, taken evenly.

    Raises:
        Problem: there are no recordings.
    """
    vad = SileroVad()
    found = []
    for clip in clips(data_folder()):
        audio = read_audio(clip.path)
        spans = vad.spans(audio) if clip.group in BY_WORDS else []
        if clip.transcript is None or not spans:
            continue
        begin, end = max(0.0, spans[0][0] - MARGIN_SECONDS), spans[-1][1] + MARGIN_SECONDS
        if end - begin <= LONGEST_SECONDS:
            samples = audio.samples[round(begin * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
            found.append(Said(clip.transcript, samples, speech_seconds(spans)))
    count = min(count, len(found))
    return [found[index * len(found) // count] for index in range(count)]


def hear(engine: OneWindow, said: Said) -> list[Heard]:
    """Try one clip in every window."""
    plainly: dict[float, tuple[Decoding, float]] = {}
    bounded: dict[float, tuple[Attempt, float]] = {}
    for window in WINDOWS:
        decoding, seconds = _timed(engine, said, window, MOST_TOKENS)
        plainly[window] = decoding, seconds
        sound = len(said.samples) / SAMPLE_RATE
        bound = most_tokens(sound, english=True, last=window == FULL_WINDOW)
        if len(decoding.tokens) + 1 >= bound:  # decoding is greedy: below its bound it comes to the same
            decoding, seconds = _timed(engine, said, window, bound)
        bounded[window] = Attempt(decoding, judge(decoding, speech_seconds=said.voiced)), seconds
    found = []
    for window in WINDOWS:
        decoding, seconds = plainly[window]
        text, longer_seconds, again = believed([bounded[longer] for longer in WINDOWS if longer >= window])
        wrong, words = word_errors(said.transcript, decoding.text)
        found.append(Heard(window, wrong, words, seconds))
        wrong, words = word_errors(said.transcript, text)
        found.append(Heard(window, wrong, words, longer_seconds, guarded=True, again=again))
    return found


def believed(attempts: Sequence[tuple[Attempt, float]]) -> tuple[str, float, bool]:
    """Return the text that the guard keeps, the seconds it took, and whether it asked again.

    Args:
        attempts: windows from the shortest to the longest, and the seconds of each.
    """
    settled = (index for index, (attempt, _) in enumerate(attempts) if attempt.verdict in SETTLED)
    count = next(settled, len(attempts) - 1) + 1
    kept = choose([attempt for attempt, _ in attempts[:count]])
    text = "" if kept.verdict is Verdict.SILENCE else kept.decoding.text
    return text, sum(seconds for _, seconds in attempts[:count]), count > 1


def series(heard: Sequence[Heard]) -> list[dict[str, Any]]:
    """Sum up by window and guard: wrong words with their 95 % interval, mean time of a clip."""
    found = []
    for guarded in (False, True):
        for window in WINDOWS:
            members = [one for one in heard if (one.window, one.guarded) == (window, guarded)]
            wrong, words = (
                np.array([getattr(one, name) for one in members], float) for name in ("wrong", "words")
            )
            rate = bootstrap(wrong, words)
            found.append(
                {
                    "window_s": window,
                    "guarded": guarded,
                    "clips": len(members),
                    "words": int(words.sum()),
                    "wrong": rate.value,
                    "low": rate.low,
                    "high": rate.high,
                    "mean_ms": round(1000 * float(np.mean([one.seconds for one in members])), 1),
                    "again": sum(one.again for one in members),
                }
            )
    return found


def _row(one: Mapping[str, Any]) -> Row:
    guard = "guarded" if one["guarded"] else "unguarded"
    measure = f"{one['window_s']:g} s window, {guard}: wrong words ({one['mean_ms']:.0f} ms a clip)"
    value, low, high = (round(100 * one[name], 2) for name in ("wrong", "low", "high"))
    return Row("windows", measure, one["clips"], value, low, high, "%")


def _timed(engine: OneWindow, said: Said, window: float, bound: int) -> tuple[Decoding, float]:
    began = time.perf_counter()
    decoding = engine.decode(said.samples, window, bound)
    return decoding, time.perf_counter() - began
