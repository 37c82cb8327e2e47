"""Turns on disk, where somebody asked for that: what is written, and what is deleted again.

A turn is a folder of its own, such as ``2026-11-24T18-05-12-0007`` (UTC, and the turn's number), with the
sound of what was said and the turn's record. Nothing else in the folder above is ever touched.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from voiceslm import __version__
from voiceslm.audio.wavfile import LONGEST_SECONDS
from voiceslm.conversation.watcher import Watcher
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from voiceslm.events import Audio, TurnRecord

SCHEMA = 1
"""Of `RECORD`; another number means that a reader of this one does not understand it."""

SOUND = "utterance.flac"
"""16 kHz, mono, 16 bit."""

RECORD = "turn.json"

QUEUE_MOST = 4
"""Turns that wait for the disk, at most 15 MB; of more than these the newest is not kept."""

TIDY_SECONDS = 3600.0
"""How often is looked for what has expired while nothing is said; it is also looked after each turn."""

_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)-(\d{4,9})", re.ASCII)
_PART = re.compile(rf"\.{_NAME.pattern}\.part", re.ASCII)
_STAMP = "%Y-%m-%dT%H-%M-%S"


@dataclass(frozen=True, slots=True)
class Recording:
    """One turn that is to be kept."""

    name: str
    """Of its folder."""
    audio: Audio
    document: Mapping[str, Any]
    """What `RECORD` holds."""


def name_of(at: datetime, turn: int) -> str:
    """Return the folder's name of a turn that ended ``at`` an aware time."""
    return f"{at.astimezone(UTC).strftime(_STAMP)}-{turn:04}"


def ended(name: str) -> tuple[datetime, int] | None:
    """Return when the turn ended whose folder has this name, and its number; None for any other name."""
    found = _NAME.fullmatch(name)
    with contextlib.suppress(ValueError):  # the 31st of February
        return found and (datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC), int(found[2]))
    return None


def expired(names: Iterable[str], now: datetime, *, keep: timedelta, most: int) -> list[str]:
    """Return which turns are to be deleted, by their folders' names.

    Args:
        names: folders of turns; other names are left out.
        now: aware.
        keep: what is older has expired. So has what is dated further ahead: the clock was wrong then.
        most: how many of the newest may stay.
    """
    dated = sorted(((at, name) for name in names if (at := ended(name))), reverse=True)
    return [name for place, ((at, _), name) in enumerate(dated) if place >= most or abs(now - at) > keep]


