"""PDF to passages, page by page.

A PDF is a program for drawing pages, and a hostile one takes all time and memory there is. So it is read in a
process of its own, which is held to a limit of each: `python -m voiceslm.knowledge.pdf FILE` prints the pages
as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.knowledge.faults import Fault, Unreadable
from voiceslm.knowledge.passages import cut, headed
from voiceslm.knowledge.texts import cleaned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceslm.knowledge import Passage

MOST_PAGES = 500
LONGEST_SECONDS = 60
MOST_MEMORY = 1 << 30
"""Bytes of address space."""

MOST_CHARACTERS = 4_000_000

_PACKAGES = Path(__file__).parents[2]
"""The folder in which voiceslm lies."""

_ENCRYPTED = 3
"""Exit status of a reader that would need a password."""

_SHORT_LINE = 8
"""Words of a line that may be a heading."""


def of_pdf(path: Path, name: str) -> Iterator[Passage | Fault]:
    """Yield the passages of a PDF.

    Raises:
        Unreadable: it is encrypted or broken, has no text, or takes too much to read.
    """
    pages, count = _read_apart(path)
    if count > MOST_PAGES:
        yield Fault(name, f"it has {count:,} pages; the first {MOST_PAGES} are used")
    if not any(map(str.strip, pages)):
        raise Unreadable("it has no text; a picture of a text is not read")
    for number, page in enumerate(pages, 1):
        yield from of_page(cleaned(page), name, number)


def of_page(text: str, file: str, number: int) -> Iterator[Passage]:
    """Yield the passages of a page: lines are joined, a short line that stands alone is a heading."""
    source = headed(file, f"page {number}")
    heading, held = "", list[str]()
    lines = [line.strip() for line in text.split("\n")]
    for at, line in enumerate(lines):
        following = next((one for one in lines[at + 1 :] if one), "")
        if _is_heading(line, held, following):
            yield from cut(_joined(held), heading, source)
            heading, held = line, []
        elif line:
            held.append(line)
        elif held and held[-1].endswith((".", "!", "?")):
            yield from cut(_joined(held), heading, source)
            held = []
    yield from cut(_joined(held), heading, source)


def _is_heading(line: str, before: list[str], following: str) -> bool:
    begins = not before or before[-1].endswith((".", "!", "?"))
    short = 0 < len(line.split()) <= _SHORT_LINE and line[:1].isupper()
    return begins and short and line[-1:].isalnum() and following[:1].isupper() and len(following) > len(line)


def _joined(lines: list[str]) -> str:
    """Return lines as one, and words that were cut at the end of a line whole."""
    found = ""
    for line in lines:
        if found.endswith("-") and line[:1].islower() and found[-2:-1].isalpha():
            found = found[:-1] + line
        else:
            found = f"{found} {line}" if found else line
    return found


def _read_apart(path: Path) -> tuple[list[str], int]:
    """Return the texts of the first pages, and how many there are."""
    command = [sys.executable, "-m", "voiceslm.knowledge.pdf", str(path.absolute())]
    try:
        done = subprocess.run(
            command,
            cwd=_PACKAGES,  # Python looks for modules where it is: never among documents
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(f"it takes more than {LONGEST_SECONDS} seconds to read") from None
    if done.returncode == _ENCRYPTED:
        raise Unreadable("it is encrypted; save it without a password")
    if done.returncode:
        raise Unreadable("it is no PDF that can be read")
    document = json.loads(done.stdout)
    return document["pages"], document["count"]


def _print_pages(file: str) -> int:
    """Print what is in a file, whatever that takes; whoever started it looks at how it ends."""
    import logging  # noqa: PLC0415 - for this process only
    import os  # noqa: PLC0415

    from pypdf import PdfReader  # noqa: PLC0415
    from pypdf.errors import DependencyError  # noqa: PLC0415

    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_SECONDS, LONGEST_SECONDS))
    logging.disable()
    reader = PdfReader(file)
    try:
        if reader.is_encrypted and not reader.decrypt(""):
            return _ENCRYPTED
    except DependencyError:
        return _ENCRYPTED
    pages: list[str] = []
    for page in reader.pages[:MOST_PAGES]:
        pages.append(page.extract_text())
        if sum(map(len, pages)) > MOST_CHARACTERS:
            break
    sys.stdout.write(json.dumps({"pages": pages, "count": len(reader.pages)}))
    return 0


if __name__ == "__main__":
    sys.exit(_print_pages(sys.argv[1]))
