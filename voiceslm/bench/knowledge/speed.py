"""How much later the first sound of an answer from documents is than that of one from nothing."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from voiceslm.bench.home.part import Part
from voiceslm.bench.knowledge.asking import (
    IN_PROMPT,
    LOOKED_UP,
    by_the_model,
    chat_settings,
    desk_settings,
    loaded,
    open_settings,
)
from voiceslm.bench.knowledge.questions import about_the_shop, shop
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.crew import Crew
from voiceslm.knowledge.deciding import LIKELY, Way, decide
from voiceslm.knowledge.indexing import index_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voiceslm.assistant import Assistant
    from voiceslm.bench.home.part import Bench
    from voiceslm.bench.live.rows import Row
    from voiceslm.conversation.pipeline import Conversation
    from voiceslm.events import Speech

AT_ONCE_MS = Target(50.0)
LOOKED_UP_MS = Target(500.0)
WRITTEN_MS = Target(15.0)

COUNT, QUICK = 24, 4
DEADLINE = 60.0
"""Seconds for a first sound."""

Times = dict[str, float]
"""Question -> milliseconds until its first sound."""


async def speed(bench: Bench) -> Part:
    """Ask the same questions of an assistant that knows nothing, and of those that answer each in its way."""
    alone, modelled = _questions()
    alone, modelled = (bench.some(some[:COUNT], quick=QUICK) for some in (alone, modelled))
    in_prompt = open_settings(bench.settings, IN_PROMPT)
    crew = Crew(in_prompt, home=False)
    try:
        async with loaded(chat_settings(bench.settings), speak=True, crew=crew) as chat:
            plain = await _first_sounds(chat, bench.progress([*alone, *modelled], "speed: chat"))
        async with loaded(desk_settings(bench.settings), speak=True, crew=crew) as assistant:
            at_once = await _first_sounds(assistant, bench.progress(alone, "speed: answer"))
            written = [await _written(assistant.conversation, text) for text in alone]
            checked = await _by_model(assistant, bench.progress(modelled, "speed: checked"))
        async with loaded(in_prompt, speak=True, crew=crew) as assistant:
            prefix = await _by_model(assistant, bench.progress(modelled, "speed: prefix"))
        async with loaded(open_settings(bench.settings, LOOKED_UP), speak=True, crew=crew) as assistant:
            retrieve = await _by_model(assistant, bench.progress(modelled, "speed: retrieve"))
    finally:
        crew.close()
    return Part(
        (
            Sheet("knowledge: first sound").quantile("chat, p50", [*plain.values()], 50, "ms"),
            *_added("answer or quote", at_once, plain, AT_ONCE_MS),
            Sheet("knowledge: first sound").quantile(
                "answer or quote: text ready, p95", written, 95, "ms", WRITTEN_MS
            ),
            *_added("checked", checked, plain, LOOKED_UP_MS),
            *_added("prefix", prefix, plain, AT_ONCE_MS),
            *_added("retrieve", retrieve, plain, LOOKED_UP_MS),
        ),
        notes=(
            "each question is asked of both sides; the differences are taken question by question",
            "as it is asked in writing, nothing is looked up or computed while it is still being spoken",
        ),
    )


async def _by_model(assistant: Assistant, texts: Iterable[str]) -> Times:
    with by_the_model():
        return await _first_sounds(assistant, texts)


def _questions() -> tuple[list[str], list[str]]:
    """Return questions that need no model, and those that would reach it."""
    index = index_of(shop())
    alone, modelled = [], []
    for one in about_the_shop():
        taken = decide(one.text, index, strict=True, in_prompt=True)
        if taken and taken.way in {Way.ANSWER, Way.QUOTE}:
            alone.append(one.text)
        if index.search(one.text).score >= LIKELY:
            modelled.append(one.text)
    return alone, modelled


async def _first_sounds(assistant: Assistant, texts: Iterable[str]) -> Times:
    found: Times = {}
    for text in texts:
        assistant.conversation.forget()
        await assistant.conversation.settle()
        found[text] = await first_sound(assistant.conversation, text)
    return found


async def first_sound(conversation: Conversation, text: str) -> float:
    """Ask, and return the milliseconds until the first sound; the rest is not waited for."""
    heard = asyncio.Event()

    async def play(_: Speech) -> None:
        heard.set()

    began = time.perf_counter()
    asking = asyncio.create_task(conversation.ask(text, play), name="ask")
    hearing = asyncio.create_task(heard.wait(), name="hear")
    await asyncio.wait({asking, hearing}, timeout=DEADLINE, return_when=asyncio.FIRST_COMPLETED)
    spent = (time.perf_counter() - began) * 1000
    for task in (asking, hearing):
        task.cancel()
    await asyncio.gather(asking, hearing, return_exceptions=True)
    return spent


async def _written(conversation: Conversation, text: str) -> float:
    began = time.perf_counter()
    await conversation.write(text)
    return (time.perf_counter() - began) * 1000


def _added(name: str, times: Times, plain: Times, target: Target) -> Iterator[Row]:
    sheet = Sheet("knowledge: first sound")
    added = [ms - plain[text] for text, ms in times.items()]
    yield sheet.quantile(f"{name}, p50", [*times.values()], 50, "ms")
    yield sheet.quantile(f"{name}: later than chat, p50", added, 50, "ms", target)
