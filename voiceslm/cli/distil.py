"""``voiceslm distil``: a larger model teaches once."""

from __future__ import annotations

import math
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bars
from rich.table import Table

from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, err, out, print_json
from voiceslm.cli.sources import home_of, pack_of
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from voiceslm.config import Settings
    from voiceslm.entities import Entity
    from voiceslm.knowledge import Pack
    from voiceslm.tuning.distil.book import About
    from voiceslm.tuning.distil.run import Progress

LINE_SECONDS = 15.0
"""How often it says how far it is where there is no terminal."""

MINUTE = 60.0


def distil(  # noqa: PLR0917 - options, all of them by name
    teacher: Annotated[
        str,
        typer.Option(
            metavar="MODEL|PATH|URL", help="Who teaches; otherwise as [teacher] says, or the profile's model."
        ),
    ] = "",
    count: Annotated[
        int, typer.Option(min=1, max=100_000, help="Examples there shall be in the file.")
    ] = 500,
    minutes: Annotated[float, typer.Option(min=0.1, max=10_080, help="Longest time it may take.")] = 60.0,
    output: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE", help="Examples; what is there is gone on with.")
    ] = Path("distilled.jsonl"),
    sample: Annotated[
        int | None, typer.Option(min=1, max=500, help="Learn a made-up home of so many devices instead.")
    ] = None,
    knowledge: Annotated[
        list[Path] | None, typer.Option(metavar="PATH", help="Document or folder that is to be learnt, too.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the order, and of a made-up home.")] = 0,
    json: JsonOption = False,
    profile: ProfileOption = None,
    config: ConfigOption = None,
) -> None:
    """Let a larger model write examples for `voiceslm tune`: of this home, and of what is known.

    Rules check each before it is kept. Ctrl-C keeps what there is; the same again goes on.
    """
    settings = settings_for(config, profile)
    entities = home_of(settings, sample, seed)
    pack = pack_of(knowledge or [])
    if not entities and not pack:
        raise Problem(
            "there is nothing to learn", "Configure a broker, or give `--sample 30` or `--knowledge PATH`"
        )
    about, fault = _distilled(
        settings, teacher, entities, pack, output, count=count, seconds=minutes * MINUTE, seed=seed
    )
    if json:
        print_json(about.document() | {"file": str(output)})
    else:
        _print_table(about, output)
    sys.stdout.flush()  # after Ctrl-C nothing else does
    if fault is not None:
        raise fault


def _distilled(
    settings: Settings,
    named: str,
    entities: Sequence[Entity],
    pack: Pack | None,
    output: Path,
    *,
    count: int,
    seconds: float,
    seed: int,
) -> tuple[About, Problem | KeyboardInterrupt | None]:
    """Give the lessons; return what came of it, and what ended it early."""
    from voiceslm.engines import models_of  # noqa: PLC0415 - a help text should not wait for it
    from voiceslm.tuning.distil.book import About, Book, fingerprint  # noqa: PLC0415
    from voiceslm.tuning.distil.desk import Desk  # noqa: PLC0415
    from voiceslm.tuning.distil.plan import lessons  # noqa: PLC0415
    from voiceslm.tuning.distil.run import Budget, Run  # noqa: PLC0415
    from voiceslm.tuning.distil.understanding import Home  # noqa: PLC0415
    from voiceslm.tuning.distil.who import teacher_of  # noqa: PLC0415

    desk = Desk(pack, persona=settings.llm.persona) if pack else None
    asked = lessons(Home(entities) if entities else None, desk, seed)
    with teacher_of(settings, named, default=models_of(settings).llm, seed=seed) as teacher:
        about = About(teacher.name, teacher.licence, fingerprint(entities, pack))
        with Book(output, about) as book, Shown(seconds) as shown:
            run = Run(
                teacher, book, Budget(count, seconds), may_see=settings.teacher.may_see, tell=shown.tell
            )
            try:
                run.give(asked)
            except (Problem, KeyboardInterrupt) as fault:
                return book.about, fault
            return book.about, None


class Shown:
    """How far it is: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, seconds: float) -> None:
        """Make ready; entering shows it."""
        self._bars = Bars(
            TextColumn("examples"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            console=err,
            disable=not err.is_terminal,
        )
        self._task = self._bars.add_task("examples", total=None, left=f"{_clock(seconds)} at most")
        self._told = time.monotonic()

    def __enter__(self) -> Self:
        """Show it."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave it where it is."""
        self._bars.stop()

    def tell(self, progress: Progress) -> None:
        """Tell how far it is."""
        left = "" if progress.seconds_left is None else f"{_clock(progress.seconds_left)} left"
        self._bars.update(self._task, completed=progress.examples, total=progress.wanted, left=left)
        now = time.monotonic()
        if not err.is_terminal and now - self._told >= LINE_SECONDS:
            self._told = now
            err.print(f"{progress.examples} of {progress.wanted} examples, {left}", soft_wrap=True)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(math.ceil(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _print_table(about: About, output: Path) -> None:
    """Print what came of it, task by task, and why the rest does not teach."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column, side in (("task", "left"), ("kept", "right"), ("of", "right"), ("most of the rest", "left")):
        table.add_column(column, justify="right" if side == "right" else "left")
    reasons: dict[str, Counter[str]] = {}
    for counted, number in about.rejected.items():
        task, _, reason = counted.partition(": ")
        reasons.setdefault(task, Counter())[reason] += number
    for task in sorted({*about.accepted, *reasons}):
        rest = reasons.get(task, Counter())
        kept = about.accepted[task]
        why = ", ".join(f"{reason} ({number})" for reason, number in rest.most_common(3))
        table.add_row(task, str(kept), str(kept + rest.total()), why)
    out.print(table)
    for why, number in about.unanswered.most_common():
        out.print(f"no answer, {why}: {number}", markup=False)
    out.print(f"{about.examples} examples in {output}", markup=False, soft_wrap=True)
    out.print(
        f"taught by {about.teacher}; terms: {about.licence or 'not stated'}", markup=False, soft_wrap=True
    )