class Recorder(Watcher):
    """Keeps the turns of one conversation that were spoken, but none in which a PIN may have been said."""

    def __init__(
        self,
        folder: Path,
        *,
        keep: timedelta,
        most: int,
        now: Callable[[], datetime],
        profile: str,
        models: Mapping[str, str],
        report: Callable[[str], None],
    ) -> None:
        """Make sure that ``folder`` can be written to; blocks for a moment.

        Args:
            folder: where the turns go; it is made where it is missing, for this user alone.
            keep: how long they stay.
            most: how many of them stay.
            now: gives the time on the wall, aware.
            profile: the set of models, for the record.
            models: stt, llm, voice -> id or path, for the record.
            report: is told once, without any of the user's words, when turns cannot be kept.

        Raises:
            Problem: ``folder`` is no folder, or cannot be written to.
        """
        self.lost = 0
        """Turns that should have been kept and could not be."""
        self._folder = _usable(folder.expanduser())
        self._keep, self._most, self._now = keep, most, now
        self._about = {"profile": profile, "models": dict(models)}
        self._report = report
        self._heard: tuple[int, Audio] | None = None
        self._queue: asyncio.Queue[Recording] = asyncio.Queue(QUEUE_MOST)
        self._troubled = False

    def on_utterance(self, turn: int, sound: Callable[[], Audio]) -> None:
        """Hold on to what was said until its turn has ended."""
        self._heard = turn, sound()

    def on_turn(self, record: TurnRecord) -> None:
        """Hand the turn over to `run`, where somebody spoke and it is no secret what was said."""
        heard, self._heard = self._heard, None
        if not heard or heard[0] != record.turn or not record.transcript:
            return
        try:
            self._queue.put_nowait(self._recording(record, heard[1]))
        except asyncio.QueueFull:
            self.lost += 1
            self._tell(f"{self._folder} is too slow to write to")

    async def run(self) -> None:
        """Write what is handed over and delete what has expired, in a thread, until cancelled."""
        recording: Recording | None = None
        while True:
            trouble = await asyncio.to_thread(self._work, recording)
            if recording or trouble:
                self._tell(trouble)
            recording = None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TIDY_SECONDS):
                    recording = await self._queue.get()

    def _recording(self, record: TurnRecord, audio: Audio) -> Recording:
        now = self._now()
        document = {
            "schema": SCHEMA,
            "voiceslm": __version__,
            "at": now.isoformat(timespec="seconds"),
            **self._about,
            "seconds": round(audio.seconds, 3),
            "turn": {"number": record.turn, **record.document(), "endpoint": record.endpoint},
        }
        return Recording(name_of(now, record.turn), audio, document)

    def _work(self, recording: Recording | None) -> str:
        """Do both; return what went wrong, empty for nothing."""
        trouble = ""
        if recording:
            try:
                _write(self._folder, recording)
            except OSError as error:
                self.lost += 1
                trouble = f"{self._folder} cannot be written to: {error.strerror}"
        try:
            self._tidy()
        except OSError as error:
            trouble = trouble or f"{self._folder} cannot be tidied up: {error.strerror}"
        return trouble

    def _tidy(self) -> None:
        """Delete what has expired, and what a crash has left half written.

        Raises:
            OSError: something cannot be deleted; the rest is.
        """
        found = list(_folders(self._folder))
        turns = (name for name in found if (self._folder / name / RECORD).is_file())
        doomed = expired(turns, self._now(), keep=self._keep, most=self._most)
        failed = None
        for name in [*doomed, *filter(_PART.fullmatch, found)]:
            try:
                _remove(self._folder / name)
            except OSError as error:
                failed = error
        if failed:
            raise failed

    def _tell(self, trouble: str) -> None:
        """Report ``trouble``, once until all is well again."""
        if trouble and not self._troubled:
            self._report(f"turns are not recorded: {trouble}")
        self._troubled = bool(trouble)


def _usable(folder: Path) -> Path:
    """Return ``folder``, which is there and can be written to."""
    remedy = "Name a folder that can be written to, or none: then no turn is kept"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        cause = error.strerror if not folder.exists() or folder.is_dir() else "it is no folder"
        raise Problem(f"turns cannot be recorded in {folder}: {cause}", remedy) from None


def _folders(folder: Path) -> Iterator[str]:
    """Yield the names of the real folders in ``folder``: no links."""
    with os.scandir(folder) as entries:
        yield from (entry.name for entry in entries if entry.is_dir(follow_symlinks=False))


def _write(folder: Path, recording: Recording) -> None:
    """Put a turn into ``folder``: all of it or nothing."""
    part = folder / f".{recording.name}.part"
    part.mkdir(mode=0o700)
    try:
        _create(part / SOUND, _flac(recording.audio))
        _create(part / RECORD, json.dumps(recording.document, indent=1, ensure_ascii=False).encode())
        part.rename(folder / recording.name)
    except OSError:
        with contextlib.suppress(OSError):  # the error that matters is the first
            _remove(part)
        raise


def _create(path: Path, content: bytes) -> None:
    """Write a new file for this user alone, and wait until the disk has it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _flac(audio: Audio) -> bytes:
    """Return ``audio`` as FLAC of 16 bit, and no more of it than can be read again."""
    samples = audio.samples[: round(LONGEST_SECONDS * audio.sample_rate)]
    pcm = np.rint(np.clip(samples, -1, 1) * 32767).astype(np.int16)
    buffer = io.BytesIO()
    soundfile.write(buffer, pcm, audio.sample_rate, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


def _remove(folder: Path) -> None:
    """Delete what was written here; the folder goes with it, unless somebody has put something else there."""
    for name in (SOUND, RECORD):  # the record last: without it the folder would not be known for a turn's
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()
