"""What questions and requests have in common: how long it took, and whether the clocks agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.bench.live.rows import Target
from voiceslm.bench.live.session import ANSWER_SECONDS, reached
from voiceslm.events import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.bench.live.rows import Row, Sheet
    from voiceslm.bench.live.session import Exchange

AGREEMENT = Target(30.0)
"""ms between the turn's record and the recording."""

STALL = Target(20.0)
"""ms."""

STAGES = (
    Stage.STT,
    Stage.FIRST_TOKEN,
    Stage.FIRST_CLAUSE,
    Stage.FIRST_AUDIO,
    Stage.ENDPOINT,
    Stage.AUDIBLE,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """One thing that was said and answered, or not. Times count from the user's last sound."""

    said: str
    transcript: str
    reply: str
    route: str
    right: bool
    """The reply was what was asked for."""

    end_reason: str
    heard_s: float | None
    """First sound of the loudspeaker, in the recording."""

    recorded_s: float | None
    """The same by the turn's own record."""

    speech_end_ms: float | None
    """Where the detector took the user's speech to end."""

    cut_in: bool
    turns: int
    """How many turns it made; one is right."""

    stages_ms: dict[str, float | None]
    stall_ms: float
    room_late_ms: float
    """By how much the room's time was ever behind the clock."""

    prompt_tokens: int | None
    troubles: tuple[str, ...]

    @property
    def counted_s(self) -> float:
        """Voice-to-voice seconds as the target counts them: none and too soon are twelve."""
        return ANSWER_SECONDS if self.cut_in or self.heard_s is None else min(self.heard_s, ANSWER_SECONDS)


def answered(said: str, seen: Exchange, *, right: bool) -> Answered:
    """Sum up an exchange."""
    record, log = seen.record, seen.log
    moments = {stage: reached(log, stage) for stage in STAGES} if log else {}
    recorded = moments.get(Stage.AUDIBLE)
    return Answered(
        said=said,
        transcript=record.transcript if record else "",
        reply=record.reply if record else "",
        route=" ".join(filter(None, (record.route, record.route_detail))) if record else "",
        right=right,
        end_reason=record.endpoint if record else "",
        heard_s=None if seen.audible is None else round(seen.audible - seen.end, 3),
        recorded_s=None if recorded is None else round(recorded - seen.end, 3),
        speech_end_ms=round((log.started - seen.end) * 1000, 1) if log else None,
        cut_in=seen.cut_in,
        turns=len(seen.records),
        stages_ms={
            stage.value: None if at is None else round((at - seen.end) * 1000, 1)
            for stage, at in moments.items()
        },
        stall_ms=seen.stall_ms,
        room_late_ms=seen.late_ms,
        prompt_tokens=record.prompt_tokens if record else None,
        troubles=seen.troubles,
    )


def latency(sheet: Sheet, trials: Sequence[Answered], p50: Target, p95: Target | None) -> Iterator[Row]:
    """Yield voice-to-voice, by the recording and by the records, and how far the two are apart."""
    counted = [trial.counted_s for trial in trials]
    yield sheet.quantile("voice to voice, p50", counted, 50, "s", p50)
    yield sheet.quantile("voice to voice, p95", counted, 95, "s", p95)
    yield sheet.share("answered, not cut in on", [value < ANSWER_SECONDS for value in counted])
    yield sheet.share("right answer", [trial.right for trial in trials])
    both = [(t.heard_s, t.recorded_s) for t in trials if not t.cut_in]
    pairs = [(heard, recorded) for heard, recorded in both if heard is not None and recorded is not None]
    yield sheet.quantile("voice to voice by the turns' records, p50", [pair[1] for pair in pairs], 50, "s")
    apart = [abs(heard - recorded) * 1000 for heard, recorded in pairs]
    yield sheet.quantile("record and recording apart, median", apart, 50, "ms")
    if apart:
        yield sheet.figure("record and recording apart, most", max(apart), len(apart), "ms", AGREEMENT)
    ends = [trial.speech_end_ms for trial in trials if trial.speech_end_ms is not None]
    yield sheet.quantile("detected end of speech after the real one, p50", ends, 50, "ms")


def stages(sheet: Sheet, trials: Sequence[Answered]) -> Iterator[Row]:
    """Yield when each stage was reached."""
    for stage in STAGES:
        values = [at for trial in trials if (at := trial.stages_ms.get(stage)) is not None]
        for q in (50, 95):
            if values:
                yield sheet.quantile(f"{stage.replace('_', ' ')}, p{q}", values, q, "ms")


def stalls(sheet: Sheet, trials: Sequence[Answered]) -> Iterator[Row]:
    """Yield how long the event loop was blocked."""
    longest = [trial.stall_ms for trial in trials]
    if longest:
        yield sheet.figure("longest stall of the event loop", max(longest), len(longest), "ms", STALL)
        yield sheet.figure("the same, median of the turns", float(np.median(longest)), len(longest), "ms")
        late = [trial.room_late_ms for trial in trials]
        yield sheet.quantile("the room's time behind the clock at most, p95 of the turns", late, 95, "ms")


def reasons(trials: Sequence[Answered]) -> str:
    """Return how often which reason ended the user's speech, as text."""
    found = [trial.end_reason or "none" for trial in trials]
    return ", ".join(f"{reason} {found.count(reason)}" for reason in sorted(set(found)))
