"""From the command to "ready", with the models in the page cache and the sound devices open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.bench.live.rows import Row, Sheet, Target
from voiceslm.bench.live.scenario import Outcome
from voiceslm.bench.outside.stage import LISTENS, LOADING_SECONDS
from voiceslm.catalog import load_catalog, resolve
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.bench.outside.stage import Stage

COUNT, QUICK = 7, 3
"""Starts of each profile; one before them warms the page cache."""

READY = {"default": Target(6.0), "tiny": Target(2.5)}
"""Profile -> target, seconds."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A start."""

    profile: str
    seconds: float


async def run(stage: Stage, limit: int | None = None) -> Outcome:
    """Start it again and again."""
    count = limit or (QUICK if stage.quick else COUNT)
    here = [profile for profile in READY if present(profile)]
    trials = []
    async with stage.server.room("ours") as room:
        for number in stage.progress(range((count + 1) * len(here)), "starts"):
            profile = here[number % len(here)]
            async with stage.product(room, profile=profile) as running:
                ready, _ = await running.until(LISTENS, LOADING_SECONDS)
            if number >= len(here):
                trials.append(Trial(profile, round(ready - running.began, 3)))
    return Outcome(tuple(rows(trials)), tuple(trials), notes=("models in the page cache",))


def rows(trials: Sequence[Trial]) -> Iterator[Row]:
    """Sum up."""
    sheet = Sheet("outside: starts")
    for profile, target in READY.items():
        took = [trial.seconds for trial in trials if trial.profile == profile]
        if took:
            yield sheet.quantile(f"{profile}: to ready, p50", took, 50, "s", target)


def present(profile: str) -> bool:
    """Say whether the models of ``profile`` are on this machine."""
    try:
        for entry in load_catalog().of_profile(profile):
            resolve(entry.id, entry.kind)
    except Problem:
        return False
    return True
