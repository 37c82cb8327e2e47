"""The benches as parts: how much of each, and their figures as rows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from voiceslm.bench import memory as memory_bench
from voiceslm.bench import stt as stt_bench
from voiceslm.bench import turn as turn_bench
from voiceslm.bench import wake as wake_bench
from voiceslm.bench.advice.run import run as advise
from voiceslm.bench.home.run import run as run_home
from voiceslm.bench.live.rows import TIMES, Row, Sheet
from voiceslm.bench.live.run import run as run_live
from voiceslm.bench.outside.run import run as run_outside
from voiceslm.bench.soak.run import run as run_soak
from voiceslm.bench.speech.run import run as run_speech
from voiceslm.bench.wake_sounds import PITCHES
from voiceslm.bench.whole.job import plain, table_of
from voiceslm.catalog import load_catalog, resolve
from voiceslm.engines import models_of
from voiceslm.errors import Problem
from voiceslm.events import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from voiceslm.bench.live.report import Report
    from voiceslm.bench.whole.job import Document, Job
    from voiceslm.config import Settings

TURNS, QUICK_TURNS = 12, 2
EVERY, QUICK_EVERY = 4, 25
"""Each so many-th clip of speech-to-text."""

MEMORY_TURNS, QUICK_MEMORY_TURNS = 36, 10
SOAK_TURNS, QUICK_SOAK_TURNS = 100, 8
Figure = tuple[str, float, float | None, float | None, str]
"""Measure, value, 95 % interval, unit."""

WORDS, QUICK_WORDS = ("okay_nabu", "hey_jarvis"), ("okay_nabu",)

PAUSES, QUICK_PAUSES = 50, 3
INTERRUPTIONS = {"stop": 12, "echo": 12, "noise": 9}
QUICK_INTERRUPTIONS = {"stop": 2, "echo": 1, "noise": 1}
QUESTIONS, QUICK_QUESTIONS = {"questions": 15, "skills": 10}, {"questions": 2, "skills": 2}
OUTSIDE = {"questions": 20, "commands": 20, "starts": 3}
QUICK_OUTSIDE = {"questions": 2, "commands": 2, "starts": 1}
IDLE_MINUTES, QUICK_IDLE_MINUTES = 20, 1

SMALLEST = "tiny"
"""Profile of the soak, where it is here: what it looks for comes with turns, not with parameters."""


async def advice(job: Job) -> Document:
    """Measure each engine alone: which profile suits, and how quick other machines would be."""
    report = await asyncio.to_thread(advise, job.settings, check=not job.quick)
    tables = [table_of(table) for table in report.tables()]
    return report.document() | {"rows": [], "tables": tables, "notes": [*report.remarks()]}


async def turns(job: Job) -> Document:
    """Answer questions from recordings, and let the serial chain answer them."""
    limit = QUICK_TURNS if job.quick else TURNS
    report = await turn_bench.run(job.settings, limit=limit, progress=_named(job, "turns"))
    return report.document() | {"rows": _plain(_turn_rows(report.pairs))}


async def speech_to_text(job: Job) -> Document:
    """Compare speech-to-text with plain faster-whisper."""
    settings = job.settings
    every = QUICK_EVERY if job.quick else EVERY
    report = await asyncio.to_thread(
        stt_bench.run,
        resolve(models_of(settings).stt, "stt"),
        threads=settings.stt.threads,
        every=every,
        progress=_named(job, "clips"),
    )
    return report.document() | {"rows": _plain(_stt_rows(report.rows))}


async def memory(job: Job) -> Document:
    """Measure the memory of one question, and of many in one process."""
    settings = job.settings
    options = ["--profile", settings.profile, *(["--config", str(job.config)] if job.config else [])]
    question = "Tell me about the sea in three sentences."
    peak = await asyncio.to_thread(memory_bench.peak_of, "ask", question, *options)
    count = QUICK_MEMORY_TURNS if job.quick else MEMORY_TURNS
    report = await memory_bench.run(settings, turns=count, progress=_named(job, "turns"))
    sheet, taken = Sheet("memory"), report.resident_mb
    rows = (
        sheet.figure("peak of one `voiceslm ask`", peak, 1, "MB"),
        sheet.figure("resident after the first turn", taken[0], 1, "MB"),
        sheet.figure("resident after the last turn", taken[-1], 1, "MB"),
        sheet.figure("growth in 10 turns, once settled", report.slope_mb_per_10_turns, len(taken), "MB"),
    )
    return report.document() | {"rows": _plain(rows)}


async def wake(job: Job) -> Document:
    """Count misses and false accepts of the wake words."""
    words, pitches = (QUICK_WORDS, ()) if job.quick else (WORDS, PITCHES)
    voice = resolve(wake_bench.VOICE, "voice")
    report = await asyncio.to_thread(
        wake_bench.run, voice, words=words, pitches=pitches, progress=_named(job, "wake words")
    )
    return report.document() | {"rows": _plain(_wake_rows(report))}


async def outside(job: Job) -> Document:
    """Run the whole product behind real sound software, and the serial chain beside it."""
    report = await run_outside(
        job.settings,
        quick=job.quick,
        limits=QUICK_OUTSIDE if job.quick else OUTSIDE,
        progress=job.progress,
    )
    return _without_settings(report)


async def conversation(job: Job) -> Document:
    """Ask in the simulated room, of the language model and of the skills."""
    return await _live(job, QUICK_QUESTIONS if job.quick else QUESTIONS)


async def pauses(job: Job) -> Document:
    """Hesitate in the middle of sentences."""
    return await _live(job, {"pauses": QUICK_PAUSES if job.quick else PAUSES})


async def interruptions(job: Job) -> Document:
    """Interrupt replies: by words, by their own echo, by coughs, noise and music."""
    return await _live(job, QUICK_INTERRUPTIONS if job.quick else INTERRUPTIONS)


async def idle(job: Job) -> Document:
    """Listen for the wake word while nobody speaks."""
    return await _live(job, {"idle": QUICK_IDLE_MINUTES if job.quick else IDLE_MINUTES})


async def home(job: Job) -> Document:
    """Command simulated homes."""
    return _with_notes((await run_home(job.settings, quick=job.quick, progress=job.progress)).document())


async def speech(job: Job) -> Document:
    """Say commands in quiet and in noise, and let the assistant overhear what is no command."""
    return _with_notes((await run_speech(job.settings, quick=job.quick, progress=job.progress)).document())


async def soak(job: Job) -> Document:
    """Live through many turns, with mishaps, and see whether anything grows."""
    count = QUICK_SOAK_TURNS if job.quick else SOAK_TURNS
    settings, notes = _smallest(job.settings)
    report = await run_soak(settings, turns=count, progress=job.progress)
    return report.document() | {"rows": _plain(report.rows()), "notes": [*report.remarks(), *notes]}


async def _live(job: Job, limits: Mapping[str, int]) -> Document:
    report = await run_live(
        job.settings, only=[*limits], quick=job.quick, limits=limits, progress=job.progress
    )
    return _without_settings(report)


def _without_settings(report: Report) -> Document:
    """Return a report as a part: the whole tells what was set, and nothing of the home."""
    document = report.document()
    del document["settings"]
    return document


def _with_notes(document: Document) -> Document:
    """Return it with the notes of all its parts on top."""
    parts = document["parts"].items()
    return document | {"notes": [f"{name}: {note}" for name, part in parts for note in part["notes"]]}


def _smallest(settings: Settings) -> tuple[Settings, list[str]]:
    small = settings.model_copy(update={"profile": SMALLEST})
    try:
        for entry in load_catalog().of_profile(SMALLEST):
            resolve(entry.id, entry.kind)
    except Problem as problem:
        return settings, [f"the profile {SMALLEST} is not here ({problem.cause}): profile {settings.profile}"]
    return small, [f"with the profile {SMALLEST}: what grows, grows with turns, not with parameters"]


def _turn_rows(pairs: Sequence[turn_bench.Pair]) -> Iterator[Row]:
    sheet = Sheet("turns")
    for name, members in turn_bench.by_length(pairs).items():
        ours = [pair.timings_ms[Stage.FIRST_AUDIO] or 0.0 for pair in members]
        serial = [pair.serial_first_audio_ms for pair in members]
        for q in (50, 95):
            yield sheet.quantile(f"{name}: first sound, p{q}", ours, q, "ms")
            yield sheet.quantile(f"{name}: serial chain, p{q}", serial, q, "ms")
        yield sheet.ratio_of_medians(f"{name}: times faster, of the medians", serial, ours)


def _stt_rows(rows: Sequence[stt_bench.Row]) -> Iterator[Row]:
    for row in rows:
        wrong = "slot words missed" if row.group == "barista" else "wrong words"
        apart, faster = row.difference, row.time_ratio
        figures: tuple[Figure, ...] = (
            (wrong, row.ours, None, None, "%"),
            ("the same, plain faster-whisper", row.plain, None, None, "%"),
            ("ours less plain, points", apart.value, apart.low, apart.high, "%"),
            ("mean time of a clip", row.ours_ms, None, None, "ms"),
            ("the same, plain faster-whisper", row.plain_ms, None, None, "ms"),
            ("times faster", 1 / faster.value, 1 / faster.high, 1 / faster.low, TIMES),
        )
        for measure, value, lower, upper, unit in figures:
            by = 100 if unit == "%" else 1
            low, high = (None if end is None else by * end for end in (lower, upper))
            yield Row("stt", f"{row.group}: {measure}", row.clips, by * value, low, high, unit)


def _wake_rows(report: wake_bench.Report) -> Iterator[Row]:
    """Yield what each word does at its own threshold."""
    for word, own in report.own_thresholds.items():
        for one in report.heard:
            if (one.word, one.threshold) == (word, own) and one.group in ("all synthetic", "people"):
                share, low, high = (100 * (1 - part) for part in (one.heard / one.said, one.high, one.low))
                yield Row("wake", f"{word}: missed, {one.group}", one.said, share, low, high, "%")
        for false in report.false_accepts:
            if (false.word, false.threshold, false.group) == (word, own, wake_bench.AT_ALL_PITCHES):
                measure = f"{word}: false accepts in {false.hours:.1f} h without it"
                low, high = (round(rate * false.hours) for rate in (false.low, false.high))
                yield Row("wake", measure, 1, float(false.count), low, high, "")


def _plain(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [plain(row) for row in rows]


def _named(job: Job, what: str) -> Callable[[Sequence[Any]], Iterable[Any]]:
    return lambda items: job.progress(items, what)
