"""Where the daemon's socket lies, and how exactly one daemon gets it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "voiceslm.sock"

SYSTEM = Path("/run/voiceslm") / NAME
"""The socket of the system's service, whose runtime folder only root and its own user may enter."""

PATH_LONGEST = 107
"""Bytes: `sockaddr_un` has 108 with the final zero, see unix(7)."""


def address() -> Path:
    """Return where the socket is: in the service's or the user's runtime folder, else in a private one.

    The folder of a service (systemd's ``RuntimeDirectory=``) comes first; the private one, which need not
    exist yet, lies in the user's cache folder.
    """
    if service := os.environ.get("RUNTIME_DIRECTORY"):
        return Path(service.split(":")[0]) / NAME
    for session in (os.environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{os.geteuid()}"):
        if Path(session).is_absolute() and Path(session).is_dir():
            return Path(session) / NAME
    return platformdirs.user_cache_path("voiceslm") / "run" / NAME


def found() -> Path:
    """Return where a running daemon may be reached: this user's own, else the system's service."""
    own = address()
    return SYSTEM if not own.exists() and os.access(SYSTEM.parent, os.X_OK) else own


def fitting(path: Path) -> str:
    """Return ``path`` as the kernel takes it.

    Raises:
        Problem: it is too long for a socket.
    """
    length = len(os.fsencode(path))
    if length > PATH_LONGEST:
        raise Problem(
            f"{path} is too long for a socket ({length} bytes, at most {PATH_LONGEST})",
            "Point XDG_RUNTIME_DIR at a folder with a shorter path",
        )
    return str(path)


@contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Be the only daemon at ``path`` while the block runs; the kernel ends the claim of one that died.

    Raises:
        Problem: another daemon runs, or the folder is not ours alone to write to.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_private(path.parent)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        lock = os.open(path.with_suffix(".lock"), flags, 0o600)
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        _lock(lock)
        yield
    finally:
        os.close(lock)


def is_claimed(path: Path) -> bool:
    """Say whether a daemon has ``path``, listening or not yet."""
    try:
        lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


@contextmanager
def bound(path: Path) -> Iterator[socket.socket]:
    """Put a socket at ``path``, in place of one that a dead daemon left, and take it away again.

    Call it with the path `claimed`. Nobody can connect before `socket.socket.listen`, and by then the file
    belongs to its owner alone.

    Raises:
        Problem: the path is too long, taken by something else, or not writable.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        try:
            _clear(path)
            listener.bind(fitting(path))
            path.chmod(0o600)
        except OSError as error:
            raise _unusable(path, error) from None
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


def _lock(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Problem("voiceslm is already running", "See how it is with `voiceslm status`") from None


def _clear(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise Problem(f"{path} is in the way: it is not a socket", "Move it elsewhere")
        path.unlink()


def _check_private(folder: Path) -> None:
    """Refuse a folder in which others could put a socket of their own in our place."""
    status = folder.stat()
    others_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if others_write or status.st_uid not in (0, os.geteuid()):
        raise Problem(
            f"{folder} is open to other users", "Point XDG_RUNTIME_DIR at a folder of your own (mode 0700)"
        )


def _unusable(path: Path, error: OSError) -> Problem:
    return Problem(
        f"there can be no socket at {path}: {error.strerror}",
        "Point XDG_RUNTIME_DIR at a folder of your own",
    )
