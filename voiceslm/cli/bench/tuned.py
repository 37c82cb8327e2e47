"""The bench of tuning."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from voiceslm.cli.bench.shown import (
    OnlyOption,
    QuickOption,
    ReportOption,
    keep,
    names,
    require_writable,
    show,
    trials,
)
from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import (  # noqa: TC001 - typer reads signatures at run time
    ConfigOption,
    JsonOption,
    ProfileOption,
)


def tune(  # noqa: PLR0917 - typer makes options of them
    adapter: Annotated[
        str, typer.Option(metavar="NAME", help="The adapter to judge, made by voiceslm tune --sample 30.")
    ] = "",
    against: Annotated[
        str, typer.Option(metavar="MODEL", help="A larger model to compare with, which is not tuned.")
    ] = "",
    only: OnlyOption = None,
    quick: QuickOption = False,
    folder: ReportOption = None,
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
            only=names(only),
            quick=quick,
            progress=trials,
            done=lambda so_far: keep(so_far, folder),
        )
    )
    show(report, as_json=json)
