"""Files of questions with what makes an answer right."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from voiceslm.errors import Problem
from voiceslm.knowledge.faults import Unreadable
from voiceslm.knowledge.judging import Asked, parsed
from voiceslm.knowledge.texts import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_BYTES = 4_000_000
_QUESTION = ("question", "q", "text", "query")
_ACCEPTED = ("accepted", "answer", "answers", "a", "right")


def read_asked(path: Path) -> list[Asked]:
    """Read questions: ``question | accepted`` a line, or a CSV or JSON lines with columns of those names.

    Several answers that are right stand between strokes with spaces around them, or in a list. A question
    without any is to be refused.

    Raises:
        Problem: the file cannot be read, or there is no question in it.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise Problem(f"{path} is too large for a file of questions")
        text = decoded(path.read_bytes())
        found = [one for one in _READERS.get(path.suffix.lower(), _of_lines)(text) if one.text]
    except Unreadable as error:
        raise Problem(f"{path} cannot be used: {error}") from None
    except (OSError, csv.Error) as error:
        raise Problem(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if not found:
        raise Problem(f"there is no question in {path}", "Write lines such as: When do you open? | 9:30")
    return found


def _of_lines(text: str) -> Iterator[Asked]:
    for line in text.split("\n"):
        if line.strip() and not line.startswith("#"):
            question, _, accepted = line.partition("|")
            yield Asked(question.strip(), parsed(accepted.strip()))


def _of_csv(text: str) -> Iterator[Asked]:
    for row in csv.reader(io.StringIO(text, newline="")):
        cells = [cell.strip() for cell in (*row, "", "")]
        if cells[0].casefold() not in _QUESTION:
            yield Asked(cells[0], parsed(cells[1]))


def _of_json_lines(text: str) -> Iterator[Asked]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise Unreadable(f"line {number} is no JSON object")
        accepted = _first(row, _ACCEPTED)
        several = accepted if isinstance(accepted, list) else [accepted]
        yield Asked(str(_first(row, _QUESTION)).strip(), parsed(" / ".join(map(str, several))))


def _first(row: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((row[key] for key in keys if row.get(key)), "")


_READERS = {".csv": _of_csv, ".jsonl": _of_json_lines}
