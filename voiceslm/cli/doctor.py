"""``voiceslm doctor``: what is wrong here, why, and what mends it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, err, out, print_json
from voiceslm.daemon.doctor import Finding, Level, document, examine, take_up
from voiceslm.daemon.doctor.finding import count_broken

if TYPE_CHECKING:
    from collections.abc import Iterable

MARKS = {Level.OK: ("✓", "green"), Level.ADVICE: ("!", "yellow"), Level.BROKEN: ("✗", "red")}
INDENT = "    "


def doctor(
    quick: Annotated[
        bool, typer.Option("--quick", help="Measure no engine and read no model whole.")
    ] = False,
    json: JsonOption = False,
    profile: ProfileOption = None,
    config: ConfigOption = None,
) -> None:
    """Look at everything the assistant needs; say what is broken, why, and what mends it.

    Ends with exit code 1 when something is broken.
    """
    found: list[Finding] = []
    with err.status("Looking around …") as status:
        case = take_up(
            Path(config) if config else None,
            profile,
            quick=quick,
            say=lambda what: status.update(f"{what} …"),
        )
        for finding in examine(case):
            if not json:
                status.stop()  # it stands on the line that is printed next
                _print(finding, heading=not found or found[-1].section != finding.section)
                status.start()
            found.append(finding)
    if json:
        print_json(document(found))
    else:
        _print_sum(found)
    if count_broken(found):
        raise typer.Exit(1)


def _print(finding: Finding, *, heading: bool) -> None:
    if heading:
        out.print(Text(finding.section, "bold"))
    mark, color = MARKS[finding.level]
    out.print(Text.assemble("  ", (mark, color), " ", finding.what), soft_wrap=True)
    for label, words in (("why", finding.cause), ("mend", finding.mend)):
        if words:
            out.print(Text.assemble(INDENT, (f"{label}: ", "dim"), words), soft_wrap=True)


def _print_sum(found: Iterable[Finding]) -> None:
    levels = [finding.level for finding in found]
    bad, worth = levels.count(Level.BROKEN), levels.count(Level.ADVICE)
    words = f"{bad} broken" if bad else "nothing is broken"
    out.print(f"\n[bold]{words}[/bold]" + (f", {worth} worth knowing (!)" if worth else ""))
