"""Fetching pieces: several at once, each going on inside where an earlier try stopped."""

from __future__ import annotations

import hashlib
import queue
import re
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import httpx

from voiceslm.catalog.sources import CONNECTIONS
from voiceslm.catalog.web import REFUSED, Unavailable, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from voiceslm.catalog.progress import Progress
    from voiceslm.catalog.sources import Piece

ATTEMPTS = 4
"""Tries in a row that bring no byte, before a source is given up; any progress starts the count again."""

PAUSE_SECONDS = 0.5

FAREWELL_SECONDS = 1.0
"""How long downloads that are still going get to notice that they are no longer wanted."""

CHUNK_BYTES = 2**16
UNFINISHED = ".part"
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class Spoiled(Unavailable):
    """What a source served is not what the catalog promises; its parts are of no use."""


class _Stumbled(Exception):  # noqa: N818 - it may pass
    """A request failed in a way worth trying again."""


def bytes_here(piece: Piece, folder: Path) -> int:
    """Return how much of a piece an earlier pull left in ``folder``."""
    for path in (folder / piece.key, folder / (piece.key + UNFINISHED)):
        if path.is_file():
            return path.stat().st_size
    return 0


def fetch(pieces: Sequence[Piece], folder: Path, client: httpx.Client, progress: Progress) -> None:
    """Bring every piece into ``folder``, under its key.

    Raises:
        Unavailable: the source stopped serving; what has arrived stays.
        Spoiled: a piece is not what its index says; it is deleted.
        OSError: ``folder`` cannot be written to.
    """
    stop = threading.Event()
    waiting: queue.SimpleQueue[Piece] = queue.SimpleQueue()
    outcomes: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    for piece in pieces:
        waiting.put(piece)
    job = partial(_fetch_one, folder=folder, client=client, progress=progress, stop=stop)
    # Daemon threads, not a pool: Ctrl-C must not wait for a silent host, and a pool joins its threads.
    threads = [
        threading.Thread(
            target=_work, args=(waiting, outcomes, job, stop), name=f"pull-{number}", daemon=True
        )
        for number in range(min(CONNECTIONS, len(pieces)))
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in pieces:
            if (error := outcomes.get()) is not None:
                raise error
    finally:
        stop.set()
        patience = time.monotonic() + FAREWELL_SECONDS
        for thread in threads:
            thread.join(max(0.0, patience - time.monotonic()))


def _work(
    waiting: queue.SimpleQueue[Piece],
    outcomes: queue.SimpleQueue[BaseException | None],
    job: Callable[[Piece], None],
    stop: threading.Event,
) -> None:
    """Do one waiting piece after another and report on each; every way a job can end is reported."""
    while not stop.is_set():
        try:
            piece = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            job(piece)
        except BaseException as error:  # noqa: BLE001 - handed on to the caller's thread
            outcomes.put(error)
        else:
            outcomes.put(None)


def _fetch_one(
    piece: Piece, folder: Path, client: httpx.Client, progress: Progress, stop: threading.Event
) -> None:
    finished, part = folder / piece.key, folder / (piece.key + UNFINISHED)
    if finished.is_file():
        return
    in_vain = 0
    while not stop.is_set():
        before = bytes_here(piece, folder)
        try:
            _stream(piece, part, client, progress, stop)
        except (httpx.TransportError, _Stumbled) as error:
            in_vain = 0 if bytes_here(piece, folder) > before else in_vain + 1
            if in_vain >= ATTEMPTS:
                raise Unavailable(f"broke off: {reason_of(error)}") from error
            stop.wait(PAUSE_SECONDS * in_vain)
        except httpx.HTTPError as error:
            raise Unavailable(reason_of(error)) from error
        else:
            break
    if stop.is_set():
        return
    if piece.sha256:
        with part.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != piece.sha256:
                part.unlink()
                raise Spoiled(f"{piece.key} does not have the hash the index gives")
    part.replace(finished)


def _stream(
    piece: Piece, part: Path, client: httpx.Client, progress: Progress, stop: threading.Event
) -> None:
    """Append to ``part`` what it still lacks."""
    have = part.stat().st_size if part.is_file() else 0
    if have == piece.bytes:
        return
    headers = dict(piece.headers)
    if have or piece.bytes != piece.whole:
        end = "" if piece.bytes is None else piece.start + piece.bytes - 1
        headers["Range"] = f"bytes={piece.start + have}-{end}"
    auth = piece.credentials or httpx.USE_CLIENT_DEFAULT
    with client.stream("GET", piece.url, headers=headers, auth=auth, follow_redirects=True) as answer:
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink(missing_ok=True)
        _judge(answer)
        if _offset(answer, piece) != piece.start + have:
            progress.advance(-have)
            have = 0
        with part.open("ab" if have else "wb") as out:
            for chunk in answer.iter_raw(CHUNK_BYTES):
                if stop.is_set():
                    return
                wanted = chunk if piece.bytes is None else chunk[: piece.bytes - have]
                out.write(wanted)
                have += len(wanted)
                progress.advance(len(wanted))
                if have == piece.bytes:
                    return
    if piece.bytes is not None and have < piece.bytes:
        raise _Stumbled(f"ended {piece.bytes - have:,} bytes early")


def _judge(answer: httpx.Response) -> None:
    if answer.status_code in REFUSED or answer.status_code == httpx.codes.NOT_FOUND:
        raise Unavailable(f"HTTP {answer.status_code}")
    if answer.is_error:
        raise _Stumbled(f"HTTP {answer.status_code}")


def _offset(answer: httpx.Response, piece: Piece) -> int:
    """Return where in the whole file the answer begins.

    Raises:
        Unavailable: it begins elsewhere than asked, or is of a file of another length.
    """
    if answer.status_code != httpx.codes.PARTIAL_CONTENT:
        if piece.start:
            raise Unavailable("it does not serve parts of files")
        return 0
    found = CONTENT_RANGE.match(answer.headers.get("content-range", ""))
    if found is None or found[2] not in ("*", str(piece.whole or found[2])):
        raise Spoiled("the file changed there while it was being fetched")
    return int(found[1])
