"""Joining pieces to files: hashed while written, flushed, and only then given their name."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from voiceslm.catalog.download import Spoiled

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from voiceslm.catalog.sources import Recipe, Strip

BLOCK_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Journal:
    """How far a file was put together when the last pull ended."""

    strips: int
    bytes: int


def read_journal(recipe: Recipe, folder: Path) -> Journal:
    """Return how much of a file is already joined from these very pieces; (0, 0) where none is."""
    try:
        document = json.loads(_journal_path(recipe, folder).read_text(encoding="utf-8"))
        journal = Journal(document["strips"], document["bytes"])
        same = document["keys"] == _keys(recipe)
        here = _temporary(recipe, folder).stat().st_size
    except (OSError, ValueError, KeyError, TypeError):
        return Journal(0, 0)
    return journal if same and here >= journal.bytes else Journal(0, 0)


def assemble(recipe: Recipe, folder: Path, target: Path, wanted_later: Collection[str]) -> str:
    """Join the pieces in ``folder`` to ``target``; pieces no other file wants are deleted on the way.

    Args:
        recipe: what to join.
        folder: where the pieces lie; the unfinished file lies there too.
        target: the file's final name, on the same file system.
        wanted_later: keys of pieces other files still need.

    Returns:
        The sha256 of the finished file.

    Raises:
        Spoiled: the result is not what the catalog promises; it is deleted.
        OSError: ``folder`` cannot be written to.
    """
    temporary = _temporary(recipe, folder)
    journal = read_journal(recipe, folder)
    digest = hashlib.sha256()
    with temporary.open("r+b" if journal.strips else "w+b") as out:
        _rehash(out, journal.bytes, digest)
        length = journal.bytes
        for number, strip in enumerate(recipe.strips[journal.strips :], start=journal.strips + 1):
            length += _append(strip, folder, out, digest, recipe.file.bytes - length)
            out.flush()
            os.fsync(out.fileno())
            _note(recipe, folder, Journal(number, length))
            if strip.piece.key not in wanted_later:
                (folder / strip.piece.key).unlink(missing_ok=True)
    _accept(recipe, temporary, digest.hexdigest())
    temporary.replace(target)
    _journal_path(recipe, folder).unlink(missing_ok=True)
    _flush_folder(target.parent)
    return digest.hexdigest()


def _temporary(recipe: Recipe, folder: Path) -> Path:
    return folder / f"{recipe.file.name}.joined"


def _journal_path(recipe: Recipe, folder: Path) -> Path:
    return folder / f"{recipe.file.name}.journal"


def _keys(recipe: Recipe) -> list[str]:
    return [strip.piece.key for strip in recipe.strips]


def _note(recipe: Recipe, folder: Path, journal: Journal) -> None:
    document = {"keys": _keys(recipe), "strips": journal.strips, "bytes": journal.bytes}
    _journal_path(recipe, folder).write_text(json.dumps(document), encoding="utf-8")


def _rehash(out: IO[bytes], length: int, digest: hashlib._Hash) -> None:
    """Hash what an earlier pull joined, and cut off what it had not finished."""
    remaining = length
    while remaining:
        block = out.read(min(BLOCK_BYTES, remaining))
        digest.update(block)
        remaining -= len(block)
    out.truncate(length)
    out.seek(length)


def _append(strip: Strip, folder: Path, out: IO[bytes], digest: hashlib._Hash, room: int) -> int:
    """Copy one strip, at most ``room`` bytes: a wheel that unpacks to more is a bomb or another file."""
    path = folder / strip.piece.key
    try:
        if strip.member is None:
            with path.open("rb") as source:
                return _copy(source, out, digest, room)
        with zipfile.ZipFile(path) as archive, archive.open(strip.member) as source:
            return _copy(source, out, digest, room)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        raise Spoiled(f"{strip.piece.key} does not hold {strip.member}: {error}") from error


def _copy(source: IO[bytes], out: IO[bytes], digest: hashlib._Hash, room: int) -> int:
    length = 0
    while block := source.read(BLOCK_BYTES):
        length += len(block)
        if length > room:
            raise Spoiled("it holds more bytes than the catalog says")
        digest.update(block)
        out.write(block)
    return length


def _accept(recipe: Recipe, temporary: Path, sha256: str) -> None:
    fault = ""
    if temporary.stat().st_size != recipe.file.bytes:
        fault = f"has {temporary.stat().st_size:,} of {recipe.file.bytes:,} bytes"
    elif recipe.sha256 and sha256 != recipe.sha256:
        fault = "does not have the hash it should"
    elif recipe.git_blob and _git_blob(temporary) != recipe.git_blob:
        fault = "does not have the hash the hub gives"
    if fault:
        temporary.unlink()
        raise Spoiled(f"the {recipe.file.name} it serves {fault}")


def _git_blob(path: Path) -> str:
    """Return git's object name of a file: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects."""
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
