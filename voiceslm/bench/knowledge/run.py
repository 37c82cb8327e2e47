"""Measures knowledge, part by part."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from voiceslm.bench.home.part import Bench
from voiceslm.bench.knowledge.parts import desk, found, prefix, retrieve, strangers
from voiceslm.bench.knowledge.report import Report
from voiceslm.bench.knowledge.speed import speed
from voiceslm.bench.live.scenario import no_progress
from voiceslm.bench.stt import data_folder
from voiceslm.engines import models_of
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from voiceslm.bench.home.part import Part
    from voiceslm.bench.live.scenario import Progress
    from voiceslm.config import Settings

PARTS: dict[str, Callable[[Bench], Awaitable[Part]]] = {
    "found": found,
    "desk": desk,
    "prefix": prefix,
    "retrieve": retrieve,
    "elsewhere": strangers,
    "speed": speed,
}


async def run(
    settings: Settings,
    *,
    only: Sequence[str] = (),
    quick: bool = False,
    data: Path | None = None,
    progress: Progress = no_progress,
    done: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Measure.

    Args:
        settings: whose models and language are used; the documents are those of a fictitious shop.
        only: names of parts; all of them when empty.
        quick: samples only, to see that it works.
        data: folder holding ``text/``; otherwise ``data_folder()``.
        progress: wraps what is worked through.
        done: is given the report so far after every part.

    Raises:
        Problem: there is no such part, or data or a model is missing.
    """
    if unknown := [name for name in only if name not in PARTS]:
        raise Problem(f"there is no part {unknown[0]!r}", f"Choose among: {', '.join(PARTS)}")
    bench = Bench(settings, data or data_folder(), quick=quick, progress=progress)
    parts: dict[str, Part] = {}
    report = Report(asdict(models_of(settings)), quick, parts)
    for name in only or PARTS:
        parts[name] = await PARTS[name](bench)
        done(report)
    return report
