"""Pulling with something to look at: bars on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from voiceslm.catalog import Store, pull
from voiceslm.cli.output import err, out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from voiceslm.catalog import Entry

INTERRUPTED = 130
"""128 + SIGINT, as shells report it."""

LINE_SECONDS = 5.0
"""How often a pull says how far it is where there is no terminal."""


class Bars:
    """One bar a model, with bytes, speed and time left."""

    def __init__(self) -> None:
        """Make ready; entering shows them."""
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=out,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Show the bars."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the bars where they are and give the cursor back."""
        self._bars.stop()

    def start(self, label: str, total: int, done: int) -> None:
        """Begin a bar."""
        self._task = self._bars.add_task(label, total=total, completed=done)

    def advance(self, count: int) -> None:
        """Lengthen the bar."""
        if self._task is not None:
            self._bars.advance(self._task, count)

    def say(self, line: str) -> None:
        """Print a line above the bars."""
        self._bars.console.print(line)


class Lines:
    """A line now and then, for logs and pipes."""

    def __init__(self) -> None:
        """Start with nothing to say."""
        self._lock = threading.Lock()
        self._label = ""
        self._total = self._done = 0
        self._spoken_at = 0.0

    def __enter__(self) -> Self:
        """Nothing to set up."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to put away."""

    def start(self, label: str, total: int, done: int) -> None:
        """Say how much there is to fetch."""
        self._label, self._total, self._done, self._spoken_at = label, total, done, time.monotonic()
        resumed = f", {done / 1e6:,.1f} MB of them already here" if done else ""
        self.say(f"{label}: {total / 1e6:,.1f} MB to fetch{resumed}")

    def advance(self, count: int) -> None:
        """Say how far it is, every `LINE_SECONDS`."""
        with self._lock:
            self._done += count
            due = time.monotonic() - self._spoken_at >= LINE_SECONDS
            if due:
                self._spoken_at = time.monotonic()
        if due:
            self.say(f"{self._label}: {self._done / 1e6:,.0f} of {self._total / 1e6:,.0f} MB")

    def say(self, line: str) -> None:
        """Print the line."""
        out.print(line, soft_wrap=True)


def pull_all(entries: Sequence[Entry], store: Store) -> None:
    """Pull models one after another, showing how it goes.

    Raises:
        Problem: one of them cannot be had; those before it stay.
        typer.Exit: the person pressed Ctrl-C.
    """
    with Bars() if out.is_terminal else Lines() as watcher:
        try:
            for entry in entries:
                _announce(entry, watcher)
                pulled = pull(entry, store, progress=watcher)
                where = (
                    f"served by {pulled.source}, {pulled.seconds:.1f} s" if pulled.source else "already here"
                )
                watcher.say(f"{entry.id}: complete, {where}")
        except KeyboardInterrupt:
            err.print("interrupted: what has arrived is kept, and the next pull goes on from there")
            raise typer.Exit(INTERRUPTED) from None


def _announce(entry: Entry, watcher: Bars | Lines) -> None:
    """Say before the download what a person has to know about the licence."""
    if entry.commercial != "yes":
        allowed = "not for business use" if entry.commercial == "no" else "business use has conditions"
        reasons = "; ".join(part for part in (entry.note, entry.lineage) if part)
        watcher.say(f"{entry.id}: {entry.licence}: {allowed}{f' ({reasons})' if reasons else ''}")
    if entry.gated:
        watcher.say(f"{entry.id}: its maker asks you to accept this licence before you use it")
