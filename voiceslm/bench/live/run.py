"""Runs the scenarios, one after another, on one loaded assistant."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from voiceslm.assistant import Assistant
from voiceslm.bench.live import echoes, idle, noises, pauses, questions, skills, stop
from voiceslm.bench.live.report import Report
from voiceslm.bench.live.scenario import Bench, no_progress
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from voiceslm.bench.live.scenario import Outcome, Progress
    from voiceslm.config import Settings

SCENARIOS: dict[str, Callable[[Bench], Awaitable[Outcome]]] = {
    "questions": questions.run,
    "skills": skills.run,
    "pauses": pauses.run,
    "stop": stop.run,
    "echo": echoes.run,
    "noise": noises.run,
    "idle": idle.run,
}


async def run(
    settings: Settings,
    *,
    only: Sequence[str] = (),
    quick: bool = False,
    limit: int | None = None,
    limits: Mapping[str, int] | None = None,
    data: Path | None = None,
    progress: Progress = no_progress,
    done: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Measure.

    Args:
        settings: as shipped; everybody in the room is listened to, whatever they say about a wake word.
        only: names of scenarios; all of them when empty.
        quick: a few trials of each, to see that it works.
        limit: most trials a scenario.
        limits: the same by scenario, in place of ``limit``.
        data: folder holding ``speech/``; otherwise ``data_folder()``.
        progress: wraps the trials while they are worked through.
        done: is given the report so far after every scenario.

    Raises:
        Problem: there is no such scenario, or data or a model is missing.
    """
    chosen = list(only) or list(SCENARIOS)
    if unknown := [name for name in chosen if name not in SCENARIOS]:
        raise Problem(f"there is no scenario {unknown[0]!r}", f"Choose among: {', '.join(SCENARIOS)}")
    settings = settings.model_copy(
        update={"listening": settings.listening.model_copy(update={"wake": "none"})}
    )
    async with Assistant(settings) as assistant:
        await assistant.load(live=True)
        bench = Bench(assistant, settings, quick=quick, limit=limit, data=data, progress=progress)
        report = Report(assistant.models, assistant.load_ms, settings.model_dump(), quick, outcomes={})
        for name in chosen:
            bench.troubles.clear()
            most = (limits or {}).get(name, limit)
            outcome = await SCENARIOS[name](replace(bench, limit=most))
            report.outcomes[name] = replace(outcome, notes=(*outcome.notes, *_summed(name, bench.troubles)))
            done(report)
        return report


def _summed(name: str, troubles: Sequence[str]) -> list[str]:
    return [f"{name}: {count} times trouble: {what}" for what, count in Counter(troubles).most_common()]
