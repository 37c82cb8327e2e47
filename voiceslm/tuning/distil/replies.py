"""What a teacher has written, without the marks that models cannot leave. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LINES = 64
"""Of one reply; what follows is ignored."""

_FENCE = re.compile(r"^\s*```")
_MARK = re.compile(r"^\s*(?:[-*+•–]|\(?\d{1,2}[.):]|\(?[a-z][.)])\s+", re.IGNORECASE)  # noqa: RUF001 - a dash
_QUESTIONS = re.compile(r"(?<=\?)\s+(?=[A-Z\d])")
_QUOTES = "\"'`“”‘’«»*_"  # noqa: RUF001 - as models write them
_LABELLED = re.compile(r"^\W*(q|question|a|answer|quote)\s*\d*\W*:\W*?\s*(.+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A question, its answer, and what that rests on."""

    question: str
    answer: str
    quote: str


def lines(text: str) -> list[str]:
    """Return the sentences of a list, without numbers, bullets and quotes; questions on a line are parted."""
    whole = (line for line in text.splitlines()[:MOST_LINES] if not _FENCE.match(line))
    found = (_bare(part) for line in whole for part in _QUESTIONS.split(line))
    return list(dict.fromkeys(line for line in found if line))


def quoted(text: str) -> Iterator[Quoted]:
    """Yield the questions that have an answer and a quote."""
    parts: dict[str, str] = {}
    for line in text.splitlines()[:MOST_LINES]:
        found = _LABELLED.match(line)
        if found is None:
            continue
        label = found.group(1).lower()
        part = {"q": "question", "a": "answer"}.get(label, label)
        if part == "question":
            parts = {}
        parts.setdefault(part, _bare(found.group(2)))
        if part == "quote" and parts.keys() >= {"question", "answer"}:
            yield Quoted(parts["question"], parts["answer"], parts["quote"])
            parts = {}


def calls(text: str) -> str:
    """Return lines of calls as they are compared: no marks, single spaces, lower case."""
    found = (" ".join(line.split()).lower() for line in lines(text))
    return "\n".join(found)


def _bare(line: str) -> str:
    line = " ".join(_MARK.sub("", line).split())
    while len(line) > 1 and line[0] in _QUOTES and line[-1] in _QUOTES + ".,":
        line = line[1:].rstrip(".,").removesuffix(line[0]).rstrip(_QUOTES).strip()
    return line.strip()
