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
_STRONG = re.compile(r"\*\*|__|`")
_QUOTES = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb*_"
_QUOTED = re.compile(rf"^[{_QUOTES}]+(.*?)[{_QUOTES}]+[.,]?$")
_LABELLED = re.compile(r"^(q|question|a|answer|quote)\s*\d*\s*:\s*(.+)$", re.IGNORECASE)


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
        found = _LABELLED.match(_unmarked(line))
        if found is None:
            continue
        label = found.group(1).lower()
        part = {"q": "question", "a": "answer"}.get(label, label)
        if part == "question":
            parts = {}
        parts.setdefault(part, _bare(found.group(2)))
        if part == "quote" and all(whole := [parts.get(one, "") for one in ("question", "answer", "quote")]):
            yield Quoted(*whole)
            parts = {}


def calls(text: str) -> str:
    """Return lines of calls as they are compared: no marks, single spaces, lower case."""
    found = (" ".join(line.split()).lower() for line in lines(text))
    return "\n".join(found)


def _unmarked(line: str) -> str:
    return _MARK.sub("", _STRONG.sub("", " ".join(line.split()))).strip()


def _bare(line: str) -> str:
    """Return a sentence without what models put before and around it; empty where there is no word in it."""
    line = _unmarked(line)
    if found := _QUOTED.match(line):
        line = found.group(1).strip()
    return line if any(map(str.isalnum, line)) else ""
