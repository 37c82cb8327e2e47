"""What the benchmarks' commands share: bars, and files for what came out."""

from __future__ import annotations

from json import dumps
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, TypeVar

from rich.progress import track

from voiceslm.cli.output import err
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

T = TypeVar("T")


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
