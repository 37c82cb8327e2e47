"""All that was measured of the home, for machines, for people and for a page of the documentation."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table

from voiceslm import __version__
from voiceslm.bench.live.report import machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voiceslm.bench.home.part import Part
    from voiceslm.bench.live.rows import Row

SCHEMA = 1
"""Version of the JSON document."""

HEADINGS = ("part", "measure", "n", "value [95 %]", "target", "")

_VERDICTS = {True: "met", False: "missed", None: ""}
_COLOURS = {True: "[green]met[/]", False: "[red]missed[/]", None: ""}


@dataclass(frozen=True, slots=True)
class Report:
    """The parts that were run."""

    models: Mapping[str, str]
    """What is loaded: stt, llm, voice, turn -> id or path."""

    quick: bool
    parts: Mapping[str, Part]

    def document(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return {
            "schema": SCHEMA,
            "version": __version__,
            "machine": machine(),
            "models": dict(self.models),
            "quick": self.quick,
            "rows": [_plain(row) for row in self._rows()],
            "parts": {
                name: {
                    "misses": [asdict(miss) for miss in part.misses],
                    "counts": list(part.counts),
                    "notes": list(part.notes),
                }
                for name, part in self.parts.items()
            },
        }

    def table(self) -> Table:
        """Return every row with its target, for people."""
        table = Table(title="the home", title_justify="left")
        for index, heading in enumerate(HEADINGS):
            table.add_column(heading, justify="left" if index < 2 else "right")  # noqa: PLR2004 - words, figures
        for name, part in self.parts.items():
            for row in part.rows:
                shown = row.shown.replace("[", "\\[")
                table.add_row(name, row.measure, str(row.n), shown, row.wanted, _COLOURS[row.met])
            table.add_section()
        return table

    def remarks(self) -> Iterator[str]:
        """Yield, below a heading a part, its misses, counts and notes, a line each."""
        for name, part in self.parts.items():
            lines = [
                *(f'missed: "{miss.text}": wanted {miss.wanted}, got {miss.got}' for miss in part.misses),
                *part.counts,
                *(f"note: {note}" for note in part.notes),
            ]
            if lines:
                yield f"\n{name}"
                yield from (f"  {line}" for line in lines)

    def page(self) -> str:
        """Return the report in Markdown."""
        on = machine()
        lines = [
            f"# The home, measured{' (quick)' if self.quick else ''}",
            "",
            f"Models: {', '.join(self.models.values())}.",
            f"{on['cores']} cores, {on['processor']}, Python {on['python']}.",
            "",
            _line(HEADINGS),
            _line(["---"] * len(HEADINGS)),
            *(
                _line((row.scenario, row.measure, str(row.n), row.shown, row.wanted, _VERDICTS[row.met]))
                for row in self._rows()
            ),
        ]
        for line in self.remarks():
            indented = line.startswith("  ")
            lines.append(f"- {_inline(line.strip())}" if indented else f"\n## {line.strip()}\n")
        return "\n".join(lines) + "\n"

    def _rows(self) -> Iterator[Row]:
        for part in self.parts.values():
            yield from part.rows


def _plain(row: Row) -> dict[str, Any]:
    return asdict(row) | {"value": None if math.isnan(row.value) else row.value, "met": row.met}


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _inline(text: str) -> str:
    """Return ``text`` so that Markdown takes nothing in it for markup."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|" else letter for letter in text)
