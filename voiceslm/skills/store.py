"""What skills keep over a restart: one small JSON file each, replaced as a whole or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import tempfile
import threading
from pathlib import Path
from typing import Generic, TypeVar

import platformdirs
from pydantic import TypeAdapter, ValidationError

from voiceslm.errors import Problem

LARGEST = 1_000_000
"""Bytes. Nothing that was written here is longer, and a longer file is not read into memory."""

FORGETFUL = " I can't save that, so a restart will make me forget it."

_log = logging.getLogger(__name__)

T = TypeVar("T")


def state_folder() -> Path:
    """Return where state is kept: the service's folder (systemd's ``StateDirectory=``), else the user's."""
    if service := os.environ.get("STATE_DIRECTORY"):
        return Path(service.split(":")[0])
    return platformdirs.user_state_path("voiceslm")


class Store(Generic[T]):
    """One value in one file.

    Where the file cannot be used the value lives in memory, `trouble` says why, and the log does, once.
    """

    def __init__(self, path: Path | None, shape: TypeAdapter[T], empty: T) -> None:
        """Keep a value of ``shape`` at ``path``.

        Args:
            path: None for memory alone.
            shape: what the file must hold.
            empty: the value where there is no file.
        """
        self.trouble: Problem | None = None
        """Why nothing is kept; None while all is well."""
        self._path = path
        self._shape = shape
        self._empty = empty
        self._writing = threading.Lock()
        self._asked = self._written = 0
        self._confessed = False

    def load(self) -> T:
        """Return what was saved last; a file that does not hold it is set aside as ``NAME.broken``."""
        if self._path is None:
            return self._empty
        try:
            self._check_writable(self._path.parent)
        except OSError as error:
            self._cannot("write", error)
        try:
            with self._path.open("rb") as file:
                content = file.read(LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError):
            return self._empty
        except OSError as error:
            self._cannot("read", error)
            self._path = None
            return self._empty
        return self._parsed(content)

    async def save(self, value: T) -> None:
        """Write ``value``, in a thread; of several the last one stays, whichever is written last."""
        if self._path is None:
            return
        self._asked += 1
        await asyncio.to_thread(self._write, self._path, self._asked, value)

    def confession(self) -> str:
        """Return what shall be added to a reply that promises to keep something; empty where all is well."""
        return FORGETFUL if self.trouble and not self._confessed else ""

    def confessed(self) -> None:
        """Note that it was said: once is enough."""
        self._confessed = self.trouble is not None

    def _parsed(self, content: bytes) -> T:
        assert self._path is not None
        try:
            return self._shape.validate_json(content if len(content) <= LARGEST else b"")
        except ValidationError as error:
            aside = self._path.with_name(f"{self._path.name}.broken")
            with contextlib.suppress(OSError):
                self._path.replace(aside)
            _log.warning(
                "%s is broken (errors: %d); it was set aside as %s", self._path, error.error_count(), aside
            )
            return self._empty

    def _check_writable(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(b"x")  # a full disk may still have room for a name

    def _write(self, path: Path, number: int, value: T) -> None:
        with self._writing:
            if number < self._written:
                return
            try:
                _replace(path, self._shape.dump_json(value, indent=1))
            except OSError as error:
                self._cannot("write", error)
            else:
                self._written = number
                self.trouble, self._confessed = None, False

    def _cannot(self, what: str, error: OSError) -> None:
        problem = Problem(
            f"Cannot {what} {self._path}: {error.strerror}",
            "Nothing will be remembered over a restart: give this user a state folder that can be written to",
        )
        if self.trouble is None:
            self.trouble = problem
            _log.warning("%s", problem)


def _replace(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` so that a crash at any moment leaves the old file or the new one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - Path.open takes no descriptor
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
