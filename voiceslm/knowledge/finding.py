"""Which files there are to read."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.knowledge.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SUFFIXES = (".md", ".markdown", ".txt", ".html", ".htm", ".pdf", ".csv", ".tsv", ".jsonl")
"""Of files that are read."""

MOST_FILES = 5_000
MOST_FOLDERS = 5_000

VERSION = 1
"""Of the reader: what another one has read is read again."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is to be read."""

    path: Path
    name: str
    """For people: below the folder that was given."""

    size: int
    """Bytes."""

    changed: int
    """Nanoseconds since 1970."""


def find(paths: Iterable[Path]) -> Iterator[Document | Fault]:
    """Yield every file, in order of their names; of folders, those below them that can be read.

    Hidden files and folders are left out. A file that is reached by two ways comes once.
    """
    given = [path.expanduser() for path in paths]
    seen: set[tuple[int, int]] = set()
    count = 0
    for path in given:
        prefix = f"{path.name}/" if len(given) > 1 and path.is_dir() else ""
        for found in _below(path, prefix):
            if isinstance(found, Fault):
                yield found
                continue
            document, identity = found
            if identity in seen:
                continue
            seen.add(identity)
            count += 1
            if count > MOST_FILES:
                yield Fault(str(path), f"it has too many files; the first {MOST_FILES:,} are read")
                return
            yield document


def fingerprint(paths: Iterable[Path]) -> str:
    """Return what changes when a file among ``paths`` comes, goes or changes.

    It looks at names, sizes and times, not into files: a few milliseconds for a thousand of them.
    """
    parts = [f"{VERSION}"]
    for found in find(paths):
        if isinstance(found, Fault):
            parts.append(f"{found.file} {found.why}")
        else:
            parts.append(f"{found.path} {found.size} {found.changed}")
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


Found = tuple[Document, tuple[int, int]]


def _below(path: Path, prefix: str) -> Iterator[Found | Fault]:
    try:
        state = path.stat()
    except OSError as error:
        yield Fault(str(path), _why(error))
        return
    if stat.S_ISDIR(state.st_mode):
        found = False
        for one in _walk(path, prefix):
            found = True
            yield one
        if not found:
            yield Fault(str(path), f"nothing in it can be read; {', '.join(SUFFIXES)} can")
    elif not stat.S_ISREG(state.st_mode):
        yield Fault(path.name, "it is no file")
    else:
        yield _document(path, path.name, state)


def _walk(top: Path, prefix: str) -> Iterator[Found | Fault]:
    """Go through a folder and those below it, links among them, each once."""
    faults: list[Fault] = []
    been: set[tuple[int, int]] = set()

    def failed(error: OSError) -> None:
        faults.append(Fault(str(error.filename), _why(error)))

    for folder, below, names in os.walk(top, onerror=failed, followlinks=True):
        identity = _identity(folder)
        if identity is None or identity in been or len(been) >= MOST_FOLDERS:
            below.clear()
            continue
        been.add(identity)
        below[:] = sorted(name for name in below if not name.startswith("."))
        yield from _files(folder, names, f"{prefix}{_inside(folder, top)}")
    yield from faults


def _identity(folder: str) -> tuple[int, int] | None:
    """Return what tells a folder from others; None where it has gone meanwhile."""
    try:
        state = Path(folder).stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


def _inside(folder: str, top: Path) -> str:
    inside = os.path.relpath(folder, top)
    return "" if inside == "." else f"{inside}/"


def _files(folder: str, names: Sequence[str], prefix: str) -> Iterator[Found | Fault]:
    for name in sorted(names):
        if name.startswith(".") or not name.lower().endswith(SUFFIXES):
            continue
        path = Path(folder, name)
        try:
            state = path.stat()
        except OSError as error:
            yield Fault(_shown(prefix + name), _why(error))
            continue
        if stat.S_ISREG(state.st_mode):
            yield _document(path, prefix + name, state)


def _document(path: Path, name: str, state: os.stat_result) -> Found:
    identity = (state.st_dev, state.st_ino)
    return Document(path, _shown(name), state.st_size, state.st_mtime_ns), identity


def _shown(name: str) -> str:
    """Return a name that can be printed, whatever its bytes are."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _why(error: OSError) -> str:
    return f"it cannot be read: {error.strerror or error}"
