"""Tables to sentences: "Bicycle: tandem. Price a day: 45 euros." Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DIVIDER = re.compile(r":?-+:?$")
_CELL = re.compile(r"(?<!\\)\|")
MOST_COLUMNS = 30


def split_row(line: str) -> list[str]:
    """Return the cells of a line of a Markdown table."""
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.replace("\\|", "|").strip() for cell in _CELL.split(inner)[:MOST_COLUMNS]]


def said(rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """Yield for each row its sentences; what the first row calls the columns stands before their cells.

    Args:
        rows: as they stand; where the second is a divider, the first has the names. Otherwise there are none,
            and a row's first cell is what its others are about.
    """
    if len(rows) > 1 and all(_DIVIDER.match(cell) for cell in rows[1]):
        names, body = rows[0], rows[2:]
        for row in body:
            cells = [_sentence(cell, name) for name, cell in _matched(names, row) if cell]
            if cells:
                yield cells
        return
    for row in rows:
        filled = [cell for cell in row if cell and not _DIVIDER.match(cell)]
        if filled:
            about, rest = filled[0], ", ".join(filled[1:])
            yield [_sentence(rest, about) if rest else _sentence(about, "")]


def _matched(names: Sequence[str], row: Sequence[str]) -> Iterator[tuple[str, str]]:
    for at, cell in enumerate(row):
        yield (names[at] if at < len(names) else ""), cell


def _sentence(cell: str, name: str) -> str:
    text = f"{name.rstrip(':')}: {cell}" if name else cell
    return text if text.endswith((".", "!", "?")) else f"{text}."
