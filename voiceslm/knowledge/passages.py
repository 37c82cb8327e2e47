"""Text to passages: short enough to be put before a model, long enough to be understood alone. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.knowledge import Passage

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_WORDS = 28
"""Of a passage: two of them are 80 tokens, which the 1.5B model reads in half a second."""

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_MARKUP = re.compile(r"!\[[^\]]*\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)|[*_`]{1,3}(\S.*?\S|\S)[*_`]{1,3}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\"'(]?[A-Z0-9ÄÖÜÉ])")
_ABBREVIATED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|No|e\.g|i\.e|etc|ca|approx)\.$")


def of_markdown(text: str, file: str) -> Iterator[Passage]:
    """Yield the passages of a Markdown (or plain) text; headings are what they are about."""
    heading, paragraph = "", list[str]()
    fenced = False
    for line in [*text.splitlines(), ""]:
        if line.lstrip().startswith("```"):
            fenced = not fenced
            continue
        found = None if fenced else _HEADING.match(line)
        if found or not line.strip() or _BULLET.match(line):
            yield from _cut(paragraph, heading, file)
            paragraph = []
        if found:
            heading = plain(found.group(2))
        elif line.strip():
            paragraph.append(plain(_BULLET.sub("", line)))


def plain(text: str) -> str:
    """Return ``text`` without Markdown's marks."""
    return _MARKUP.sub(lambda found: found.group(1) or found.group(2) or "", text).strip()


def sentences(text: str) -> list[str]:
    """Return the sentences of ``text``."""
    found: list[str] = []
    for piece in _SENTENCE.split(" ".join(text.split())):
        if found and _ABBREVIATED.search(found[-1]):
            found[-1] += f" {piece}"
        elif piece:
            found.append(piece)
    return found


def _cut(paragraph: list[str], heading: str, file: str) -> Iterator[Passage]:
    """Yield one paragraph in pieces of whole sentences."""
    source = f"{file}#{heading}" if heading else file
    held: list[str] = []
    for sentence in sentences(" ".join(paragraph)):
        if held and sum(len(one.split()) for one in held) + len(sentence.split()) > MOST_WORDS:
            yield Passage(" ".join(held), heading, source)
            held = []
        held.append(sentence)
    if held:
        yield Passage(" ".join(held), heading, source)
