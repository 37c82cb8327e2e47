"""Measures what tuning gains, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.bench.home.part import Bench
from voiceslm.bench.live.scenario import no_progress
from voiceslm.bench.stt import data_folder
from voiceslm.bench.tune.contest import BASE, LARGER, TUNED, Contestant
from voiceslm.bench.tune.part import Contest
from voiceslm.bench.tune.report import Report
from voiceslm.bench.tune.sentences import own, spoken
from voiceslm.bench.tune.whole import memory, requests
from voiceslm.engines import models_of
from voiceslm.errors import Problem
from voiceslm.llm import adapter as adapters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from voiceslm.bench.live.scenario import Progress
    from voiceslm.bench.tune.part import Part
    from voiceslm.config import Settings

PARTS: dict[str, Callable[[Contest], Awaitable[Part]]] = {
    "own": own,
    "phrases": spoken,
    "requests": requests,
    "memory": memory,
}


async def run(
    settings: Settings,
    *,
    adapter: str = "",
    against: str = "",
    only: Sequence[str] = (),
    quick: bool = False,
    data: Path | None = None,
    progress: Progress = no_progress,
    done: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Measure.

    Args:
        settings: whose base model is used, unless the adapter names another one.
        adapter: that `voiceslm tune --sample 30` made; empty to measure the base only.
        against: a larger model, which is not tuned; empty for none.
        only: names of parts; all of them when empty.
        quick: samples only, to see that it works.
        data: folder holding ``text/``; otherwise ``data_folder()``.
        progress: wraps what is worked through.
        done: is given the report so far after every part.

    Raises:
        Problem: there is no such part or adapter, or data, a model or mosquitto is missing.
    """
    if unknown := [name for name in only if name not in PARTS]:
        raise Problem(f"there is no part {unknown[0]!r}", f"Choose among: {', '.join(PARTS)}")
    bench = Bench(settings, data or data_folder(), quick=quick, progress=progress)
    contest = Contest(bench, tuple(_contestants(settings, adapter, against)))
    for contestant in contest.contestants:
        contestant.files  # noqa: B018 - what is missing is told before anything is measured
    parts: dict[str, Part] = {}
    report = Report(contest.contestants, quick, parts)
    for name in only or PARTS:
        parts[name] = await PARTS[name](contest)
        done(report)
    return report


def _contestants(settings: Settings, adapter: str, against: str) -> list[Contestant]:
    base = adapters.find(adapter).manifest.base if adapter else models_of(settings).llm
    found = [Contestant(BASE, base)]
    if adapter:
        found.append(Contestant(TUNED, base, adapter))
    if against:
        found.append(Contestant(LARGER, against))
    return found
