"""Open questions to the language model, and the serial chain of the same libraries on the same clips."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE
from voiceslm.bench.live.answered import Answered, answered, latency, reasons, stages, stalls
from voiceslm.bench.live.rows import TIMES, Row, Sheet, Target
from voiceslm.bench.live.scenario import Bench, Outcome
from voiceslm.bench.live.session import session
from voiceslm.bench.live.sounds import spoken
from voiceslm.bench.live.timeline import timeline_of
from voiceslm.bench.questions import ANSWERS
from voiceslm.bench.serial import serial_chain
from voiceslm.events import Audio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.bench.live.sounds import Clip
    from voiceslm.bench.live.timeline import Timeline
    from voiceslm.bench.serial import SerialChain

SILENCE_SECONDS = 0.7
"""After so much silence the serial chain begins."""

ROOM_LEVEL = 10 ** (-60 / 20)
"""Amplitude of the room's noise in what the chain is given: -60 dBFS."""

WARM_UP = "Is it a nice day for a walk?"
"""For the chain, whose first turn is slow; the product says that it is ready only when it is warm."""

P50, P95 = Target(0.9), Target(1.4)
FASTER = Target(3.0, at_least=True)
QUICK = 6


@dataclass(frozen=True, slots=True)
class Question:
    """One question, answered both ways."""

    ours: Answered
    serial_s: float
    """Voice-to-voice of the serial chain."""

    serial_reply: str

    serial_stages_s: tuple[float, ...] = ()
    """When the chain had the transcript, the reply and its sound; from the user's last sound."""

    @property
    def ratio(self) -> float:
        """How many times faster than the serial chain."""
        return self.serial_s / self.ours.counted_s


@dataclass(frozen=True, slots=True)
class Serial:
    """What the serial chain made of a question."""

    seconds: float
    reply: str
    stages_s: tuple[float, ...]
    """Transcript, reply, sound."""


async def run(bench: Bench) -> Outcome:
    """Ask every question of both, alternating which goes first."""
    asked = bench.some(list(ANSWERS), quick=QUICK)
    chain = await asyncio.to_thread(serial_chain, bench.settings)
    await asyncio.to_thread(_serial, chain, await spoken(bench.assistant.conversation, WARM_UP))
    clips = [await spoken(bench.assistant.conversation, text) for text in asked]
    trials: list[Question] = []
    pictures: list[Timeline | None] = []
    async with session(bench) as room:
        for index, said in enumerate(bench.progress(clips, "questions")):
            serial = await asyncio.to_thread(_serial, chain, said) if index % 2 else None
            await room.forget()
            seen = await room.exchange(said)
            if serial is None:
                serial = await asyncio.to_thread(_serial, chain, said)
            right = seen.record is not None and answers(seen.record.reply, ANSWERS[said.name])
            ours = answered(said.name, seen, right=right)
            trials.append(Question(ours, serial.seconds, serial.reply, serial.stages_s))
            pictures.append(timeline_of(said.name, seen))
    return Outcome(
        rows(trials),
        tuple(trials),
        notes=(f"questions: ended by {reasons([trial.ours for trial in trials])}",),
        timeline=typical(trials, pictures),
    )


def rows(trials: Sequence[Question]) -> tuple[Row, ...]:
    """Sum up."""
    sheet = Sheet("questions")
    turns, serial = [trial.ours for trial in trials], [trial.serial_s for trial in trials]
    ours = [turn.counted_s for turn in turns]
    return (
        *latency(sheet, turns, P50, P95),
        sheet.quantile("serial chain, p50", serial, 50, "s"),
        sheet.quantile("serial chain, p95", serial, 95, "s"),
        sheet.ratio_of_medians("times faster, of the medians", serial, ours, FASTER),
        sheet.quantile("times faster, median", [trial.ratio for trial in trials], 50, TIMES, FASTER),
        *stages(sheet, turns),
        *stalls(sheet, turns),
    )


def answers(reply: str, wanted: Sequence[str]) -> bool:
    """Say whether one of the words that are ``wanted`` is in the reply."""
    words = re.sub(r"[^\w]+", " ", reply.lower())
    return any(f" {word} " in f" {words} " for word in wanted)


def typical(trials: Sequence[Question], pictures: Sequence[Timeline | None]) -> Timeline | None:
    """Return the picture of the turn in the middle."""
    good = [(one.ours.counted_s, index) for index, one in enumerate(trials) if pictures[index]]
    return pictures[sorted(good)[(len(good) - 1) // 2][1]] if good else None


def _serial(chain: SerialChain, said: Clip) -> Serial:
    """Let the chain answer; its seconds are voice-to-voice."""
    sound = np.pad(said.samples[: round(said.last * RATE)], (0, round(SILENCE_SECONDS * RATE)))
    noise = np.random.default_rng(len(sound)).normal(0.0, ROOM_LEVEL, len(sound))
    turn = chain.turn(Audio((sound + noise).astype(np.float32), RATE))
    stages = (turn.stt, turn.reply_done, turn.first_audio)
    stages_s = tuple(round(SILENCE_SECONDS + seconds, 3) for seconds in stages)
    return Serial(stages_s[-1], turn.reply, stages_s)
