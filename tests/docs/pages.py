"""The pages of the documentation, and what stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md"))
TEXTS = ["README.md", "models/README.md", "voices/README.md", "systemd/README.md", *PAGES]
"""All that is written for people, but for what changed from version to version."""

_FENCE = re.compile(r"^( *)```([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")


@dataclass(frozen=True)
class Fence:
    """A block of code."""

    info: str
    """What stands after the three backquotes: the language, and the file that it is."""

    code: str


@cache
def text(page):
    """Return a page's text; its path is relative to the checkout."""
    return (ROOT / page).read_text("utf-8")


def fences(page):
    """Return the blocks of code of a page, without their indentation."""
    found = []
    for indent, info, code in _FENCE.findall(text(page)):
        lines = (line.removeprefix(indent) for line in code.splitlines())
        found.append(Fence(info.strip(), "".join(f"{line}\n" for line in lines)))
    return found


def prose(page):
    """Return a page's text without its blocks of code."""
    return _FENCE.sub("", text(page))


def inline(page):
    """Return what stands between single backquotes, each on one line."""
    return [" ".join(code.split()) for code in _INLINE.findall(prose(page))]


def section(page, heading):
    """Return the text below a heading, up to the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    _, _, rest = text(page).partition(f"\n{heading}\n")
    assert rest, f"{page} has no {heading!r}"
    return re.split(rf"^#{{1,{level}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]
