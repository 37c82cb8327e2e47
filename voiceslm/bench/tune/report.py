"""All that was measured of tuning: each model beside the others."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table

from voiceslm import __version__
from voiceslm.bench.live.report import machine
from voiceslm.bench.tune.contest import TUNED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voiceslm.bench.live.rows import Row
    from voiceslm.bench.tune.contest import Contestant
    from voiceslm.bench.tune.part import Measure, Part

SCHEMA = 1
"""Version of the JSON document."""

_VERDICTS = {True: "met", False: "missed", None: ""}


@dataclass(frozen=True, slots=True)
class Report:
    """The parts that were run."""

    contestants: Sequence[Contestant]
    quick: bool
    parts: Mapping[str, Part]

    def document(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return {
            "schema": SCHEMA,
            "version": __version__,
            "machine": machine(),
            "contestants": [asdict(one) for one in self.contestants],
            "quick": self.quick,
            "parts": {
                name: {
                    "measures": [
                        {
                            "measure": measure.name,
                            "models": {label: _plain(row) for label, row in measure.rows.items()},
                        }
                        for measure in part.measures
                    ],
                    "misses": {
                        label: [asdict(miss) for miss in misses] for label, misses in part.misses.items()
                    },
                    "notes": list(part.notes),
                }
                for name, part in self.parts.items()
            },
        }

    def table(self) -> Table:
        """Return every measure with a column a model, for people."""
        table = Table(title="tuning", title_justify="left")
        for index, heading in enumerate(self._headings):
            table.add_column(heading, justify="left" if index < 2 else "right")  # noqa: PLR2004 - words, figures
        for name, part in self.parts.items():
            for measure in part.measures:
                table.add_row(*(cell.replace("[", "\\[") for cell in self._cells(name, measure)))
            table.add_section()
        return table

    def remarks(self) -> Iterator[str]:
        """Yield, below a heading a part, what was not right with the tuned model, and the notes."""
        for name, part in self.parts.items():
            yield f"\n{name}"
            for label, misses in part.misses.items():
                if label == TUNED or TUNED not in part.misses:
                    yield from (
                        f'  {label}, "{one.text}": wanted {one.wanted}, got {one.got}' for one in misses
                    )
            yield from (f"  note: {note}" for note in part.notes)

    def page(self) -> str:
        """Return the table in Markdown."""
        on = machine()
        models = (
            f"{one.label}: {one.model}{' + ' + one.adapter if one.adapter else ''}"
            for one in self.contestants
        )
        return "\n".join(
            (
                f"# Tuning, measured{' (quick)' if self.quick else ''}",
                "",
                *(f"- {model}" for model in models),
                f"- {on['cores']} cores, {on['processor']}, Python {on['python']}",
                "",
                _line(self._headings),
                _line(["---"] * len(self._headings)),
                *(
                    _line(self._cells(name, one))
                    for name, part in self.parts.items()
                    for one in part.measures
                ),
                "",
            )
        )

    @property
    def _headings(self) -> list[str]:
        return ["part", "measure", "n", *(one.label for one in self.contestants), "target", ""]

    def _cells(self, part: str, measure: Measure) -> list[str]:
        rows = measure.rows
        last = next((row for row in reversed([*rows.values()]) if row.target), None)
        shown = [rows[one.label].shown if one.label in rows else "" for one in self.contestants]
        count = max((row.n for row in rows.values()), default=0)
        verdict = (last.wanted, _VERDICTS[last.met]) if last else ("", "")
        return [part, measure.name, str(count), *shown, *verdict]


def _plain(row: Row) -> dict[str, Any]:
    return asdict(row) | {"value": None if math.isnan(row.value) else row.value, "met": row.met}


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
