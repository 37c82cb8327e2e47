"""The bench of speech, and the advice which profile to take."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from voiceslm.cli.bench.shown import ReportOption, as_text, keep, names, show, trials, write
from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, err, out, print_json


def speech(  # noqa: PLR0917 - typer makes options of them
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Run only these parts: commands, endpoints, overheard."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Samples only, and no language model.")] = False,
    folder: ReportOption = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Say commands in quiet, noise, echo and music: what is heard and done, and what is overheard.

    Needs the extra `bench`, mosquitto and the recordings; twelve minutes. A busy machine does no harm.
    """
    from voiceslm.bench.speech.run import run  # noqa: PLC0415 - engines load only when there is work

    report = asyncio.run(
        run(
            settings_for(config, profile),
            only=names(only),
            quick=quick,
            progress=trials,
            done=lambda so_far: keep(so_far, folder),
        )
    )
    show(report, as_json=json)


def advice(
    check: Annotated[
        bool, typer.Option("--check", help="Hold the machine up for a minute to see how right it predicts.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write advice.json and advice.md there.")
    ] = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Measure the engines: which profile suits this machine, and how quick slower ones would be.

    Wants a quiet machine.
    """
    from voiceslm.bench.advice.run import run  # noqa: PLC0415 - engines load only when there is work

    report = run(settings_for(config, profile), check=check, say=lambda what: err.print(what, markup=False))
    if folder is not None:
        write(folder, {"advice.json": as_text(report.document()), "advice.md": report.page()})
    if json:
        print_json(report.document())
        return
    for table in report.tables():
        out.print(table)
    for line in report.remarks():
        out.print(line, markup=False)
