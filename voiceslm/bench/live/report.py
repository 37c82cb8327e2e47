"""Everything that was measured, for machines and for people."""

from __future__ import annotations

import math
import os
import platform
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table

from voiceslm import __version__
from voiceslm.bench.live.svg import drawn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.bench.live.rows import Row
    from voiceslm.bench.live.scenario import Outcome
    from voiceslm.bench.live.timeline import Timeline

SCHEMA = 1
"""Version of the JSON document."""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcomes of the scenarios that were run."""

    models: dict[str, str]
    load_ms: dict[str, float]
    settings: dict[str, Any]
    quick: bool
    outcomes: dict[str, Outcome]
    """By the scenario's name."""

    @property
    def timeline(self) -> Timeline | None:
        """The turn that the picture shows."""
        return next((one.timeline for one in self.outcomes.values() if one.timeline), None)

    @property
    def picture(self) -> str | None:
        """The SVG, where there is a turn to show."""
        return drawn(self.timeline) if self.timeline else None

    def document(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return {
            "schema": SCHEMA,
            "version": __version__,
            "machine": machine(),
            "models": self.models,
            "load_ms": self.load_ms,
            "settings": self.settings,
            "quick": self.quick,
            "rows": [_plain(row) for one in self.outcomes.values() for row in one.rows],
            "notes": [note for one in self.outcomes.values() for note in one.notes],
            "trials": {name: [asdict(trial) for trial in one.trials] for name, one in self.outcomes.items()},
            "timeline": asdict(self.timeline) if self.timeline else None,
        }

    def tables(self) -> Iterator[Table]:
        """Return a table a scenario for people to read."""
        for name, outcome in self.outcomes.items():
            yield _table(name, outcome.rows, outcome.notes)


def machine() -> dict[str, Any]:
    """Say what this was measured on."""
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _plain(row: Row) -> dict[str, Any]:
    value = None if math.isnan(row.value) else row.value
    return asdict(row) | {"value": value, "met": row.met}


def _table(name: str, rows: Sequence[Row], notes: Sequence[str]) -> Table:
    table = Table(title=name, title_justify="left", caption="; ".join(notes), caption_justify="left")
    for heading in ("measure", "n", "value [95 %]", "target", ""):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for row in rows:
        mark = {True: "[green]met[/]", False: "[red]missed[/]", None: ""}[row.met]
        table.add_row(row.measure, str(row.n), row.shown.replace("[", "\\["), row.wanted, mark)
    return table
