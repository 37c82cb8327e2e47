"""The requests of home-assistant-datasets, answered by the whole assistant; and what each model weighs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voiceslm.bench.home.requests import QUICK, REQUESTS, answers
from voiceslm.bench.home.sentences import Miss, rows
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.bench.tune.beside import FASTER, LIGHTER, compared, tuned_and_larger
from voiceslm.bench.tune.contest import TUNED
from voiceslm.bench.tune.part import Measure, Part
from voiceslm.bench.tune.weigh import memory_mb
from voiceslm.events import Route, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.bench.home.requests import Answered
    from voiceslm.bench.tune.part import Contest

BY_MODEL = frozenset({Route.TOOLS, Route.CHAT})


async def requests(contest: Contest) -> Part:
    """Make every request; those that the model decided on say how fast it is."""
    bench = contest.bench
    wanted = bench.some(list(rows(bench.data / REQUESTS)), quick=QUICK)
    found: dict[str, list[Answered]] = {}
    for contestant in contest.contestants:
        theirs = replace(bench, settings=contestant.settings(bench.settings))
        found[contestant.label] = await answers(theirs, wanted, allowed=True, speak=True)
    sheet = Sheet("requests")
    asked = {label: [one for one in all_ if one[1].route in BY_MODEL] for label, all_ in found.items()}
    reached = {label: sheet.share("", _reached(one)) for label, one in found.items()}
    if both := tuned_and_larger(reached):
        target = Target(both[1].value, at_least=True)
        reached[TUNED] = replace(both[0], target=target)
    times = {label: sheet.quantile("", _times(one), 50, "ms") for label, one in asked.items()}
    return Part(
        (
            Measure("what was asked for came about", reached),
            Measure(
                "the same, where the model was asked",
                {label: sheet.share("", _reached(one)) for label, one in asked.items()},
            ),
            Measure("there, to first audio, p50", times),
            *compared("the larger one takes, of the time of the tuned one", times, FASTER, larger_above=True),
        ),
        {label: tuple(_missed(one)) for label, one in found.items()},
        ("guarded entities are allowed without PIN, but for the rows that say otherwise",),
    )


async def memory(contest: Contest) -> Part:
    """Weigh each model."""
    sheet = Sheet("memory")
    weights = {one.label: memory_mb(one) for one in contest.bench.progress(contest.contestants, "memory")}
    shown = {label: sheet.figure("", mb, 1, "MB") for label, mb in weights.items()}
    return Part(
        (
            Measure("a process grows by, to answer in a home of 30 devices", shown),
            *compared("the tuned one takes, of the larger one's", shown, LIGHTER, larger_above=False),
        )
    )


def _reached(found: Sequence[Answered]) -> list[bool]:
    return [result.reached for result, _ in found]


def _times(found: Sequence[Answered]) -> list[float]:
    times = (record.timings_ms.get(Stage.FIRST_AUDIO) for _, record in found)
    return [ms for ms in times if ms is not None]


def _missed(found: Sequence[Answered]) -> list[Miss]:
    return [
        Miss(str(result.row["text"]), "", f"{record.route}: {record.reply}; {'; '.join(result.reasons)}")
        for result, record in found
        if not result.reached
    ]
