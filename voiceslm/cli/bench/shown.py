"""What the benchmarks' commands share: options, bars, tables, and files for what came out."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

import typer
from rich.progress import track

from voiceslm.cli.output import err, out, print_json
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.table import Table

T = TypeVar("T")

OnlyOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Run only these parts, with commas between.")
]
QuickOption = Annotated[bool, typer.Option("--quick", help="A few trials of each, to see that it works.")]
ReportOption = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Write report.json and report.md there.")
]


class Report(Protocol):
    """All that was measured, as `show` and `keep` need it."""

    def document(self) -> Any:
        """Return it for machines."""
        ...

    def page(self) -> str:
        """Return it in Markdown."""
        ...

    def table(self) -> Table:
        """Return every row with its target."""
        ...

    def remarks(self) -> Iterable[str]:
        """Return what is said below the table, line by line."""
        ...


def names(only: Sequence[str] | None) -> list[str]:
    """Return the names in what was given, each of which may hold several with commas between."""
    return [name for given in only or () for name in given.split(",") if name]


def show(report: Report, *, as_json: bool) -> None:
    """Print a report."""
    if as_json:
        print_json(report.document())
        return
    out.print(report.table())
    for line in report.remarks():
        out.print(line, markup=False)


def keep(report: Report, folder: Path | None) -> None:
    """Write what has been measured so far."""
    if folder is not None:
        write(folder, {"report.json": as_text(report.document()), "report.md": report.page()})


def as_text(document: Any) -> str:
    """Return ``document`` as JSON that people can read."""
    return dumps(document, indent=1, ensure_ascii=False) + "\n"


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files by name into ``folder``.

    Raises:
        Problem: they cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"the report cannot be written to {folder}: {error.strerror}") from None


def require_writable(folder: Path) -> None:
    """See whether files can be written into ``folder``, before work is done for them.

    Raises:
        Problem: they cannot be.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Problem(
            f"the report cannot be written to {folder}: {error.strerror}", "Name another folder with --out"
        ) from None


def trials(items: Sequence[T], what: str) -> Iterable[T]:
    """Show a bar that is drawn once a second: drawing takes time from what is measured."""
    return track(items, description=what, console=err, refresh_per_second=1)


def bar(what: str) -> Callable[[Sequence[T]], Iterable[T]]:
    """Return what shows a bar over items."""
    return lambda items: track(items, description=what, console=err)
