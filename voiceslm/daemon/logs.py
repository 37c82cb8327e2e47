"""What is told of the running assistant: entries, and where and how they are written."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import struct
import threading
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TextIO

from voiceslm.errors import Problem
from voiceslm.worker import WorkerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    Format: TypeAlias = Literal["auto", "human", "json", "journal"]

JOURNAL = Path("/run/systemd/journal/socket")
"""Where systemd's journal takes entries: systemd.io/JOURNAL_NATIVE_PROTOCOL."""

IDENTIFIER = "voiceslm"


class Level(StrEnum):
    """How much an entry matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_PRIORITIES = {Level.INFO: 6, Level.WARNING: 4, Level.ERROR: 3}
"""As syslog(3) numbers them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    kind: str
    """Of what kind it is: turn, state, sound, health …"""

    message: str
    """It in words, as people read it."""

    fields: Mapping[str, str | int] = field(default_factory=dict)
    """It in figures, for machines; names in lower case, of a to z, 0 to 9 and _."""

    level: Level = Level.INFO


class Writer(Protocol):
    """Somewhere to write entries to; safe to use from any thread."""

    def write(self, entry: Entry) -> None:
        """Write one entry at once."""
        ...


class Lines:
    """A line for people."""

    def __init__(self, stream: TextIO, *, timed: bool) -> None:
        """Write to ``stream``, with the time of day where ``timed``."""
        self._stream = _Stream(stream)
        self._timed = timed

    def write(self, entry: Entry) -> None:
        """Write the message alone, as one line that no terminal takes for a command."""
        stamp = f"{datetime.now().astimezone():%H:%M:%S} " if self._timed else ""
        message = "".join(letter if letter.isprintable() else " " for letter in entry.message)
        self._stream.line(f"{stamp}{message}")


class JsonLines:
    """A JSON object a line: time (ISO 8601, with its zone), level, kind, message, fields."""

    def __init__(self, stream: TextIO) -> None:
        """Write to ``stream``."""
        self._stream = _Stream(stream)

    def write(self, entry: Entry) -> None:
        """Write all of it."""
        document = {
            "time": datetime.now().astimezone().isoformat(timespec="milliseconds"),
            "level": entry.level,
            "kind": entry.kind,
            "message": entry.message,
            "fields": dict(entry.fields),
        }
        self._stream.line(json.dumps(document))


class Journal:
    """Systemd's journal, with a field of its own for each figure."""

    def __init__(self, path: Path, otherwise: Writer) -> None:
        """Write to the journal's socket at ``path``; what it cannot take, ``otherwise`` gets."""
        self._path = path
        self._otherwise = otherwise

    def write(self, entry: Entry) -> None:
        """Write all of it. Never waits: a journal that is behind loses the entry."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.sendto(datagram(entry), socket.MSG_DONTWAIT, os.fspath(self._path))
        except BlockingIOError:
            return
        except OSError:
            self._otherwise.write(entry)


def datagram(entry: Entry) -> bytes:
    """Return ``entry`` as the journal takes it: a field a line, those of several lines with their length."""
    fields = {
        "MESSAGE": entry.message,
        "PRIORITY": _PRIORITIES[entry.level],
        "SYSLOG_IDENTIFIER": IDENTIFIER,
        "VOICESLM_KIND": entry.kind,
    } | {f"VOICESLM_{name.upper()}": value for name, value in entry.fields.items()}
    return b"".join(_field(name, str(value).encode(errors="replace")) for name, value in fields.items())


def writer(
    form: Format,
    stream: TextIO,
    *,
    environ: Mapping[str, str] | None = None,
    journal: Path = JOURNAL,
) -> Writer:
    """Return where to write.

    Args:
        form: as the settings have it.
        stream: takes lines.
        environ: tells whether it leads to the journal (``JOURNAL_STREAM``, see systemd.exec(5)).
        journal: the journal's own socket; where it is not there, ``stream`` takes lines for people.
    """
    kept = _is_journal(stream, os.environ if environ is None else environ)
    if form == "json":
        return JsonLines(stream)
    lines = Lines(stream, timed=not kept)
    wanted = form == "journal" or (form == "auto" and kept)
    return Journal(journal, lines) if wanted and journal.is_socket() else lines


@contextmanager
def taking_over(target: Writer) -> Iterator[None]:
    """Write to ``target`` what libraries warn of, and what a thread dies of, while the block runs."""
    handler = _Handler(target)
    before = threading.excepthook

    def died(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            target.write(Entry("thread", f"thread: {described(args.exc_value)}", level=Level.ERROR))

    logging.getLogger().addHandler(handler)
    threading.excepthook = died
    try:
        yield
    finally:
        threading.excepthook = before
        logging.getLogger().removeHandler(handler)


def described(error: BaseException) -> str:
    """Say what went wrong: in our own words, or by type and place, for others' words may be the user's."""
    if isinstance(error, Problem | WorkerError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


class _Stream:
    """Whole lines, whichever thread writes them, and at once: whoever reads may be a program."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._turn = threading.Lock()

    def line(self, text: str) -> None:
        with self._turn:
            self._stream.write(f"{text}\n")
            self._stream.flush()


class _Handler(logging.Handler):
    """Makes entries of log records."""

    def __init__(self, target: Writer) -> None:
        super().__init__(logging.WARNING)
        self._target = target

    def emit(self, record: logging.LogRecord) -> None:
        level = Level.ERROR if record.levelno >= logging.ERROR else Level.WARNING
        fields: dict[str, str | int] = {"logger": record.name, "file": record.filename, "line": record.lineno}
        with contextlib.suppress(OSError):
            self._target.write(Entry("log", f"{record.name}: {_told(record)}", fields, level))


def _told(record: logging.LogRecord) -> str:
    """Return what a record says: of ours all, of a library's what cannot hold the user's words.

    That is the text into which it would have put them, and otherwise only where it comes from.
    """
    if record.name.partition(".")[0] == IDENTIFIER:
        told = record.getMessage()
    else:
        told = str(record.msg) if record.args else f"{record.filename}, line {record.lineno}"
    error = record.exc_info[1] if record.exc_info else None
    return f"{told}: {described(error)}" if error else told


def _field(name: str, value: bytes) -> bytes:
    if b"\n" not in value:
        return b"%s=%s\n" % (name.encode(), value)
    return b"%s\n%s%s\n" % (name.encode(), struct.pack("<Q", len(value)), value)


def _is_journal(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether what is written to ``stream`` ends in the journal."""
    try:
        status = os.fstat(stream.fileno())
    except OSError:  # it has no file
        return False
    return environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"
