"""The first sound by profile and by the language model's threads: a few questions to each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from voiceslm.assistant import Assistant
from voiceslm.bench.live.rows import Sheet
from voiceslm.bench.questions import SHORT
from voiceslm.bench.turn import WARM_UP, answer, synthesised
from voiceslm.bench.whole.job import plain
from voiceslm.catalog import load_catalog, resolve
from voiceslm.errors import Problem
from voiceslm.events import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.bench.whole.job import Document, Job
    from voiceslm.config import Settings

THREADS = (1, 2, 4)
"""Tried, as far as there are cores."""

QUESTIONS, QUICK_QUESTIONS = 6, 2

PROFILES = ("tiny", "small", "default")


async def threads(job: Job) -> Document:
    """Ask the same questions of every profile that is here, with each number of threads."""
    brief = ("tiny", job.settings.profile)
    notes, settings = _here(job.settings, [name for name in PROFILES if name in brief or not job.quick])
    counts = [count for count in THREADS if count == 1 or count <= (os.cpu_count() or 1)]
    plan = [(profile, count) for profile in settings for count in counts]
    asked = SHORT[: QUICK_QUESTIONS if job.quick else QUESTIONS]
    series, rows, sheet = [], [], Sheet("threads")
    for profile, count in job.progress(plan, "profiles and threads"):
        llm = settings[profile].llm.model_copy(update={"threads": count})
        found = await _first_sounds(settings[profile].model_copy(update={"llm": llm}), asked)
        series.append({"profile": profile, "threads": count, "first_audio_ms": found})
        measure = f"{profile}, {count} thread{'s' if count > 1 else ''}: first sound, p50"
        rows.append(plain(sheet.quantile(measure, found, 50, "ms")))
    return {"rows": rows, "notes": notes, "series": series}


def _here(given: Settings, profiles: Sequence[str]) -> tuple[list[str], dict[str, Settings]]:
    """Return what is left out and why, and settings by profile, with its own models."""
    notes, found = [], {}
    for name in profiles:
        try:
            for entry in load_catalog().of_profile(name):
                resolve(entry.id, entry.kind)
        except Problem as problem:
            notes.append(f"profile {name} was left out: {problem.cause}")
        else:
            stt, llm = (section.model_copy(update={"model": None}) for section in (given.stt, given.llm))
            tts = given.tts.model_copy(update={"voice": None})
            found[name] = given.model_copy(update={"profile": name, "stt": stt, "llm": llm, "tts": tts})
    return notes, found


async def _first_sounds(settings: Settings, asked: Sequence[str]) -> list[float]:
    """Return milliseconds from the end of each recording to the first sound of its reply."""
    quiet = settings.conversation.model_copy(update={"history_turns": 0})
    found = []
    async with Assistant(settings.model_copy(update={"conversation": quiet})) as assistant:
        await assistant.load(hear=True, think=True, speak=True)
        for text in (WARM_UP, *asked):
            record = await answer(assistant, await synthesised(assistant, text))
            await assistant.conversation.settle()
            first = record.timings_ms[Stage.FIRST_AUDIO]
            if text != WARM_UP and first is not None:
                found.append(round(first, 1))
    return found
