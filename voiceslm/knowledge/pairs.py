"""Questions with their answers, in CSV and in JSON lines. Pure."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from voiceslm.knowledge import Pair, Passage
from voiceslm.knowledge.faults import Fault
from voiceslm.knowledge.passages import cut
from voiceslm.knowledge.tables import MOST_COLUMNS, said
from voiceslm.knowledge.texts import cleaned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST_QUESTION, LONGEST_ANSWER = 300, 600
"""Characters of a pair: an answer is spoken as written, and 600 are half a minute."""

_QUESTION = ("question", "q", "questions", "prompt", "query", "instruction")
_ANSWER = ("answer", "a", "answers", "reply", "response", "output")
_SEPARATORS = ",;\t|"
_COLUMNS = 2
_TABLE_COLUMNS = 3
"""From so many on, a file without a question in it is a table of facts."""


def of_csv(text: str, name: str) -> Iterator[Pair | Passage | Fault]:
    """Yield the pairs of a table: in the columns that are named so, or in the first two.

    A table of three or more columns in which nothing is asked gives a passage a row.
    """
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    rows: list[tuple[int, list[str]]] = []
    fault = None
    try:
        rows.extend((table.line_num, row[:MOST_COLUMNS]) for row in table if any(map(str.strip, row)))
    except csv.Error as error:
        fault = Fault(f"{name}:{table.line_num}", f"it is read no further: {error}")
    if rows:
        yield from _of_rows(rows, name)
    if fault:
        yield fault


def of_json_lines(text: str, name: str) -> Iterator[Pair | Fault]:
    """Yield the pairs of an object a line."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            known = {str(key).strip().casefold(): value for key, value in row.items()}
            yield pair(_first(known, _QUESTION), _first(known, _ANSWER), f"{name}:{number}")
        else:
            yield Fault(f"{name}:{number}", "it is no JSON object")


def pair(question: Any, answer: Any, source: str) -> Pair | Fault:
    """Return a question with its answer, or what is wrong with them."""
    if not all(isinstance(part, str | int | float) for part in (question, answer)):
        question = answer = ""
    asked, told = (" ".join(cleaned(str(part)).split()) for part in (question, answer))
    if not asked or not told:
        return Fault(source, "it has no question or no answer (columns `question` and `answer`)")
    if len(asked) > LONGEST_QUESTION or len(told) > LONGEST_ANSWER:
        return Fault(source, f"it is too long to be said ({len(asked):,} and {len(told):,} characters)")
    return Pair(asked, told, source)


def _of_rows(rows: Sequence[tuple[int, list[str]]], name: str) -> Iterator[Pair | Passage | Fault]:
    names = [cell.strip().casefold() for cell in rows[0][1]]
    question, answer = _column(names, _QUESTION), _column(names, _ANSWER)
    body = rows[1:]
    if question is None or answer is None:
        asked = any(row[0].rstrip().endswith("?") for _, row in rows)
        if len(names) >= _TABLE_COLUMNS and not asked:
            yield from _facts(rows, name)
            return
        question, answer, body = 0, 1, rows
    for line, row in body:
        cells = [*row, *[""] * max(question, answer)]
        yield pair(cells[question], cells[answer], f"{name}:{line}")


def _facts(rows: Sequence[tuple[int, list[str]]], name: str) -> Iterator[Passage]:
    header = [" ".join(cell.split()) for cell in rows[0][1]]
    for line, row in rows[1:]:
        cells = [" ".join(cell.split()) for cell in row]
        for sentences in said([header, ["-"] * len(header), cells]):
            yield from cut(" ".join(sentences), "", f"{name}:{line}")


def _separator(text: str) -> str:
    """Return what stands between the cells of the first line."""
    first = text.lstrip().partition("\n")[0]
    return max(_SEPARATORS, key=lambda mark: (first.count(mark) > 0, _outside(first).count(mark)))


def _outside(line: str) -> str:
    """Return what of a line is outside quotation marks."""
    return "".join(line.split('"')[::2])


def _column(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _first(row: dict[str, Any], keys: Sequence[str]) -> Any:
    return next((row[key] for key in keys if row.get(key)), "")
