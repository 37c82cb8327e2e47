"""The benches of the whole product: in a room, in a home, over a long life."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voiceslm.cli.bench.shown import (
    OnlyOption,
    QuickOption,
    ReportOption,
    as_text,
    keep,
    names,
    require_writable,
    show,
    trials,
    write,
)
from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, out, print_json

if TYPE_CHECKING:
    from voiceslm.bench.live.report import Report as LiveReport
    from voiceslm.bench.soak.report import Report as SoakReport


def live(  # noqa: PLR0917 - typer makes options of them
    only: OnlyOption = None,
    quick: QuickOption = False,
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
            only=names(only),
            quick=quick,
            limit=limit,
            progress=trials,
            done=lambda so_far: _keep(so_far, folder),
        )
    )
    if json:
        print_json(report.document())
        return
    for table in report.tables():
        out.print(table)


def outside(  # noqa: PLR0917 - typer makes options of them
    only: OnlyOption = None,
    quick: QuickOption = False,
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write outside.json there.")
    ] = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Run the whole product and the serial chain behind real sound software, judged from outside."""
    from voiceslm.bench.outside.run import run  # noqa: PLC0415 - engines load only when there is work

    if folder is not None:
        require_writable(folder)
    report = asyncio.run(
        run(
            settings_for(config, profile),
            only=names(only),
            quick=quick,
            progress=trials,
            done=lambda so_far: _keep(so_far, folder, "outside.json"),
        )
    )
    if json:
        print_json(report.document())
        return
    for table in report.tables():
        out.print(table)


def home(
    quick: QuickOption = False,
    folder: ReportOption = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Control simulated homes: what is understood and done, and how fast."""
    from voiceslm.bench.home.run import run  # noqa: PLC0415 - engines load only when there is work

    settings = settings_for(config, profile)
    report = asyncio.run(
        run(settings, quick=quick, progress=trials, done=lambda so_far: keep(so_far, folder))
    )
    show(report, as_json=json)


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
            progress=trials,
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
        write(folder, {"report.json": as_text(report.document()), "samples.csv": report.csv()})


def _keep(report: LiveReport, folder: Path | None, name: str = "live.json") -> None:
    """Write what has been measured so far."""
    if folder is not None:
        picture = {"live.svg": report.picture} if report.picture else {}
        write(folder, {name: as_text(report.document()), **picture})
