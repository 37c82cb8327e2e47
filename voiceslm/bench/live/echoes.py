"""Replies that the microphone hears too: does the assistant answer or interrupt itself?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE
from voiceslm.bench.live.rows import Row, Sheet, Target
from voiceslm.bench.live.scenario import Bench, Outcome
from voiceslm.bench.live.session import committed, session
from voiceslm.bench.live.sounds import read, recordings
from voiceslm.bench.live.texts import REPLIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceslm.bench.live.session import Session
    from voiceslm.events import Samples

NONE = Target(0.0)
QUICK = 6

LEVELS = (0.0, -10.0, -20.0)
"""dB from the loudspeaker to the microphone."""

DRIFTS = (50.0, -50.0)
"""ppm by which the microphone's clock is fast; at each level one half of the replies meets either."""

DELAYS = (0.04, 0.06, 0.09)
"""Seconds, one for each level."""

REPLY_SECONDS = 40.0
AFTERWARDS = 2.0
"""Seconds after a reply in which its echo might still be taken for somebody."""

WALLS_SECONDS = 0.5
"""Of an impulse response that are used; the rest lies 60 dB down."""

BEFORE_DIRECT = 16
"""Samples kept before the loudest one, the direct sound."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One reply."""

    text: str
    echo_db: float
    drift_ppm: float
    ended: str
    own_turns: int
    """Turns that were begun and answered though nobody spoke."""

    ducked: int
    paused: int
    """How often the reply was made softer, or halted."""


async def run(bench: Bench) -> Outcome:
    """Speak, level by level, in rooms of their own: each canceller begins with nothing learnt."""
    texts = bench.some(REPLIES, quick=QUICK)
    responses = walls(bench.speech())
    trials: list[Trial] = []
    plan = [
        (text, LEVELS[index % len(LEVELS)], DRIFTS[index // len(LEVELS) % len(DRIFTS)])
        for index, text in enumerate(texts)
    ]
    bar = iter(bench.progress(plan, "echo"))
    for place, (level, drift) in enumerate((level, drift) for level in LEVELS for drift in DRIFTS):
        members = [text for text, *where in plan if where == [level, drift]]
        furniture = {
            "echo_db": level,
            "echo_delay": DELAYS[place // len(DRIFTS)],
            "drift_ppm": drift,
            "impulse_response": responses[place % len(responses)],
        }
        async with session(bench, **furniture) as room:
            for text in members:
                next(bar)
                trials.append(await _try(room, text, level, drift))
    next(bar, None)
    return Outcome(rows(trials), tuple(trials))


def rows(trials: Sequence[Trial]) -> tuple[Row, ...]:
    """Sum up, all together and level by level."""
    sheet = Sheet("echo")
    n = len(trials)
    levels = [(level, [trial for trial in trials if trial.echo_db == level]) for level in LEVELS]
    return (
        sheet.figure("turns begun by itself", sum(t.own_turns for t in trials), n, "", NONE),
        *(
            sheet.figure(f"… at {level:g} dB", sum(t.own_turns for t in members), len(members), "")
            for level, members in levels
        ),
        sheet.share("replies interrupted", [t.ended != "finished" for t in trials]),
        sheet.share("replies paused and resumed", [t.paused for t in trials]),
        sheet.share("replies made softer", [t.ducked for t in trials]),
        *(
            sheet.share(f"softer or paused at {level:g} dB", [t.ducked or t.paused for t in members])
            for level, members in levels
        ),
    )


async def _try(room: Session, text: str, level: float, drift: float) -> Trial:
    touched, logs = len(room.trace.turned), len(room.trace.logs)
    ended = await reply(room, text)
    await asyncio.sleep(AFTERWARDS)
    await room.settled()
    knobs = [knob for _, knob in room.trace.turned[touched:]]
    return Trial(
        text=text,
        echo_db=level,
        drift_ppm=drift,
        ended=ended,
        own_turns=own_turns(room, logs),
        ducked=knobs.count("duck"),
        paused=knobs.count("pause"),
    )


async def reply(room: Session, text: str) -> str:
    """Let ``text`` be said; return how that ended."""
    try:
        async with asyncio.timeout(REPLY_SECONDS):
            record = await room.live.say(text)
    except TimeoutError:
        return "never"
    return record.ended.value


def own_turns(room: Session, since: int) -> int:
    """Count the turns since log number ``since`` that were committed, besides what the bench asked for."""
    heard = [log for log in room.trace.logs[since:] if log.transcript]
    return sum(committed(log) is not None for log in heard)


def walls(speech: Path) -> list[Samples]:
    """Return the impulse responses there are, from their direct sound on."""
    found = []
    for response in map(read, recordings(speech, "rir")):
        direct = max(0, int(np.abs(response).argmax()) - BEFORE_DIRECT)
        found.append(response[direct : direct + round(WALLS_SECONDS * RATE)])
    return found
