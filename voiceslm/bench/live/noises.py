"""Coughs, noise and music while the assistant speaks: does it finish?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE
from voiceslm.bench.live.cough import coughs
from voiceslm.bench.live.echoes import own_turns, reply, walls
from voiceslm.bench.live.rows import Row, Sheet, Target
from voiceslm.bench.live.scenario import SEED, Bench, Outcome, dice
from voiceslm.bench.live.session import session
from voiceslm.bench.live.sounds import Clip, read, recordings, trimmed
from voiceslm.bench.live.texts import LONG
from voiceslm.conversation.moves import State

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from pathlib import Path

    from voiceslm.bench.live.session import Session
    from voiceslm.events import Samples

FINISH = Target(90.0, at_least=True)
QUICK = 6

ECHO_DB, ECHO_DELAY, DRIFT_PPM = -20.0, 0.06, -50.0
LEVEL_DB = (-35.0, -25.0)
"""dBFS of the disturbance at the microphone, while it sounds."""

EACH = 12
"""Trials a kind."""

LONGEST_SECONDS = 4.0
"""Of noise and music."""

SHORTEST_SECONDS = 0.3
INTO_REPLY = (0.6, 2.0)
SETS = {"noise": "bg_noise", "music": "bg_music"}
KINDS = ("cough", *SETS)


@dataclass(frozen=True, slots=True)
class Noise:
    """Something that is not said to the assistant."""

    kind: str
    clip: Clip
    level_db: float


@dataclass(frozen=True, slots=True)
class Trial:
    """One reply that was disturbed."""

    kind: str
    clip: str
    level_db: float
    seconds: float
    ended: str
    own_turns: int
    """Turns made of the disturbance."""

    ducked: int
    paused: int


async def run(bench: Bench) -> Outcome:
    """Disturb."""
    random = dice("noise")
    disturbing = bench.some(noises(bench.speech(), random), quick=QUICK)
    trials = []
    async with session(
        bench,
        echo_db=ECHO_DB,
        echo_delay=ECHO_DELAY,
        drift_ppm=DRIFT_PPM,
        impulse_response=walls(bench.speech())[-1],
    ) as room:
        for index, noise in enumerate(bench.progress(disturbing, "noise")):
            text = " ".join(LONG[index % len(LONG)].split(". ")[:2])
            trials.append(await _try(room, text, noise, random.uniform(*INTO_REPLY)))
    note = "noise: coughs are synthesised from filtered bursts of noise, the data has none"
    return Outcome(rows(trials), tuple(trials), notes=(note,))


def noises(speech: Path, random: random.Random) -> list[Noise]:
    """Return the disturbances, all kinds mixed."""
    generator = np.random.default_rng(SEED)
    kinds: dict[str, list[tuple[str, Samples]]] = {
        "cough": [(f"cough {index}", coughs(generator)) for index in range(EACH)]
    }
    for kind, name in SETS.items():
        paths = recordings(speech, name, least_seconds=SHORTEST_SECONDS)
        chosen = [paths[index % len(paths)] for index in range(EACH)]
        kinds[kind] = [(path.name, _excerpt(read(path), random)) for path in chosen]
    found = [_at_level(kind, *one, random.uniform(*LEVEL_DB)) for kind in KINDS for one in kinds[kind]]
    random.shuffle(found)
    return found


def rows(trials: Sequence[Trial]) -> tuple[Row, ...]:
    """Sum up, all together and kind by kind."""
    sheet = Sheet("noise")
    kinds = [(kind, [trial for trial in trials if trial.kind == kind]) for kind in KINDS]
    return (
        sheet.share("replies that finish", [t.ended == "finished" for t in trials], FINISH),
        *(sheet.share(f"… {kind}", [t.ended == "finished" for t in members]) for kind, members in kinds),
        sheet.share("paused and resumed", [t.ended == "finished" and t.paused for t in trials]),
        sheet.share("made softer", [t.ducked for t in trials]),
        sheet.figure("turns made of it", sum(t.own_turns for t in trials), len(trials), ""),
    )


async def _try(room: Session, text: str, noise: Noise, wait: float) -> Trial:
    touched, logs = len(room.trace.turned), len(room.trace.logs)
    speaking = asyncio.create_task(reply(room, text))
    await room.until(lambda: room.live.state is State.SPEAKING, 5.0)
    await asyncio.sleep(wait)
    room.say(noise.clip)
    ended = await speaking
    await asyncio.sleep(1.0)
    await room.settled()
    knobs = [knob for _, knob in room.trace.turned[touched:]]
    return Trial(
        kind=noise.kind,
        clip=noise.clip.name,
        level_db=round(noise.level_db, 1),
        seconds=round(len(noise.clip.samples) / RATE, 2),
        ended=ended,
        own_turns=own_turns(room, logs),
        ducked=knobs.count("duck"),
        paused=knobs.count("pause"),
    )


def _excerpt(samples: Samples, random: random.Random) -> Samples:
    """Return some seconds of a recording in which something is to be heard."""
    samples = trimmed(samples / max(float(np.abs(samples).max(initial=0.0)), 1e-6))
    length = round(LONGEST_SECONDS * RATE)
    begin = random.randrange(max(1, len(samples) - length))
    return samples[begin : begin + length]


def _at_level(kind: str, name: str, samples: Samples, level_db: float) -> Noise:
    power = max(float(np.square(samples).mean()), 1e-12)
    levelled = np.asarray(samples * 10 ** (level_db / 20) / np.sqrt(power), np.float32)
    return Noise(kind, Clip(name, levelled, 0.0, len(levelled) / RATE), level_db)
