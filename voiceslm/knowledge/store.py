"""What was read, kept on disk, so that a start does not wait for a shelf of documents."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from voiceslm.knowledge import Pack, Pair, Passage
from voiceslm.knowledge.faults import Fault
from voiceslm.knowledge.finding import fingerprint
from voiceslm.knowledge.reading import read

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["fingerprint", "load", "place"]

_FORMAT = 1
_LARGEST = 64_000_000
"""Bytes of a file that is believed to be ours."""


def load(
    paths: Sequence[str | Path], *, folder: Path | None = None, anew: bool = False
) -> tuple[Pack, tuple[Fault, ...], bool]:
    """Return what is known from ``paths``, read again only where one of their files has changed.

    Args:
        paths: files, and folders with all that is below them.
        folder: where it is kept; otherwise the user's cache.
        anew: whether it is read again in any case.

    Returns:
        What is known, what could not be taken and why, and whether the files were read just now.
    """
    given = [Path(path).expanduser() for path in paths]
    file = place(given, folder)
    now = fingerprint(given)  # before they are read: what changes meanwhile is read again the next time
    if not anew and (kept := _kept(file, now)) is not None:
        return *kept, False
    pack, faults = read(given)
    with contextlib.suppress(
        OSError
    ):  # a full disk or one that cannot be written: it is read again next time
        _write(
            file,
            {"format": _FORMAT, "paths": [str(path) for path in given], "fingerprint": now},
            pack,
            faults,
        )
    return pack, faults, True


def place(paths: Sequence[Path], folder: Path | None = None) -> Path:
    """Return the file in which what was read from ``paths`` is kept."""
    names = "\n".join(str(path.absolute()) for path in paths)
    key = hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return (folder or platformdirs.user_cache_path("voiceslm") / "knowledge") / f"{key}.json"


def _kept(file: Path, wanted: str) -> tuple[Pack, tuple[Fault, ...]] | None:
    """Return what is in a file; None where it is of other documents, broken, or not there."""
    try:
        if file.stat().st_size > _LARGEST:
            return None
        document = json.loads(file.read_text("utf-8"))
        if (document["format"], document["fingerprint"]) != (_FORMAT, wanted):
            return None
        return (
            Pack(
                tuple(Pair(**_strings(one)) for one in document["pairs"]),
                tuple(Passage(**_strings(one)) for one in document["passages"]),
            ),
            tuple(Fault(**_strings(one)) for one in document["faults"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _strings(row: dict[str, Any]) -> dict[str, str]:
    if not all(isinstance(value, str) for value in row.values()):
        raise TypeError(row)
    return row


def _write(file: Path, head: dict[str, Any], pack: Pack, faults: Sequence[Fault]) -> None:
    """Put it at ``file`` so that whoever reads it sees the old one or the new one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    document = head | {
        "pairs": [asdict(one) for one in pack.pairs],
        "passages": [asdict(one) for one in pack.passages],
        "faults": [asdict(one) for one in faults],
    }
    new = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as opened:  # noqa: PTH123 - Path.open takes no descriptor
            json.dump(document, opened, ensure_ascii=False)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
