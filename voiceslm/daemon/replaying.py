"""Turns that were recorded, once more: what was understood and answered then, and what would be now.

Nothing comes of it: there is no home, no timer and no list, and nothing is played.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from voiceslm.assistant import Assistant
from voiceslm.audio.wavfile import read_audio
from voiceslm.conversation.overheard import words
from voiceslm.daemon.recording import RECORD, SOUND, ended
from voiceslm.errors import Problem
from voiceslm.events import Route, Stage
from voiceslm.worker import WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from voiceslm.config import Settings
    from voiceslm.events import Audio, Speech, TurnRecord

LARGEST_RECORD = 1_000_000
"""Bytes; a turn's record has a few thousand."""

OF_A_HOME = {Route.INTENT, Route.TOOLS}
"""Routes that no turn takes where there is no home."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was understood of an utterance, and what came of it."""

    transcript: str
    route: Route
    reply: str
    timings_ms: dict[Stage, float | None]
    """As in `TurnRecord`."""
    route_detail: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the record of a turn holds, as far as it is compared."""

    schema: Literal[1]
    at: AwareDatetime
    turn: Answer


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, then and now."""

    name: str
    """Of its folder."""
    then: Answer
    now: Answer

    @property
    def same_transcript(self) -> bool:
        """Whether the same words were understood, whatever their case and punctuation."""
        return words(self.then.transcript) == words(self.now.transcript)

    @property
    def same_route(self) -> bool | None:
        """Whether the same part answered; None where it was a home, which there is none of now."""
        return None if self.then.route in OF_A_HOME else self.then.route is self.now.route


@dataclass(frozen=True, slots=True)
class Skipped:
    """A turn that could not be replayed."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What all turns came to."""

    turns: int
    same_transcript: int
    routed: int
    """Turns whose route can be compared."""
    same_route: int
    first_audio_then_ms: float | None
    """Median over the turns that have it both then and now; so is the next."""
    first_audio_now_ms: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """The whole comparison."""

    profile: str
    models: dict[str, str]
    turns: tuple[Turn, ...]
    skipped: tuple[Skipped, ...]

    @property
    def summary(self) -> Summary:
        """Sum up."""
        routes = [turn.same_route for turn in self.turns if turn.same_route is not None]
        pairs = [
            (then, now)
            for turn in self.turns
            if (then := turn.then.timings_ms.get(Stage.FIRST_AUDIO)) is not None
            and (now := turn.now.timings_ms.get(Stage.FIRST_AUDIO)) is not None
        ]
        return Summary(
            turns=len(self.turns),
            same_transcript=sum(turn.same_transcript for turn in self.turns),
            routed=len(routes),
            same_route=sum(routes),
            first_audio_then_ms=median(then for then, _ in pairs) if pairs else None,
            first_audio_now_ms=median(now for _, now in pairs) if pairs else None,
        )

    def document(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        turns = [
            asdict(turn) | {"same_transcript": turn.same_transcript, "same_route": turn.same_route}
            for turn in self.turns
        ]
        return asdict(self) | {"turns": turns, "summary": asdict(self.summary)}


def find(path: Path) -> list[Path]:
    """Return the turns at ``path``, the oldest first: itself, or the folders in it that are named as turns.

    Raises:
        Problem: there is none, or ``path`` cannot be listed.
    """
    if (path / RECORD).is_file():
        return [path.resolve()]
    try:
        found = [one for one in path.iterdir() if ended(one.name) and one.is_dir() and not one.is_symlink()]
    except OSError as error:
        raise Problem(
            f"{path} cannot be listed: {error.strerror}", "Name a folder of recorded turns"
        ) from None
    if not found:
        raise Problem(f"no turn is recorded in {path}", "Record some with `voiceslm run --record-turns DIR`")
    return sorted(found, key=lambda one: ended(one.name) or one.name)


def read(folder: Path) -> tuple[Recorded, Audio]:
    """Return a turn's record and its sound (mono at 16 kHz).

    Raises:
        Problem: one of them is missing, broken, or not what was written here.
    """
    path = folder / RECORD
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would never end
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(LARGEST_RECORD + 1)
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}") from None
    try:
        recorded = _SHAPE.validate_json(content if len(content) <= LARGEST_RECORD else b"")
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) or "all of it"
        raise Problem(f"{path} is no record of a turn that this version can read ({place})") from None
    return recorded, read_audio(folder / SOUND)


_SHAPE = TypeAdapter(Recorded)


async def replay(
    settings: Settings,
    folders: Sequence[Path],
    *,
    progress: Callable[[Sequence[Path]], Iterable[Path]] = iter,
) -> Report:
    """Answer every utterance again, in their order, with the engines of ``settings``; play and do nothing.

    Args:
        settings: as for a turn; the broker is left alone.
        folders: turns, the oldest first.
        progress: wraps them to show how far it is.

    Raises:
        Problem: a model is missing or broken.
    """
    turns: list[Turn] = []
    skipped: list[Skipped] = []
    pause = timedelta(minutes=settings.conversation.forget_minutes)
    before: datetime | None = None
    async with Assistant(settings) as assistant:
        await assistant.load(hear=True, think=True, speak=True)
        for folder in progress(folders):
            try:
                recorded, audio = await asyncio.to_thread(read, folder)
                if before and recorded.at - before > pause:
                    assistant.conversation.forget()
                before = recorded.at
                now = await assistant.conversation.turn(audio, _unheard)
                await assistant.conversation.settle()
            except (Problem, WorkerError) as error:
                skipped.append(Skipped(folder.name, str(error)))
            else:
                turns.append(Turn(folder.name, recorded.turn, _answer(now)))
        return Report(settings.profile, dict(assistant.models), tuple(turns), tuple(skipped))


def _answer(record: TurnRecord) -> Answer:
    return Answer(record.transcript, record.route, record.reply, record.timings_ms, record.route_detail)


async def _unheard(_speech: Speech) -> None:
    """Play nothing."""
