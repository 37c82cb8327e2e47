"""Files to a pack: Markdown, text, HTML, and questions with answers in CSV or JSON lines.

What is in a document is data: nothing in it is ever followed, whatever it says.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from voiceslm.knowledge import Pack, Pair, Passage
from voiceslm.knowledge.passages import of_markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

LARGEST_BYTES = 4_000_000
"""Of a file: a thick book. What is larger is no pack for a voice."""

MOST_PASSAGES = 20_000

LONGEST_QUESTION, LONGEST_ANSWER = 300, 600
"""Characters of a pair: an answer is spoken as written, and 600 are half a minute."""

_QUESTION = ("question", "q", "prompt")
_ANSWER = ("answer", "a", "reply")
_SKIPPED = frozenset({"script", "style", "template", "noscript", "svg", "nav", "head"})
_BLOCKS = frozenset({"p", "div", "li", "tr", "br", "section", "article", "td", "th", "dt", "dd"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True)
class Fault:
    """A file, or a part of one, that could not be taken."""

    file: str
    why: str


def read(paths: Iterable[Path]) -> tuple[Pack, tuple[Fault, ...]]:
    """Read files, and folders with all that is below them, in order of their names.

    Returns:
        What is known, and what could not be taken and why. Nothing that is wrong with one file keeps another
        from being read.
    """
    pairs: list[Pair] = []
    passages: list[Passage] = []
    faults: list[Fault] = []
    for path, name in files(paths):
        try:
            found = list(_contents(path, name))
        except _Unreadable as error:
            faults.append(Fault(name, str(error)))
            continue
        pairs += [one for one in found if isinstance(one, Pair)]
        passages += [one for one in found if isinstance(one, Passage)]
        faults += [one for one in found if isinstance(one, Fault)]
    if len(passages) > MOST_PASSAGES:
        faults.append(
            Fault("", f"{len(passages):,} passages are too many; the first {MOST_PASSAGES:,} are used")
        )
    return Pack(tuple(_once(pairs)), tuple(dict.fromkeys(passages[:MOST_PASSAGES]))), tuple(faults)


def files(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Yield every file that can be read and its name for people; hidden ones are left out."""
    for path in paths:
        if not path.is_dir():
            yield path, path.name
            continue
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path)
            hidden = any(part.startswith(".") for part in inside.parts)
            if file.is_file() and not hidden and file.suffix.lower() in _READERS:
                yield file, inside.as_posix()


class _Unreadable(Exception):  # noqa: N818 - never leaves this file
    """A file that cannot be taken; the text says why."""


def _contents(path: Path, name: str) -> Iterator[Pair | Passage | Fault]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise _Unreadable(
            f"{path.suffix or 'a file without an ending'} is not read; {', '.join(_READERS)} are"
        )
    yield from reader(_text(path), name)


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise _Unreadable(f"it is too large ({size / 1e6:.0f} MB; {LARGEST_BYTES / 1e6:.0f} are allowed)")
        data = path.read_bytes()
    except OSError as error:
        raise _Unreadable(f"it cannot be read: {error.strerror}") from None
    if b"\0" in data:
        raise _Unreadable("it is no text")
    return data.decode("utf-8-sig", "replace")


def _csv(text: str, name: str) -> Iterator[Pair | Fault]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    try:
        for row in rows:
            yield _pair({str(key): value for key, value in row.items()}, f"{name}:{rows.line_num}")
    except csv.Error as error:
        yield Fault(name, f"line {rows.line_num}: {error}")


def _json_lines(text: str, name: str) -> Iterator[Pair | Fault]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if isinstance(row, dict):
            yield _pair(row, f"{name}:{number}")
        else:
            yield Fault(f"{name}:{number}", "it is no JSON object")


def _pair(row: dict[str, Any], source: str) -> Pair | Fault:
    """Return a row's question and answer; the columns are found by their names."""
    known = {str(key).strip().lower(): value for key, value in row.items()}
    said = [next((known[key] for key in keys if known.get(key)), "") for keys in (_QUESTION, _ANSWER)]
    question, answer = (" ".join(str(text).split()) for text in said)
    if not question or not answer:
        return Fault(source, "it has no question or no answer (columns `question` and `answer`)")
    if len(question) > LONGEST_QUESTION or len(answer) > LONGEST_ANSWER:
        return Fault(source, f"it is too long to be said ({len(question)} and {len(answer)} characters)")
    return Pair(question, answer, source)


def _html(text: str, name: str) -> Iterator[Passage]:
    page = _Page()
    page.feed(text)
    page.close()
    yield from of_markdown("".join(page.text), name)


class _Page(HTMLParser):
    """The text of a page, its headings as Markdown has them."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Begin a block, or leave one out."""
        self._skipping += tag in _SKIPPED
        if tag in _HEADINGS:
            self.text.append("\n\n# ")
        elif tag in _BLOCKS:
            self.text.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if tag in _SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag in _HEADINGS | _BLOCKS:
            self.text.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Keep what people see, on one line."""
        if not self._skipping:
            self.text.append(" ".join(data.split(" ")).replace("\n", " "))


_READERS: dict[str, Callable[[str, str], Iterator[Pair | Passage | Fault]]] = {
    ".md": of_markdown,
    ".markdown": of_markdown,
    ".txt": of_markdown,
    ".html": _html,
    ".htm": _html,
    ".csv": _csv,
    ".jsonl": _json_lines,
}


def _once(pairs: Iterable[Pair]) -> list[Pair]:
    """Return the pairs without those whose question was given before: the first answer counts."""
    found: dict[str, Pair] = {}
    for pair in pairs:
        found.setdefault(pair.question.casefold(), pair)
    return list(found.values())
