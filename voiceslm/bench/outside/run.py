"""Measures from outside, scenario by scenario."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from voiceslm.bench.live.report import Report
from voiceslm.bench.live.scenario import no_progress
from voiceslm.bench.outside import commands, questions, starts
from voiceslm.bench.outside.server import sound_server
from voiceslm.bench.outside.stage import Stage
from voiceslm.engines import models_of
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from voiceslm.bench.live.scenario import Outcome, Progress
    from voiceslm.config import Settings

SCENARIOS: dict[str, Callable[[Stage, int | None], Awaitable[Outcome]]] = {
    "questions": questions.run,
    "commands": commands.run,
    "starts": starts.run,
}


async def run(
    settings: Settings,
    *,
    only: Sequence[str] = (),
    quick: bool = False,
    limits: Mapping[str, int] | None = None,
    progress: Progress = no_progress,
    done: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Measure.

    Args:
        settings: as the product itself reads them; everybody in the room is listened to.
        only: names of scenarios; all of them when empty.
        quick: a few trials of each, to see that it works.
        limits: most trials, by scenario.
        progress: wraps the trials while they are worked through.
        done: is given the report so far after every scenario.

    Raises:
        Problem: there is no such scenario, or PulseAudio, mosquitto or a model is missing.
    """
    if unknown := [name for name in only if name not in SCENARIOS]:
        raise Problem(f"there is no scenario {unknown[0]!r}", f"Choose among: {', '.join(SCENARIOS)}")
    report = Report(asdict(models_of(settings)), {}, settings.model_dump(), quick, outcomes={})
    async with sound_server() as server:
        stage = Stage(server, settings, quick=quick, progress=progress)
        for name in only or SCENARIOS:
            report.outcomes[name] = await SCENARIOS[name](stage, (limits or {}).get(name))
            done(report)
    return report
