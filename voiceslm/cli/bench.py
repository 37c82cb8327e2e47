"""``voiceslm bench``: what it costs on this machine."""

from __future__ import annotations

import asyncio
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.progress import track
from rich.table import Table

from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, err, out, print_json
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from voiceslm.bench.home.report import Report as HomeReport
    from voiceslm.bench.live.report import Report as LiveReport
    from voiceslm.bench.soak.report import Report as SoakReport
    from voiceslm.bench.turn import Report

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Measure latency, accuracy and memory on this machine.")

SOUNDS = (".wav", ".flac", ".ogg", ".mp3")


@app.command()
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
    report = asyncio.run(bench.run(settings, clips=_recordings(clips), limit=limit, progress=_bar("clips")))
    if json:
        print_json(report.document())
    else:
        _print_turns(report)


@app.command()
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
    report = bench.run(model, threads=settings.stt.threads, every=every, progress=_bar("clips"))
    if json:
        print_json(report.document())
    else:
        out.print(report.table())


@app.command()
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
    report = asyncio.run(bench.run(settings, turns=turns, progress=_bar("turns")))
    if json:
        print_json({"peak_mb": {"ask": peak}} | report.document())
        return
    out.print(f"peak of `ask`, profile {settings.profile}: {peak:.0f} MB")
    out.print(
        f"{report.turns} turns in one process: {report.resident_mb[0]:.0f} MB after the first, "
        f"{report.resident_mb[-1]:.0f} MB after the last, "
        f"{report.slope_mb_per_10_turns:+.2f} MB a 10 turns once settled"
    )


@app.command()
def wake(json: JsonOption = False) -> None:
    """Count misses and false accepts of every wake word, by threshold (about eight minutes)."""
    from voiceslm.bench import wake as bench  # noqa: PLC0415 - engines load only when there is work
    from voiceslm.catalog import resolve  # noqa: PLC0415

    report = bench.run(resolve(bench.VOICE, "voice"), progress=_bar("words"))
    if json:
        print_json(report.document())
        return
    for table in report.tables():
        out.print(table)


@app.command()
def live(  # noqa: PLR0917 - typer makes options of them
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Run only these scenarios, with commas between."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A few trials of each, to see that it works.")
    ] = False,
    limit: Annotated[int | None, typer.Option("-n", min=1, help="At most so many trials a scenario.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write live.json and live.svg there.")
    ] = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Converse in a simulated room, in real time: latency, pauses, interruptions, echo, noise, idling."""
    from voiceslm.bench.live.run import run  # noqa: PLC0415 - engines load only when there is work

    settings = settings_for(config, profile)
    report = asyncio.run(
        run(
            settings,
            only=[name for given in only or () for name in given.split(",")],
            quick=quick,
            limit=limit,
            progress=_trials,
            done=lambda so_far: _keep(so_far, folder),
        )
    )
    if json:
        print_json(report.document())
        return
    for table in report.tables():
        out.print(table)


@app.command()
def home(
    quick: Annotated[bool, typer.Option("--quick", help="Samples only, to see that it works.")] = False,
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write report.json and report.md there.")
    ] = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Control simulated homes: what is understood and done, and how fast."""
    from voiceslm.bench.home.run import run  # noqa: PLC0415 - engines load only when there is work

    settings = settings_for(config, profile)
    report = asyncio.run(
        run(settings, quick=quick, progress=_trials, done=lambda so_far: _keep_home(so_far, folder))
    )
    if json:
        print_json(report.document())
        return
    out.print(report.table())
    for line in report.remarks():
        out.print(line, markup=False)


@app.command()
def soak(  # noqa: PLR0917 - typer makes options of them
    turns: Annotated[int, typer.Option(min=1, help="Turns to take.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same number, the same life.")] = 0,
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write report.json and samples.csv there.")
    ] = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Run the daemon through a long life, with interruptions, lost devices and brokers: does it grow?

    Ctrl-C ends it with the report so far. Exits with 1 where a target is missed.
    """
    from voiceslm.bench.soak.run import run  # noqa: PLC0415 - engines load only when there is work

    settings = settings_for(config, profile)
    report = asyncio.run(
        run(
            settings,
            turns=turns,
            seed=seed,
            progress=_trials,
            done=lambda so_far: _keep_soak(so_far, folder),
        )
    )
    if json:
        print_json(report.document())
    else:
        for table in report.tables():
            out.print(table)
        for line in report.remarks():
            out.print(line, markup=False)
    if any(row.met is False for row in report.rows()):
        raise typer.Exit(1)


def _keep_soak(report: SoakReport, folder: Path | None) -> None:
    """Write what has been seen so far."""
    if folder is not None:
        _write(folder, {"report.json": _document(report.document()), "samples.csv": report.csv()})


def _keep_home(report: HomeReport, folder: Path | None) -> None:
    """Write what has been measured so far."""
    if folder is not None:
        _write(folder, {"report.json": _document(report.document()), "report.md": report.page()})


def _keep(report: LiveReport, folder: Path | None) -> None:
    """Write what has been measured so far."""
    if folder is not None:
        picture = {"live.svg": report.picture} if report.picture else {}
        _write(folder, {"live.json": _document(report.document()), **picture})


def _document(document: Any) -> str:
    return dumps(document, indent=1, ensure_ascii=False) + "\n"


def _write(folder: Path, files: Mapping[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"the report cannot be written to {folder}: {error.strerror}") from None


def _trials(items: Sequence[T], what: str) -> Iterable[T]:
    """Show a bar that is drawn once a second: drawing takes time from what is measured."""
    return track(items, description=what, console=err, refresh_per_second=1)


def _bar(what: str) -> Callable[[Sequence[T]], Iterable[T]]:
    return lambda items: track(items, description=what, console=err)


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
