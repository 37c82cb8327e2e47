"""Measures, advises, predicts, and holds the prediction against what can be measured here."""

from __future__ import annotations

import asyncio
import os
from dataclasses import asdict
from typing import TYPE_CHECKING

from voiceslm.bench.advice.measure import half_a_core, measure, turn_seconds, with_threads
from voiceslm.bench.advice.model import BOARDS, Board, predict
from voiceslm.bench.advice.report import Check, Report
from voiceslm.daemon.doctor import memory
from voiceslm.daemon.doctor.profiles import COSTS, recommend
from voiceslm.daemon.doctor.speed import as_in_profile
from voiceslm.engines import models_of
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voiceslm.bench.advice.measure import Costs
    from voiceslm.config import Settings


def run(settings: Settings, *, check: bool = False, say: Callable[[str], None] = lambda _: None) -> Report:
    """Measure the engines, and say what follows from it.

    Args:
        settings: whose models are measured, which are those of a profile.
        check: whether to hold the prediction against whole turns, at full speed and on half a core.
        say: is told what goes on.

    Raises:
        Problem: they are not, or one is not on this machine.
    """
    if not as_in_profile(settings):
        raise Problem(
            f"these are not the models of a profile ({settings.profile}), and tell nothing of the others",
            f"Leave out models of your own, and take one of the profiles {', '.join(COSTS)}",
        )
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    costs = measure(settings, say)
    room = memory.gather(settings, runs=False)
    fits = {
        name: memory.needed_by(settings.model_copy(update={"profile": name})) <= room.available + room.swap
        for name in COSTS
    }
    return Report(
        models=asdict(models_of(settings)),
        profile=settings.profile,
        load=round(load, 2),
        costs=costs,
        advised=recommend(costs.together, settings.profile, fits=fits),
        predictions=tuple(predict(costs.stages, settings.profile, board) for board in BOARDS),
        checks=tuple(_checks(settings, costs, say)) if check else (),
    )


def _checks(settings: Settings, costs: Costs, say: Callable[[str], None]) -> Iterator[Check]:
    """Ask whole questions, and compare."""
    say("Asking questions")
    here = costs.stages.on(Board(1.0, 1.0, costs.threads)).first_sound
    threads = with_threads(settings, costs.threads)
    yield Check("this machine", here, tuple(asyncio.run(turn_seconds(threads))))
    say("Asking questions with half a core")
    half = costs.stages.on(Board(0.5, 0.5, 1)).first_sound
    with half_a_core():
        measured = asyncio.run(turn_seconds(with_threads(settings, 1)))
    yield Check("half of one core", half, tuple(measured))
