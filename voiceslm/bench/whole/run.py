"""Measures part by part, what is done already left out, and puts the report together."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from voiceslm.bench.whole.about import look
from voiceslm.bench.whole.kept import SCHEMA, Kept, fingerprint
from voiceslm.bench.whole.load import watched
from voiceslm.bench.whole.parts import PARTS
from voiceslm.bench.whole.process import Request, in_own_process
from voiceslm.bench.whole.remaining import pace, remaining, spoken
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from voiceslm.bench.whole.about import About
    from voiceslm.bench.whole.job import Document, Part
    from voiceslm.bench.whole.process import Told
    from voiceslm.config import Settings

    Take = Callable[[Part, Request, Told], Awaitable[Document]]


@dataclass(frozen=True, slots=True)
class Now:
    """How far it is."""

    part: Part
    number: int
    """Of the part, from 1."""

    parts: int
    left_seconds: float
    """Until all is done, as it looks now."""

    what: str = ""
    at: int = 0
    of: int = 0
    """What the part tries, how many of it are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who is shown what happens."""

    say: Callable[[str], None] = lambda _: None
    """Is given lines to keep."""

    show: Callable[[Now], None] = lambda _: None
    """Is given how far it is, each time in place of the last."""


async def run(
    settings: Settings,
    *,
    folder: Path,
    config: Path | None = None,
    quick: bool = False,
    parts: Sequence[Part] = PARTS,
    viewer: Viewer | None = None,
    done: Callable[[Document], None] = lambda _: None,
    take: Take = in_own_process,
) -> Document:
    """Measure.

    Args:
        settings: whose models and manners are measured.
        folder: where finished parts lie and are kept.
        config: the file that the settings are from, where one was named.
        quick: as little of each part as shows that it works.
        parts: what to measure, in this order.
        viewer: is told how far it is.
        done: is given the report so far after every part.
        take: measures one part.

    Returns:
        The report. A part that failed has an ``error`` in place of its ``document``.
    """
    viewer = viewer or Viewer()
    about = await asyncio.to_thread(look, settings)
    kept = Kept(folder)
    marks = {part.name: fingerprint(part.name, about, quick=quick) for part in parts}
    found = {part.name: there for part in parts if (there := kept.find(part.name, marks[part.name]))}
    request = Request(settings.profile, config, quick)
    for number, part in enumerate(parts, start=1):
        if part.name in found:
            ended = found[part.name]["ended"][:16].replace("T", " ")
            viewer.say(f"{number}/{len(parts)} {part.title}: done before, on {ended} UTC")
            continue
        left = [one for one in parts[number - 1 :] if one.name not in found]
        rate = pace({name: one["seconds"] for name, one in found.items()}, parts, quick=quick)
        one = await _measured(part, request, take, _telling(viewer, (number, len(parts)), left, rate, quick))
        one["fingerprint"] = marks[part.name]
        if "error" in one:
            viewer.say(f"{number}/{len(parts)} {part.title}: not measured: {one['error']}")
        else:
            kept.keep(part.name, one)
            viewer.say(f"{number}/{len(parts)} {part.title}: done in {spoken(one['seconds'])}")
        found[part.name] = one
        done(assembled(about, parts, found, profile=settings.profile, quick=quick))
    return assembled(about, parts, found, profile=settings.profile, quick=quick)


def assembled(
    about: About, parts: Sequence[Part], found: Mapping[str, Document], *, profile: str, quick: bool
) -> Document:
    """Return the report of the parts that were ``found``, in their order."""
    there = {part.name: {"title": part.title, **found[part.name]} for part in parts if part.name in found}
    return {
        "schema": SCHEMA,
        "quick": quick,
        "profile": profile,
        **about.document(),
        "started": min((one["started"] for one in there.values()), default=None),
        "ended": max((one["ended"] for one in there.values()), default=None),
        "missing": [part.name for part in parts if part.name not in found],
        "parts": there,
    }


async def _measured(part: Part, request: Request, take: Take, told: Told) -> Document:
    began, started = time.monotonic(), _now()
    told("", 0, 0)
    what: dict[str, Any]
    async with watched() as load:
        try:
            what = {"document": await take(part, request, told)}
        except Problem as problem:
            what = {"error": str(problem)}
    return {
        "started": started,
        "ended": _now(),
        "seconds": round(time.monotonic() - began, 1),
        "load": load.document(),
        **what,
    }


def _telling(viewer: Viewer, place: tuple[int, int], left: Sequence[Part], rate: float, quick: bool) -> Told:  # noqa: FBT001
    began = time.monotonic()

    def told(what: str, at: int, of: int) -> None:
        seconds = remaining(left, rate, quick=quick, elapsed=time.monotonic() - began)
        viewer.show(Now(left[0], *place, seconds, what, at, of))

    return told


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
