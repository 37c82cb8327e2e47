"""``voiceslm bench all``: every bench in one run, with one report."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn

from voiceslm.cli.bench.shown import require_writable
from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, ProfileOption, err, out
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from voiceslm.bench.whole.run import Now


def whole(
    quick: Annotated[
        bool, typer.Option("--quick", help="A little of each: ten minutes in place of an hour.")
    ] = False,
    folder: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where report, pictures and finished parts go.")
    ] = Path("bench-out/all"),
    profile: ProfileOption = None,
    config: ConfigOption = None,
) -> None:
    """Run every bench, and write report.md, report.json and pictures (needs the extra `bench`).

    Ctrl-C ends it with the report so far; run again, it goes on there. Exits with 1 where a part failed.
    """
    from voiceslm.bench.pictures import draw  # noqa: PLC0415 - engines load only when there is work
    from voiceslm.bench.pictures.style import require_matplotlib  # noqa: PLC0415
    from voiceslm.bench.whole.kept import text, write  # noqa: PLC0415
    from voiceslm.bench.whole.page import page  # noqa: PLC0415
    from voiceslm.bench.whole.run import Viewer, run  # noqa: PLC0415

    require_matplotlib()  # an hour of measuring must not end in a missing library
    require_writable(folder)
    settings = settings_for(config, profile)
    reports: list[dict[str, Any]] = []
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[left]}"),
        console=err, refresh_per_second=1, transient=True,
    )  # fmt: skip
    task = bar.add_task("looking at the machine", total=None, left="")

    def show(now: Now) -> None:
        bar.update(task, description=described(now), completed=now.at, total=now.of or None, left=left(now))

    def keep(report: dict[str, Any]) -> None:
        reports.append(report)
        write(folder / "report.json", text(report))

    try:
        with bar:
            viewer = Viewer(say=lambda line: err.print(line, markup=False, soft_wrap=True), show=show)
            keep(
                asyncio.run(
                    run(
                        settings,
                        folder=folder,
                        config=Path(config) if config else None,
                        quick=quick,
                        viewer=viewer,
                        done=keep,
                    )
                )
            )
    finally:
        if reports:
            pictures = draw(reports[-1], folder)
            write(folder / "report.md", page(reports[-1], pictures))
            out.print(f"{folder / 'report.md'}: {len(pictures)} pictures beside it", soft_wrap=True)
    failed = [part["title"] for part in reports[-1]["parts"].values() if "error" in part]
    if failed:
        raise Problem(f"not measured: {'; '.join(failed)}", "The reasons are in the report")


def described(now: Now) -> str:
    """Return which part runs, and what it is at."""
    what = f": {now.what} {now.at}/{now.of}" if now.of else ""
    return f"{now.number}/{now.parts} {now.part.title}{what}"


def left(now: Now) -> str:
    """Return how long all of it still takes."""
    from voiceslm.bench.whole.remaining import spoken  # noqa: PLC0415

    return f"about {spoken(now.left_seconds)} left"
