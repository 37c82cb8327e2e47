"""What a part is: its name, how long it takes, what measures it; and what it is given."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from voiceslm.bench.live.rows import Row, Target
from voiceslm.bench.live.scenario import no_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from pathlib import Path

    from rich.table import Table

    from voiceslm.bench.live.scenario import Progress
    from voiceslm.config import Settings

Document = dict[str, Any]
"""Plain values for JSON. ``rows`` is what was measured, as `plain` makes it; ``tables``, as `table_of` makes
them, and ``notes``, lines that a reader must know, need not be there; anything else is for the pictures."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be measured, and how much of it."""

    settings: Settings
    config: Path | None = None
    """The file that the settings are from, where one was named: for commands in processes of their own."""

    quick: bool = False
    progress: Progress = no_progress


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is measured in one go."""

    name: str
    """Also of its file."""

    title: str
    """What it is about, for people."""

    quick_seconds: float
    full_seconds: float
    """What it takes on two cores with the default profile."""

    measure: Callable[[Job], Coroutine[Any, Any, Document]]

    def nominal(self, *, quick: bool) -> float:
        """Return the seconds it takes on two cores."""
        return self.quick_seconds if quick else self.full_seconds


def plain(row: Row) -> Document:
    """Return ``row`` as JSON has it: without trials its value is None."""
    return asdict(row) | {"value": None if math.isnan(row.value) else row.value, "met": row.met}


def table_of(table: Table) -> Document:
    """Return a table for terminals as JSON has it."""
    columns = [[str(cell) for cell in column.cells] for column in table.columns]
    return {
        "title": str(table.title or ""),
        "headings": [str(column.header) for column in table.columns],
        "rows": [list(cells) for cells in zip(*columns, strict=True)],
    }


def row_of(written: Mapping[str, Any]) -> Row:
    """Return what `plain` was made of."""
    target = written["target"]
    return Row(
        written["scenario"],
        written["measure"],
        written["n"],
        math.nan if written["value"] is None else written["value"],
        written["low"],
        written["high"],
        written["unit"],
        Target(**target) if target else None,
    )
