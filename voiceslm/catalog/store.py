"""Where pulled files lie, and what is known about them without reading them whole."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voiceslm.catalog.entries import Entry, FileEntry

MARKER = "verified.json"
PARTS = ".parts"
LOCKS = ".locks"

LOCK_WAIT_SECONDS = 3600.0
"""How long one pull waits for another of the same model: the largest model over a slow line."""

LOCK_POLL_SECONDS = 0.2


class State(StrEnum):
    """What a glance at sizes and the marker says about a model; nothing is hashed for it."""

    ABSENT = "absent"
    INCOMPLETE = "incomplete"
    PRESENT = "present"
    """Every file has its size, but not all were hashed here since they last changed."""

    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Seal:
    """What a file was when it was last hashed and found right."""

    bytes: int
    mtime_ns: int
    sha256: str
    commit: str = ""
    """Hub commit it was pulled from; empty where another source served."""


class Store:
    """A folder of models and voices: ``root/models/<id>/<file>``, ``root/voices/<id>/<file>``."""

    def __init__(self, root: Path | None = None) -> None:
        """Use ``root``, else the service's cache folder, else the user's."""
        self.root = root if root is not None else default_root()

    def folder(self, entry: Entry) -> Path:
        """Return the folder of a model; it need not exist."""
        return self.root / ("voices" if entry.kind == "voice" else "models") / entry.id

    def path(self, entry: Entry, file: FileEntry) -> Path:
        """Return where one file of a model belongs."""
        return self.folder(entry) / file.name

    def parts(self, entry: Entry) -> Path:
        """Return the folder of an unfinished pull; it need not exist."""
        return self.folder(entry) / PARTS

    def size(self, entry: Entry, file: FileEntry) -> int | None:
        """Return the bytes of a file on disk, or None where there is none."""
        path = self.path(entry, file)
        return path.stat().st_size if path.is_file() else None

    def seals(self, entry: Entry) -> dict[str, Seal]:
        """Read the marker beside the files; an unreadable one counts as none: all can be hashed again."""
        try:
            document = json.loads((self.folder(entry) / MARKER).read_text(encoding="utf-8"))
            return {name: Seal(**seal) for name, seal in document["files"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def seal(self, entry: Entry, file: FileEntry, sha256: str, commit: str = "") -> None:
        """Note that ``file`` was just found to have ``sha256``.

        Raises:
            OSError: the folder cannot be written to.
        """
        stat = self.path(entry, file).stat()
        seals = self.seals(entry)
        commit = commit or (seals[file.name].commit if file.name in seals else "")
        seals[file.name] = Seal(stat.st_size, stat.st_mtime_ns, sha256, commit)
        self._write_marker(entry, seals)

    def unseal(self, entry: Entry, file: FileEntry) -> None:
        """Forget that ``file`` was ever found right, keeping an unpinned file's hash to judge it by."""
        seals = self.seals(entry)
        if file.name in seals:
            known = seals[file.name]
            seals[file.name] = Seal(known.bytes, 0, known.sha256, known.commit)
            self._write_marker(entry, seals)

    def _write_marker(self, entry: Entry, seals: dict[str, Seal]) -> None:
        document: dict[str, Any] = {
            "id": entry.id,
            "files": {
                name: {key: getattr(seal, key) for key in Seal.__slots__} for name, seal in seals.items()
            },
        }
        fresh = self.folder(entry) / f".{MARKER}.{os.getpid()}"
        fresh.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        fresh.replace(self.folder(entry) / MARKER)

    def is_sealed(self, entry: Entry, file: FileEntry) -> bool:
        """Whether ``file`` is unchanged (size and modification time) since it was hashed and found right."""
        seal = self.seals(entry).get(file.name)
        path = self.path(entry, file)
        if seal is None or not path.is_file() or file.sha256 not in (None, seal.sha256):
            return False
        stat = path.stat()
        return (stat.st_size, stat.st_mtime_ns) == (file.bytes, seal.mtime_ns)

    def state(self, entry: Entry) -> State:
        """Say how much of a model is here, at a glance."""
        sizes = [self.size(entry, file) for file in entry.files]
        if all(size is None for size in sizes):
            return State.INCOMPLETE if self.parts(entry).is_dir() else State.ABSENT
        if any(size != file.bytes for size, file in zip(sizes, entry.files, strict=True)):
            return State.INCOMPLETE
        sealed = all(self.is_sealed(entry, file) for file in entry.files)
        return State.VERIFIED if sealed else State.PRESENT

    @contextmanager
    def lock(self, entry: Entry, say: Callable[[str], None]) -> Iterator[None]:
        """Hold the only right to change a model, waiting for another process to finish with it.

        Args:
            entry: the model.
            say: told once when there is a wait.

        Raises:
            Problem: the cache cannot be written to, or the other process holds on for an hour.
        """
        with writing_to(self.root):
            # Beside the models, and never deleted: two processes must not lock two files of one name.
            (self.root / LOCKS).mkdir(parents=True, exist_ok=True)
            handle = os.open(self.root / LOCKS / entry.id, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            _wait_for_lock(handle, entry.id, say)
            yield
        finally:
            os.close(handle)

    def remove(self, entry: Entry) -> int:
        """Delete a model's files, and its folder unless something else lies in it; return bytes freed.

        Raises:
            Problem: the cache cannot be written to.
        """
        freed = sum(self.size(entry, file) or 0 for file in entry.files)
        with writing_to(self.root):
            for name in [*(file.name for file in entry.files), MARKER]:
                (self.folder(entry) / name).unlink(missing_ok=True)
            if self.parts(entry).is_dir():
                freed += sum(part.stat().st_size for part in self.parts(entry).iterdir())
                shutil.rmtree(self.parts(entry))
            if self.folder(entry).is_dir() and not any(self.folder(entry).iterdir()):
                self.folder(entry).rmdir()
        return freed


def default_root() -> Path:
    """Return ``$CACHE_DIRECTORY`` (systemd's), ``$XDG_CACHE_HOME/voiceslm`` or ``~/.cache/voiceslm``."""
    if service := os.environ.get("CACHE_DIRECTORY"):
        return Path(service.split(":", maxsplit=1)[0])
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "voiceslm"


@contextmanager
def writing_to(place: Path) -> Iterator[None]:
    """Turn the ways writing into ``place`` fails into problems a person can solve."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Problem(
                f"the disk is full while writing to {place}",
                "Free some space and pull again: it goes on from where it stopped",
            ) from error
        raise Problem(
            f"cannot write to {error.filename or place}: {error.strerror or error}",
            "Make it writable, or set XDG_CACHE_HOME to a folder that is",
        ) from error


def _wait_for_lock(handle: int, name: str, say: Callable[[str], None]) -> None:
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    waited = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Problem(
                    f"another pull of {name} has not ended in an hour", "Stop it and pull again"
                ) from None
            if not waited:
                say(f"{name}: another pull of it is running; waiting for it")
            waited = True
            time.sleep(LOCK_POLL_SECONDS)
        else:
            return
