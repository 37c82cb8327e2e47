"""The bench of tuning."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voiceslm.cli.bench.shown import as_text, require_writable, trials, write
from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, out, print_json

if TYPE_CHECKING:
    from voiceslm.bench.tune.report import Report


def tune(  # noqa: PLR0917 - typer makes options of them
    adapter: Annotated[
        str, typer.Option(metavar="NAME", help="The adapter to judge, made by voiceslm tune --sample 30.")
    ] = "",
    against: Annotated[
        str, typer.Option(metavar="MODEL", help="A larger model to compare with, which is not tuned.")
    ] = "",
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Run only these parts, with commas between.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Samples only, to see that it works.")] = False,
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write report.json and report.md there.")
    ] = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Compare a tuned model with its base and with a larger one, on sentences that it never saw."""
    from voiceslm.bench.tune.run import run  # noqa: PLC0415 - engines load only when there is work

    if folder is not None:
        require_writable(folder)
    report = asyncio.run(
        run(
            settings_for(config, profile),
            adapter=adapter,
            against=against,
            only=[name for part in only or [] for name in part.split(",") if name],
            quick=quick,
            progress=trials,
            done=lambda so_far: _keep(so_far, folder),
        )
    )
    if json:
        print_json(report.document())
        return
    out.print(report.table())
    for line in report.remarks():
        out.print(line, markup=False)


def _keep(report: Report, folder: Path | None) -> None:
    """Write what has been measured so far."""
    if folder is not None:
        write(folder, {"report.json": as_text(report.document()), "report.md": report.page()})
