"""Text to passages: short enough to be put before a model, long enough to be understood alone. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.knowledge import Passage

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_WORDS = 28
"""Of a passage: two of them are 80 tokens, which the 1.5B model reads in half a second."""

LONGEST_WORD = 60
"""Characters; what is longer is no word, or of a script without spaces."""

LONGEST_HEADING = 12
"""Words."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\"'(]?[A-Z0-9ÄÖÜÉ])|(?<=[。！？])")  # noqa: RUF001 - Chinese ends
_ABBREVIATED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|No|e\.g|i\.e|etc|ca|approx|Prof|Tel|vs|a\.m|p\.m)\.$")
_TIME_OF_DAY = re.compile(r"\b[ap]\.m\.$")
_LOOK_BACK = 12
"""Characters in which an abbreviation stands."""

_LONGEST_SENTENCE = 2000
"""Characters; nothing is joined to what is longer."""

_BREAKS = (";", ",", "")
"""Where a sentence that is too long is cut; the last is between any two words."""


def cut(text: str, heading: str, source: str, *, before: str = "") -> Iterator[Passage]:
    """Yield ``text`` in passages of at most `MOST_WORDS` words, whole sentences where they are not longer.

    Args:
        text: any.
        heading: what it is about.
        source: where it stands.
        before: is put before every passage; the words of a list's first line, the first cell of a row.
    """
    room = MOST_WORDS - len(before.split())
    held: list[str] = []
    count = 0
    for sentence in sentences(text):
        for piece in _pieces(sentence, room):
            words = len(piece.split())
            if held and count + words > room:
                yield Passage(" ".join([before, *held]).strip(), heading, source)
                held, count = [], 0
            held.append(piece)
            count += words
    if held:
        yield Passage(" ".join([before, *held]).strip(), heading, source)


def sentences(text: str) -> list[str]:
    """Return the sentences of ``text``."""
    found: list[str] = []
    for piece in _SENTENCE.split(" ".join(text.split())):
        if found and len(found[-1]) < _LONGEST_SENTENCE and _goes_on(found[-1][-_LOOK_BACK:], piece):
            found[-1] += f" {piece}"
        elif piece:
            found.append(piece)
    return found


def headed(file: str, heading: str) -> str:
    """Return the source of what stands below ``heading``."""
    return f"{file}#{heading}" if heading else file


def shortened(heading: str) -> str:
    """Return a heading without what is beyond measure."""
    words = [word[:LONGEST_WORD] for word in heading.split()]
    return " ".join(words[:LONGEST_HEADING])


def _goes_on(end: str, following: str) -> bool:
    """Say whether a sentence that ends so goes on: half past nine a.m. may well be the end of one."""
    if _TIME_OF_DAY.search(end):
        return not following[:1].isupper()
    return _ABBREVIATED.search(end) is not None


def _pieces(sentence: str, room: int, at: int = 0) -> Iterator[str]:
    """Yield a sentence whole, or in parts of at most ``room`` words."""
    words = [part for word in sentence.split() for part in _parts(word)]
    if len(words) <= room:
        yield " ".join(words)
        return
    mark = _BREAKS[at]
    held: list[str] = []
    for clause in _clauses(words, mark):
        if len(clause) > room:
            if held:
                yield " ".join(held)
                held = []
            yield from _pieces(" ".join(clause), room, at + 1)
            continue
        if len(held) + len(clause) > room:
            yield " ".join(held)
            held = []
        held += clause
    if held:
        yield " ".join(held)


def _clauses(words: list[str], mark: str) -> Iterator[list[str]]:
    """Yield words up to each that ends with ``mark``; every word alone where it is empty."""
    held: list[str] = []
    for word in words:
        held.append(word)
        if word.endswith(mark):
            yield held
            held = []
    if held:
        yield held


def _parts(word: str) -> Iterator[str]:
    for at in range(0, len(word), LONGEST_WORD):
        yield word[at : at + LONGEST_WORD]
