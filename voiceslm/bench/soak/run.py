"""Lives through a schedule, and looks after every turn at what the process holds on to."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING

from voiceslm.bench.live.scenario import no_progress
from voiceslm.bench.soak import gauges
from voiceslm.bench.soak.household import household
from voiceslm.bench.soak.mishaps import RECOVERY_SECONDS, befall, sounding
from voiceslm.bench.soak.report import Report, Taken
from voiceslm.bench.soak.schedule import schedule
from voiceslm.bench.soak.visitor import Visitor, rehearsed
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.bench.live.scenario import Progress
    from voiceslm.bench.soak.household import Household
    from voiceslm.bench.soak.schedule import Turn
    from voiceslm.config import Settings

REPLY_TOKENS = 32
"""Longest reply: what is looked for comes with the number of turns, not with their length."""

EVERY = 10
"""Turns from one report to the next."""

REST_SECONDS = 60.0
"""Real ones after a turn within which all must be at rest: a home that has come back is read in 20."""

TURN_SECONDS = 240.0
"""Longest turn: more than all that is waited for in one."""

STUCK_MOST = 5
"""Times in a row that nothing comes to rest, after which there is no use in going on."""


async def run(
    settings: Settings,
    *,
    turns: int,
    seed: int = 0,
    progress: Progress = no_progress,
    done: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Soak.

    Args:
        settings: whose models and manners are used; home, broker and wake word are the soak's own.
        turns: how many.
        seed: of what happens.
        progress: wraps the turns while they are taken.
        done: is given the report so far every ten turns.

    Returns:
        The report: of all turns, or, when this is cancelled, of those until then.

    Raises:
        Problem: a model or mosquitto is missing.
    """
    listening = settings.listening.model_copy(update={"wake": "okay_nabu"})
    llm = settings.llm.model_copy(update={"max_tokens": REPLY_TOKENS})
    async with household(settings.model_copy(update={"listening": listening, "llm": llm})) as house:
        visitor = Visitor(house, await rehearsed(house))
        report = Report(house.assistant.models, seed, turns)
        began = time.perf_counter()
        report.samples.append(gauges.read(0, 0.0))
        try:
            for turn in progress(schedule(turns, seed), "soak"):
                report.taken.append(await _lived(house, visitor, turn, report))
                house.tidy()
                report.samples.append(gauges.read(turn.number, time.perf_counter() - began))
                if turn.number % EVERY == 0:
                    report.stuck += await _ill(house, turn)
                    _noted(house, report)
                    done(report)
                if _hopeless(report):
                    break
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or not task.uncancel() == 0:
                raise
    _noted(house, report)
    done(report)
    return report


async def _lived(house: Household, visitor: Visitor, turn: Turn, report: Report) -> Taken:
    """Take one turn, with what befalls the assistant before or during it, until all is at rest."""
    began = time.perf_counter()
    went: bool | None = None
    chance = random.Random(turn.chance)  # noqa: S311 - a life that can be lived again
    stuck = ""
    try:
        async with asyncio.timeout(TURN_SECONDS):
            if turn.mishap and not turn.meanwhile:
                stuck = await befall(turn.mishap, house, chance)
            if turn.mishap and turn.meanwhile:
                async with asyncio.TaskGroup() as group:
                    befalling = group.create_task(befall(turn.mishap, house, chance), name="mishap")
                    await visitor.take(turn)
                stuck = befalling.result()
            else:
                went = await visitor.take(turn)
            stuck = stuck or await sounding(house)
            if not await house.rest(REST_SECONDS):
                stuck = stuck or "it does not come to rest"
    except* TimeoutError:
        stuck = "the turn takes too long"
    except* Problem as problems:
        report.troubles += [f"{problem}" for problem in problems.exceptions]
    if stuck:
        report.stuck.append(f"turn {turn.number} ({turn.kind}; {turn.mishap}): {stuck}\n{_described(house)}")
        house.live.stop()
        house.live.mute(muted=False)
    return Taken(turn, went, round(time.perf_counter() - began, 2))


async def _ill(house: Household, turn: Turn) -> list[str]:
    """Return, as one entry, what the daemon takes to be ill though nothing befalls it."""
    health = house.running.health
    if await house.until(lambda: not health.degraded, RECOVERY_SECONDS):
        return []
    return [f"turn {turn.number} and rest: {health.document()}"]


def _described(house: Household) -> str:
    """Say what goes on."""
    tasks = [
        f"  {task.get_name()}: "
        + " < ".join(f"{frame.f_code.co_qualname}:{frame.f_lineno}" for frame in stack)
        for task in asyncio.all_tasks()
        if (stack := task.get_stack(limit=3))
    ]
    return "\n".join(
        [
            f"  state {house.live.state.value}, computing {sorted(house.computing)}",
            f"  sound {house.sound.status()}",
            f"  home {house.running.status()['home']}",
            *tasks,
        ]
    )


def _noted(house: Household, report: Report) -> None:
    """Take over what the daemon told."""
    diary = house.diary
    report.exceptions = list(diary.exceptions)
    report.troubles += diary.troubles
    diary.troubles.clear()
    report.routes = dict(sorted(diary.routes.items()))


def _hopeless(report: Report) -> bool:
    lately = [f"turn {one.turn.number} " for one in report.taken[-STUCK_MOST:]]
    return len(lately) == STUCK_MOST and all(
        any(stuck.startswith(turn) for stuck in report.stuck) for turn in lately
    )
