"""The bench of knowledge."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from voiceslm.cli.bench.shown import (
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


def knowledge(  # noqa: PLR0917 - typer makes options of them
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Run only these parts: found, desk, prefix, retrieve, elsewhere, speed."
        ),
    ] = None,
    quick: QuickOption = False,
    folder: ReportOption = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Ask the desk of a fictitious shop: what is right, what is refused, what made up, and how fast it is."""
    from voiceslm.bench.knowledge.run import run  # noqa: PLC0415 - engines load only when there is work

    if folder is not None:
        require_writable(folder)
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
