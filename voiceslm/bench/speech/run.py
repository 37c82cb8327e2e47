"""Measures what becomes of speech, part by part, with one set of engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.bench.home.part import Bench, Part
from voiceslm.bench.live.scenario import no_progress
from voiceslm.bench.score import word_errors
from voiceslm.bench.speech.commands import commands
from voiceslm.bench.speech.endpoints import endpoints
from voiceslm.bench.speech.overheard import overheard
from voiceslm.bench.speech.report import Report
from voiceslm.bench.stt import data_folder
from voiceslm.crew import Crew, Engine
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from voiceslm.bench.live.scenario import Outcome, Progress
    from voiceslm.config import Settings

PARTS: dict[str, Callable[[Bench, Crew], Awaitable[Part]]] = {
    "commands": commands,
    "endpoints": endpoints,
    "overheard": overheard,
}

PAUSES = "pauses"
"""Name of the part that `voiceslm bench live` has measured."""

THREADS = 2
"""For whisper: nothing else computes meanwhile, and the words are the same."""


async def run(
    settings: Settings,
    *,
    only: Sequence[str] = (),
    quick: bool = False,
    pauses: Outcome | None = None,
    data: Path | None = None,
    progress: Progress = no_progress,
    done: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Measure.

    Args:
        settings: whose models and language are used; the homes are simulated, on brokers of their own.
        only: names of parts; all of them when empty.
        quick: samples only, to see that it works, and without a language model.
        pauses: what the live benchmark's scenario of that name came to, to be shown beside the endpoints.
        data: folder holding ``speech/``; otherwise ``data_folder()``.
        progress: wraps what is worked through.
        done: is given the report so far after every part.

    Raises:
        Problem: there is no such part, or data, a model, mosquitto or the ``bench`` extra is missing.
    """
    if unknown := [name for name in only if name not in PARTS]:
        raise Problem(f"there is no part {unknown[0]!r}", f"Choose among: {', '.join(PARTS)}")
    word_errors("a", "a")  # names the missing extra before minutes of work
    settings = settings.model_copy(update={"stt": settings.stt.model_copy(update={"threads": THREADS})})
    bench = Bench(settings, data or data_folder(), quick=quick, progress=progress)
    crew = Crew(settings, home=True)
    parts: dict[str, Part] = {}
    try:
        await crew.load([Engine.STT, Engine.TURN, *([] if quick else [Engine.LLM])])
        report = Report(crew.models, quick, parts)
        for name in only or PARTS:
            parts[name] = await PARTS[name](bench, crew)
            done(report)
    finally:
        crew.close()
    if pauses is not None:
        parts[PAUSES] = Part(pauses.rows, notes=pauses.notes)
        done(report)
    return report
