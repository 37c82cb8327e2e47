"""One turn, laid out in time: who was at work when, and what of it was done before the user had finished."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from voiceslm.bench.live.session import committed, reached
from voiceslm.events import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceslm.bench.live.session import Exchange
    from voiceslm.conversation.turn import TurnLog

AFTERWARDS_MS = 300.0
"""What is shown of the reply."""

ANSWERS_WITHIN = 0.05
"""Seconds from a draft's transcript to the beginning of work on its answer: one step of the event loop."""


class Kind(StrEnum):
    """What a stretch of time was spent on."""

    USER = "user"
    WAIT = "wait"
    AHEAD = "ahead"
    """Work that was done before it was known that the user had finished."""

    DROPPED = "dropped"
    """Work that was thrown away: the user went on."""

    AFTER = "after"
    REPLY = "reply"


class Lane(StrEnum):
    """A row of the picture, from above."""

    USER = "user speaks"
    ENDPOINT = "silence until the endpoint"
    TRANSCRIPT = "transcripts"
    PREFILL = "prompt read ahead"
    TOKEN = "first token"  # noqa: S105 - a language model's token
    CLAUSE = "first clause"
    VOICE = "voice"
    LOUDSPEAKER = "loudspeaker"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a lane; milliseconds after the user's last sound."""

    lane: Lane
    kind: Kind
    begin_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """One turn."""

    question: str
    reply: str
    reason: str
    """Why the user was taken to have finished."""

    endpoint_ms: float
    audible_ms: float
    spans: tuple[Span, ...]


_LANE_OF = {"transcribe": Lane.TRANSCRIPT, "prefill": Lane.PREFILL}
_STEPS = (
    (Lane.TOKEN, Stage.STT, Stage.FIRST_TOKEN),
    (Lane.CLAUSE, Stage.FIRST_TOKEN, Stage.FIRST_CLAUSE),
    (Lane.VOICE, Stage.FIRST_CLAUSE, Stage.FIRST_AUDIO),
)


def timeline_of(question: str, seen: Exchange) -> Timeline | None:
    """Lay out an exchange; None where nothing was answered."""
    log, record = seen.log, seen.record
    endpoint = committed(log) if log else None
    if log is None or record is None or endpoint is None or seen.audible is None:
        return None
    over = seen.audible + AFTERWARDS_MS / 1000
    raw = [
        (Lane.USER, Kind.USER, seen.begin, seen.end),
        (Lane.ENDPOINT, Kind.WAIT, seen.end, endpoint),
        (Lane.LOUDSPEAKER, Kind.REPLY, seen.audible, over),
        *_work(seen, log, endpoint),
    ]
    return Timeline(
        question=question,
        reply=record.reply,
        reason=record.endpoint,
        endpoint_ms=_ms(endpoint - seen.end),
        audible_ms=_ms(seen.audible - seen.end),
        spans=tuple(
            Span(lane, kind, _ms(max(begin, seen.begin) - seen.end), _ms(min(end, over) - seen.end))
            for lane, kind, begin, end in raw
            if begin < over and end > max(begin, seen.begin)
        ),
    )


def _work(seen: Exchange, answered: TurnLog, endpoint: float) -> Iterator[tuple[Lane, Kind, float, float]]:
    for work in seen.works:
        if work.words and (lane := _LANE_OF.get(work.name)):
            yield from _parted(lane, work.begin, work.end, endpoint)
    for log in seen.logs:
        for lane, begin, end in _steps(seen, log):
            if log is answered:
                yield from _parted(lane, begin, end, endpoint)
            else:
                yield lane, Kind.DROPPED, begin, end


def _steps(seen: Exchange, log: TurnLog) -> Iterator[tuple[Lane, float, float]]:
    """Yield how far a reply came; the last step of one that was dropped ends where work on it did."""
    began = reached(log, Stage.STT)
    if began is None:
        return
    for lane, first, last in _STEPS:
        begin, end = reached(log, first), reached(log, last)
        if begin is not None:
            yield lane, begin, _gave_up(seen, began) if end is None else end


def _gave_up(seen: Exchange, began: float) -> float:
    answers = (work for work in seen.works if work.name == "answer")
    return next((work.end for work in answers if abs(work.begin - began) < ANSWERS_WITHIN), began)


def _parted(lane: Lane, begin: float, end: float, at: float) -> Iterator[tuple[Lane, Kind, float, float]]:
    """Part a stretch of work where it became known that the user had finished."""
    if begin < at:
        yield lane, Kind.AHEAD, begin, min(end, at)
    if end > at:
        yield lane, Kind.AFTER, max(begin, at), end


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
