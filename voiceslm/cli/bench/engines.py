"""The benches of engines and turns, each on its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from voiceslm.cli.bench.shown import bar
from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, out, print_json
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from voiceslm.bench.turn import Report

SOUNDS = (".wav", ".flac", ".ogg", ".mp3")


def turn(
    clips: Annotated[
        Path | None,
        typer.Option(
            "--clips", metavar="DIR", help="Recordings to answer, instead of the built-in questions."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option("-n", min=1, help="Use only so many clips.")] = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Answer questions both as voiceslm does and as the plain serial chain of the same libraries does."""
    from voiceslm.bench import turn as bench  # noqa: PLC0415 - engines load only when there is work

    settings = settings_for(config, profile)
    report = asyncio.run(bench.run(settings, clips=_recordings(clips), limit=limit, progress=bar("clips")))
    if json:
        print_json(report.document())
    else:
        _print_turns(report)


def stt(
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    every: Annotated[int, typer.Option(min=1, help="Use only every so many-th clip.")] = 1,
) -> None:
    """Compare speech-to-text with plain faster-whisper, in words and in time (needs the extra `bench`)."""
    from voiceslm.bench import stt as bench  # noqa: PLC0415
    from voiceslm.catalog import resolve  # noqa: PLC0415
    from voiceslm.engines import models_of  # noqa: PLC0415 - engines load only when there is work

    settings = settings_for(config, profile)
    model = resolve(models_of(settings).stt, "stt")
    report = bench.run(model, threads=settings.stt.threads, every=every, progress=bar("clips"))
    if json:
        print_json(report.document())
    else:
        out.print(report.table())


def memory(
    turns: Annotated[int, typer.Option(min=10, help="Turns in one process.")] = 100,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Measure the peak memory of `ask`, and memory over many turns in one process."""
    from voiceslm.bench import memory as bench  # noqa: PLC0415 - engines load only when there is work

    settings = settings_for(config, profile)
    options = ["--profile", settings.profile, *(["--config", config] if config else [])]
    peak = bench.peak_of("ask", "Tell me about the sea in three sentences.", *options)
    report = asyncio.run(bench.run(settings, turns=turns, progress=bar("turns")))
    if json:
        print_json({"peak_mb": {"ask": peak}} | report.document())
        return
    out.print(f"peak of `ask`, profile {settings.profile}: {peak:.0f} MB")
    out.print(
        f"{report.turns} turns in one process: {report.resident_mb[0]:.0f} MB after the first, "
        f"{report.resident_mb[-1]:.0f} MB after the last, "
        f"{report.slope_mb_per_10_turns:+.2f} MB a 10 turns once settled"
    )


def wake(json: JsonOption = False) -> None:
    """Count misses and false accepts of every wake word, by threshold (about eight minutes)."""
    from voiceslm.bench import wake as bench  # noqa: PLC0415 - engines load only when there is work
    from voiceslm.catalog import resolve  # noqa: PLC0415

    report = bench.run(resolve(bench.VOICE, "voice"), progress=bar("words"))
    if json:
        print_json(report.document())
        return
    for table in report.tables():
        out.print(table)


def _recordings(folder: Path | None) -> list[Path] | None:
    if folder is None:
        return None
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in SOUNDS)
    except OSError as error:
        raise Problem(f"the clips in {folder} cannot be listed: {error.strerror}") from None


def _print_turns(report: Report) -> None:
    table = Table(title="milliseconds from the end of the input", title_justify="left")
    for heading in ("replies", "clips", "first audio p50 / p95", "serial chain p50 / p95", "ratio (95 %)"):
        table.add_column(heading, justify="left" if heading == "replies" else "right")
    for row in report.rows:
        ours, serial = row.first_audio, row.serial_first_audio
        low, high = row.ratio_interval
        table.add_row(
            row.replies,
            str(row.clips),
            f"{ours.p50:.0f} / {ours.p95:.0f}",
            f"{serial.p50:.0f} / {serial.p95:.0f}",
            f"{row.ratio:.2f} ({low:.2f} to {high:.2f})",
        )
    out.print(table)
    stages = Table(title="median of each stage", title_justify="left")
    stages.add_column("replies")
    for stage in report.rows[0].stages:
        stages.add_column(stage.replace("_", " "), justify="right")
    for row in report.rows:
        stages.add_row(row.replies, *(f"{value:.0f}" for value in row.stages.values()))
    out.print(stages)
    _print_facts(report)


def _print_facts(report: Report) -> None:
    facts: dict[str, Any] = {
        "models": ", ".join(report.models.values()),
        "prompt tokens besides the user's words, at most": report.format_tokens,
        "longest stall of the event loop": f"{report.longest_stall_ms:.1f} ms",
    }
    for name, value in facts.items():
        out.print(f"{name}: {value}", markup=False)
