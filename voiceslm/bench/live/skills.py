"""Requests that need no language model: the time, the date, saying it again, being silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.bench.live.answered import Answered, answered, latency, reasons, stages, stalls
from voiceslm.bench.live.rows import Row, Sheet, Target
from voiceslm.bench.live.scenario import Bench, Outcome
from voiceslm.bench.live.session import session
from voiceslm.bench.live.sounds import spoken
from voiceslm.events import Route, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.bench.live.session import Exchange

P50 = Target(0.5)
QUICK = 4
SILENT = ("stop", "never_mind")
"""Intents whose answer is silence."""


@dataclass(frozen=True, slots=True)
class Request:
    """Something to ask for."""

    text: str
    intent: str


REQUESTS = (
    Request("What time is it?", "time"),
    Request("Say that again.", "repeat"),
    Request("What day is it today?", "date"),
    Request("Repeat that, please.", "repeat"),
    Request("Never mind.", "never_mind"),
    Request("What's the time?", "time"),
    Request("Can you repeat that?", "repeat"),
    Request("What's the date today?", "date"),
    Request("Stop.", "stop"),
    Request("Can you tell me the time?", "time"),
    Request("What did you say?", "repeat"),
    Request("What is today's date?", "date"),
    Request("Be quiet.", "stop"),
    Request("Do you have the time?", "time"),
    Request("Could you say that again?", "repeat"),
    Request("What day of the week is it?", "date"),
    Request("Forget it.", "never_mind"),
    Request("What time is it now?", "time"),
    Request("Say it once more.", "repeat"),
    Request("Tell me the date.", "date"),
)


async def run(bench: Bench) -> Outcome:
    """Ask for one after another in one conversation: there must be something to repeat."""
    requests = bench.some(REQUESTS, quick=QUICK)
    clips = [(await spoken(bench.assistant.conversation, one.text), one.intent) for one in requests]
    trials: list[Answered] = []
    silent: list[Answered] = []
    async with session(bench) as room:
        await room.forget()
        for said, intent in bench.progress(clips, "skills"):
            seen = await room.exchange(said)
            found = answered(said.name, seen, right=did(seen, intent))
            (silent if intent in SILENT else trials).append(found)
    notes = (f"skills: ended by {reasons([*trials, *silent])}",)
    return Outcome(rows(trials, silent), (*trials, *silent), notes=notes)


def did(seen: Exchange, intent: str) -> bool:
    """Say whether what was said made one turn, and the skill for ``intent`` answered it."""
    record = seen.record
    if record is None or len(seen.records) > 1:
        return False
    sounded = seen.audible is not None
    return (record.route, record.route_detail) == (Route.SKILL, intent) and sounded is (intent not in SILENT)


def rows(trials: Sequence[Answered], silent: Sequence[Answered]) -> tuple[Row, ...]:
    """Sum up; what is answered by silence has no voice-to-voice."""
    sheet = Sheet("skills")
    taken = [at for one in silent if (at := one.stages_ms.get(Stage.ENDPOINT)) is not None]
    return (
        *latency(sheet, trials, P50, None),
        sheet.share("answered by silence, as asked", [one.right for one in silent]),
        sheet.quantile("the same, endpoint, p50", taken, 50, "ms"),
        *stages(sheet, trials),
        *stalls(sheet, [*trials, *silent]),
    )
