"""How many questions about the shop are answered rightly, and how many about all else refused."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from voiceslm.bench.home.part import Part
from voiceslm.bench.home.sentences import Miss
from voiceslm.bench.knowledge.asking import (
    IN_PROMPT,
    LOOKED_UP,
    MODEL_WAYS,
    by_the_model,
    desk_settings,
    loaded,
    open_settings,
    outcomes,
)
from voiceslm.bench.knowledge.questions import TEST, about_the_shop, elsewhere, half, shop
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.knowledge.deciding import Way, decide
from voiceslm.knowledge.evaluating import Evaluation, Outcome
from voiceslm.knowledge.indexing import index_of
from voiceslm.knowledge.judging import invented

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.bench.home.part import Bench
    from voiceslm.bench.live.rows import Row
    from voiceslm.config import Settings
    from voiceslm.knowledge.judging import Asked

RIGHT = Target(90.0, at_least=True)
REFUSED = Target(95.0, at_least=True)
NONE = Target(0.0)
DECIDED_MS = Target(15.0)

QUICK = 12
QUICK_ELSEWHERE = 8
CLINC = 150
"""Questions of clinc150_oos: with those written for this bench, more than 200 in all."""


async def found(bench: Bench) -> Part:
    """Decide on each question: does what is found hold the answer, and how long does it take?"""
    index = index_of(shop())
    asked = about_the_shop()
    results: list[Outcome] = []
    times: list[float] = []
    for one in bench.progress(asked, "found"):
        began = time.perf_counter()
        taken = decide(one.text, index, strict=True, in_prompt=False)
        times.append((time.perf_counter() - began) * 1000)
        text = (taken.text or " ".join(passage.text for passage in taken.passages)) if taken else ""
        results.append(Outcome(one, text, taken.way.value if taken else "", ""))
    sheet = Sheet("knowledge: found")
    alone = [one for one in results if one.way in {Way.ANSWER, Way.QUOTE}]
    return Part(
        (
            *_by_half(sheet, "the answer stands in what is found", results, None),
            sheet.share("answered without the model", [one in alone for one in results]),
            sheet.share("of these, rightly", [one.good for one in alone], RIGHT),
            sheet.quantile("time to decide, p50", times, 50, "ms"),
            sheet.quantile("time to decide, p95", times, 95, "ms", DECIDED_MS),
        ),
        misses=_misses(results),
        notes=(f"{len(index.pack.passages)} passages, {len(index.pack.pairs)} pairs",),
    )


async def desk(bench: Bench) -> Part:
    """Ask in a strict scope, where the model only says whether a sentence answers."""
    return await _asked(bench, "desk", desk_settings(bench.settings))


async def prefix(bench: Bench) -> Part:
    """Ask in an open scope with all that is known in the prompt."""
    return await _asked(bench, "prefix", open_settings(bench.settings, IN_PROMPT))


async def retrieve(bench: Bench) -> Part:
    """Ask in an open scope with nothing in the prompt: it is looked up."""
    return await _asked(bench, "retrieve", open_settings(bench.settings, LOOKED_UP))


async def strangers(bench: Bench) -> Part:
    """Ask the desk what nobody wrote down."""
    known = [*(one.text for one in shop().passages), *(one.as_passage.text for one in shop().pairs)]
    sheet = Sheet("knowledge: elsewhere")
    rows: list[Row] = []
    everything: list[Outcome] = []
    async with loaded(desk_settings(bench.settings)) as assistant:
        for kind, asked in elsewhere(bench.data, CLINC).items():
            some = bench.some(asked, quick=QUICK_ELSEWHERE)
            results = await outcomes(assistant, bench.progress(some, kind))
            rows.append(sheet.share(f"{kind}: refused", [one.refused for one in results]))
            everything += results
    made_up = [one for one in everything if one.way != "skill" and invented(one.reply, known)]
    rows.append(sheet.share("all: refused", [one.refused for one in everything], REFUSED))
    rows.append(sheet.figure("invented facts", len(made_up), len(everything), "", NONE))
    invention = [Miss(one.asked.text, "nothing made up", f"made up: {one.reply}") for one in made_up]
    ways = f"ways: {Evaluation(everything).ways}"
    return Part(tuple(rows), misses=(*_misses(everything), *invention), counts=(ways,))


async def _asked(bench: Bench, name: str, settings: Settings) -> Part:
    asked = bench.some(about_the_shop(), quick=QUICK)
    async with loaded(settings) as assistant:
        results = await outcomes(assistant, bench.progress(asked, name))
        with by_the_model():
            forced = await outcomes(assistant, bench.progress(asked, f"{name}, by the model"))
    sheet = Sheet(f"knowledge: {name}")
    reached = [one for one in forced if one.way in MODEL_WAYS]
    return Part(
        (
            *_by_half(sheet, "right", results, RIGHT),
            sheet.share("right, of those answered without the model", [one.good for one in _quoted(results)]),
            sheet.share("right, were all left to the model", [one.good for one in forced]),
            sheet.share("right, of those that it then answers", [one.good for one in reached]),
        ),
        misses=(*_misses(results), *_misses(forced, "all by the model: ")),
        counts=(
            f"ways: {Evaluation(results).ways}",
            f"were all left to the model: {Evaluation(forced).ways}",
        ),
    )


def _quoted(results: Sequence[Outcome]) -> list[Outcome]:
    return [one for one in results if one.way in {Way.ANSWER, Way.QUOTE}]


def _by_half(sheet: Sheet, measure: str, results: Sequence[Outcome], target: Target | None) -> Iterator[Row]:
    """Yield the share of good ones of both halves, and of each."""
    test = [one for one in results if half(one.asked.text) == TEST]
    dev = [one for one in results if half(one.asked.text) != TEST]
    yield sheet.share(measure, [one.good for one in results], target)
    yield sheet.share(f"{measure}, test half", [one.good for one in test], target)
    yield sheet.share(f"{measure}, dev half", [one.good for one in dev])


def _misses(results: Sequence[Outcome], how: str = "") -> tuple[Miss, ...]:
    return tuple(
        Miss(one.asked.text, _wanted(one.asked), f"({how}{one.way}) {one.reply}")
        for one in Evaluation(results).misses
    )


def _wanted(asked: Asked) -> str:
    return " / ".join(" + ".join(parts) for parts in asked.accepted) or "a refusal"
