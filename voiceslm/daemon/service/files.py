"""Files that are there whole or not at all, and folders that go away whole."""

from __future__ import annotations

import contextlib
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def holds(path: Path, text: str) -> bool:
    """Say whether ``path`` is a file with just this text."""
    try:
        return path.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False


def put(path: Path, text: str, *, mode: int, group: str | None = None) -> None:
    """Put ``text`` at ``path``, readable for ``group`` if one is named.

    Raises:
        Problem: it cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            if group:
                shutil.chown(partial, group=group)
            partial.chmod(mode)
            partial.replace(path)
        finally:
            with contextlib.suppress(OSError):
                partial.unlink()


def link(path: Path, target: str) -> None:
    """Let ``path`` be a symbolic link to ``target``, in place of whatever it was, at once.

    Raises:
        Problem: it cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        partial.symlink_to(target)
        partial.replace(path)


def remove(path: Path) -> None:
    """Delete a file, a link or a folder with everything in it; nothing is no fault.

    Raises:
        Problem: it cannot be deleted.
    """
    with explained(path):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def exists(path: Path) -> bool:
    """Say whether anything has this name, a broken link included."""
    return os.path.lexists(path)


def give(folder: Path, user: str) -> None:
    """Let ``folder`` and all in it belong to ``user`` and the group of that name.

    Raises:
        Problem: it cannot be done.
    """
    with explained(folder):
        shutil.chown(folder, user, user)
        for path in folder.rglob("*"):
            shutil.chown(path, user, user)


@contextmanager
def explained(place: Path) -> Iterator[None]:
    """Turn a failure of the file system into one a person can read."""
    try:
        yield
    except shutil.Error as error:  # of a whole tree, with each failure in it
        where, _, reason = error.args[0][0]
        raise _unchanged(where, reason) from None
    except OSError as error:
        raise _unchanged(error.filename or place, error.strerror or str(error)) from None
    except LookupError as error:  # of a user or a group
        raise _unchanged(place, str(error)) from None


def _unchanged(where: Path | str, reason: str) -> Problem:
    return Problem(f"{where} cannot be changed: {reason}", "Mend that, and try again")
