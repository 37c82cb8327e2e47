"""Markdown, and text without any marks, to passages. Pure.

Only what is needed to understand sentences, lists and tables is known of Markdown. Every pattern takes time
in proportion to the text, whatever the text is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voiceslm.knowledge.passages import MOST_WORDS, cut, headed, shortened
from voiceslm.knowledge.tables import said, split_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceslm.knowledge import Passage

_LONGEST_LINE = 2000
"""Characters that a pattern is tried on at once."""

_SHORT_ITEM = 5
"""Words; items of a list that are no longer, and no sentences, are told together."""

_LONGEST_LEAD = 12
"""Words before a list that every part of it is told with."""

_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
_UNDERLINED = re.compile(r"(?:={3,}|-{3,})\s*$")
_BULLET = re.compile(r"\s{0,12}(?:[-*+•]|\d{1,3}[.)])\s+(?=\S)")
_RULE = re.compile(r"\s{0,3}(?:[-*_]\s?){3,}$")
_DEFINED = re.compile(r"\s{0,3}\[[^\]\[]{1,80}\]:\s")
_LINK = re.compile(r"!?\[([^\]\[]{0,300})\]\([^()\s]{0,500}(?:\s\"[^\"]{0,100}\")?\)")
_MARKS = re.compile(r"(?<![\w*_`])[*_`]{1,3}(?=[^\s*_`])|(?<=[^\s*_`])[*_`]{1,3}(?![\w*_`])")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_FENCES = ("```", "~~~")
_SENTENCE_ENDS = (".", "!", "?", ":", ";")


def of_markdown(text: str, file: str) -> Iterator[Passage]:
    """Yield the passages of a Markdown (or plain) text; headings are what they are about."""
    reader = _Reader(file)
    for line in _lines(text):
        yield from reader.take(line)
    yield from reader.take("")
    yield from reader.end_of_list()


def plain(text: str) -> str:
    """Return a line without Markdown's marks."""
    found = _TAG.sub("", text)
    found = _LINK.sub(lambda link: "" if link.group().startswith("!") else link.group(1), found)
    return _MARKS.sub("", found).strip()


@dataclass(slots=True)
class _Reader:
    """Goes through a text line by line."""

    file: str
    heading: str = ""
    fenced: bool = False
    paragraph: list[str] = field(default_factory=list)
    item: bool = False
    """Whether the paragraph is an item of a list."""

    lead: str = ""
    """What introduces the list, such as "We sell:"."""

    told: bool = False
    """Whether an item was told with it."""

    items: list[str] = field(default_factory=list)
    """Short items that wait to be told together."""

    table: list[list[str]] = field(default_factory=list)

    def take(self, line: str) -> Iterator[Passage]:
        """Read a line; yield what it ends."""
        if line.lstrip().startswith(_FENCES):
            self.fenced = not self.fenced
            return
        if self._takes_row(line):
            return
        yield from self._end_table()
        if not self.fenced and self._is_heading(line):
            yield from self._new_heading(line)
        elif not line.strip() or _RULE.match(line) or _DEFINED.match(line):
            yield from self._end_paragraph()
        elif bullet := _BULLET.match(line):
            yield from self._end_paragraph()
            self.paragraph, self.item = [plain(line[bullet.end() :])], True
        else:
            if not self.paragraph and not line.startswith((" ", "\t")):
                yield from self.end_of_list()
            self.paragraph.append(plain(line))

    def end_of_list(self) -> Iterator[Passage]:
        """Tell the items that wait; what introduces nothing is told itself."""
        lead, items, alone = self.lead, self.items, not self.told
        self.lead, self.items, self.told = "", [], False
        if items:
            yield from self._cut(", ".join(items) + ".", before=lead)
        elif lead and alone:
            yield from self._cut(lead)

    def _takes_row(self, line: str) -> bool:
        if self.fenced or "|" not in line:
            return False
        if not line.lstrip().startswith("|") and not self.table:
            return False
        self.table.append([plain(cell) for cell in split_row(line)])
        return True

    def _is_heading(self, line: str) -> bool:
        if _HEADING.match(line):
            return True
        return bool(_UNDERLINED.match(line)) and len(self.paragraph) == 1 and not self.item

    def _new_heading(self, line: str) -> Iterator[Passage]:
        if _UNDERLINED.match(line):
            found, self.paragraph = self.paragraph[0], []
        else:
            yield from self._end_paragraph()
            found = plain(line.lstrip("#").strip().rstrip("#"))
        yield from self.end_of_list()
        self.heading = shortened(found)

    def _end_paragraph(self) -> Iterator[Passage]:
        text, item = " ".join(self.paragraph).strip(), self.item
        self.paragraph, self.item = [], False
        if not text:
            return
        if item and len(text.split()) <= _SHORT_ITEM and not text.endswith(_SENTENCE_ENDS):
            self.items.append(text)
            return
        if item:
            self.told = True
            yield from self._cut(text, before=self.lead)
            return
        yield from self.end_of_list()
        if text.endswith(":"):
            self.lead = text if len(text.split()) <= _LONGEST_LEAD else ""
        if not self.lead:
            yield from self._cut(text)

    def _end_table(self) -> Iterator[Passage]:
        rows, self.table = self.table, []
        if rows:
            yield from self._end_paragraph()
            yield from self.end_of_list()
        for row in said(rows):
            yield from self._cut(" ".join(row), before=row[0] if _long(row) else "", skip=_long(row))

    def _cut(self, text: str, *, before: str = "", skip: bool = False) -> Iterator[Passage]:
        body = text[len(before) :] if skip else text
        yield from cut(body, self.heading, headed(self.file, self.heading), before=before)


def _long(row: list[str]) -> bool:
    """Say whether a row is cut, so that each part has to say again what it is about."""
    return sum(len(cell.split()) for cell in row) > MOST_WORDS and len(row[0].split()) <= MOST_WORDS // 2


def _without_comments(text: str) -> str:
    kept: list[str] = []
    at = 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin)) >= 0:
        kept.append(text[at:begin])
        at = end + len("-->")
    return "".join([*kept, text[at:]])


def _lines(text: str) -> Iterator[str]:
    """Yield the lines, none too long, without comments and what stands before the text about the file."""
    lines = _without_comments(text).splitlines()
    start = 0
    if lines and lines[0].strip() == "---" and "---" in lines[1:60]:
        start = lines.index("---", 1) + 1
    for line in lines[start:]:
        rest = line
        while len(rest) > _LONGEST_LINE:
            at = rest.rfind(" ", 1, _LONGEST_LINE)
            at = at if at > 0 else _LONGEST_LINE
            yield rest[:at]
            rest = rest[at:].lstrip()
        yield rest
