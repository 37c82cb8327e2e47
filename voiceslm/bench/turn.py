"""Latency of whole turns against the serial chain, clip by clip, in one run."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import soxr

from voiceslm.assistant import Assistant
from voiceslm.audio.wavfile import read_audio
from voiceslm.bench.questions import LONG, SHORT
from voiceslm.bench.serial import serial_chain
from voiceslm.bench.statistics import Spread, median_interval, spread
from voiceslm.errors import Problem
from voiceslm.events import Audio, Stage
from voiceslm.metrics.stalls import watch_stalls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from voiceslm.bench.serial import SerialChain
    from voiceslm.config import Settings
    from voiceslm.events import Speech, TurnRecord

RATE = 16_000
LEAD_SECONDS = 0.3
TAIL_SECONDS = 0.3
"""Quiet room around a synthesised question, as a recording has it."""

WARM_UP = "Is it a nice day for a walk?"
"""Not among the questions: a chain that heard one before would find its prompt in the cache."""

ROOM_LEVEL = 10 ** (-60 / 20)
"""Amplitude of the room's noise: -60 dBFS."""

CLASSES = {"one sentence": range(1, 2), "three sentences and more": range(3, 1000), "other": range(1000)}
_SENTENCE = re.compile(r"[.!?]+(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Pair:
    """One clip, answered both ways."""

    clip: str
    transcript: str
    reply: str
    sentences: int
    prompt_tokens: int | None
    user_tokens: int | None
    timings_ms: dict[Stage, float | None]
    serial_stt_ms: float
    serial_reply_ms: float
    serial_first_audio_ms: float

    @property
    def ratio(self) -> float:
        """Our first audio over the serial chain's."""
        return (self.timings_ms[Stage.FIRST_AUDIO] or float("nan")) / self.serial_first_audio_ms


@dataclass(frozen=True, slots=True)
class Row:
    """One class of replies, summed up; milliseconds after the end of the input."""

    replies: str
    clips: int
    first_audio: Spread
    serial_first_audio: Spread
    ratio: float
    """Median of the clips' ratios."""
    ratio_interval: tuple[float, float]
    """95 % bootstrap interval of that median."""
    stages: dict[str, float]
    """Median of each stage."""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole comparison."""

    models: dict[str, str]
    load_ms: dict[str, float]
    rows: tuple[Row, ...]
    format_tokens: int
    """Most prompt tokens besides the user's words that any turn had to compute."""
    longest_stall_ms: float
    pairs: tuple[Pair, ...]

    def document(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return asdict(self)


async def run(
    settings: Settings,
    *,
    clips: Sequence[Path] | None = None,
    limit: int | None = None,
    progress: Callable[[Sequence[Any]], Iterable[Any]] = iter,
) -> Report:
    """Answer every clip both ways, alternating which goes first.

    Args:
        settings: as for a turn; the history is left out, so that every clip finds the same prompt.
        clips: recordings; the bench's own questions, synthesised, when None.
        limit: use only so many, taken evenly.
        progress: wraps the clips to show how far it is.
    """
    settings = settings.model_copy(
        update={"conversation": settings.conversation.model_copy(update={"history_turns": 0})}
    )
    async with Assistant(settings) as assistant:
        await assistant.load(hear=True, think=True, speak=True)
        chain = serial_chain(settings)
        sounds = await _sounds(assistant, clips, limit)
        await _warm_up(assistant, chain, await synthesised(assistant, WARM_UP))
        pairs, stall = [], 0.0
        for index, (name, audio) in enumerate(progress(sounds)):
            serial = chain.turn(audio) if index % 2 else None
            async with watch_stalls() as stalls:
                record = await answer(assistant, audio)
            stall = max(stall, stalls.longest_ms)
            await assistant.conversation.settle()
            pairs.append(_pair(name, record, serial or chain.turn(audio)))
        return _report(assistant, pairs, stall)


def sentences_in(reply: str) -> int:
    """Count the sentences of a reply, at least one."""
    return max(1, len(_SENTENCE.findall(reply)))


async def _sounds(
    assistant: Assistant, clips: Sequence[Path] | None, limit: int | None
) -> list[tuple[str, Audio]]:
    if clips is not None:
        return [(path.name, read_audio(path)) for path in _evenly(clips, limit)]
    return [(text, await synthesised(assistant, text)) for text in _evenly((*SHORT, *LONG), limit)]


def _evenly(items: Sequence[Any], limit: int | None) -> list[Any]:
    if not items:
        raise Problem("there are no clips to answer", "Name a folder with recordings")
    count = min(limit or len(items), len(items))
    return [items[index * len(items) // count] for index in range(count)]


async def synthesised(assistant: Assistant, text: str) -> Audio:
    """Return a question as a recording in a quiet room."""
    spoken: list[Speech] = []

    async def keep(speech: Speech) -> None:
        spoken.append(speech)

    await assistant.conversation.say(text, keep)
    voice = np.concatenate([speech.audio.samples for speech in spoken])
    voice = soxr.resample(voice, spoken[0].audio.sample_rate, RATE)
    samples = np.concatenate(
        [np.zeros(round(LEAD_SECONDS * RATE)), voice, np.zeros(round(TAIL_SECONDS * RATE))]
    )
    noise = np.random.default_rng(len(text)).normal(0.0, ROOM_LEVEL, len(samples))
    return Audio((samples + noise).astype(np.float32), RATE)


async def _warm_up(assistant: Assistant, chain: SerialChain, audio: Audio) -> None:
    await answer(assistant, audio)
    await assistant.conversation.settle()
    chain.turn(audio)


async def answer(assistant: Assistant, audio: Audio) -> TurnRecord:
    """Answer one utterance; what is said goes nowhere."""

    async def drop(_speech: Speech) -> None:
        pass

    return await assistant.conversation.turn(audio, drop)


def _pair(name: str, record: TurnRecord, serial: Any) -> Pair:
    return Pair(
        clip=name,
        transcript=record.transcript,
        reply=record.reply,
        sentences=sentences_in(record.reply),
        prompt_tokens=record.prompt_tokens,
        user_tokens=record.user_tokens,
        timings_ms=record.timings_ms,
        serial_stt_ms=round(serial.stt * 1000, 1),
        serial_reply_ms=round(serial.reply_done * 1000, 1),
        serial_first_audio_ms=round(serial.first_audio * 1000, 1),
    )


def _report(assistant: Assistant, pairs: list[Pair], stall: float) -> Report:
    answered = [pair for pair in pairs if pair.timings_ms[Stage.FIRST_AUDIO] is not None]
    rows = [_row(name, members) for name, members in by_length(answered).items()]
    return Report(
        models=assistant.models,
        load_ms=assistant.load_ms,
        rows=tuple(rows),
        format_tokens=max((p.prompt_tokens or 0) - (p.user_tokens or 0) for p in pairs),
        longest_stall_ms=round(stall, 1),
        pairs=tuple(pairs),
    )


def by_length(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """Return the pairs by the class of their reply; no class is empty."""
    found, left = {}, list(pairs)
    for name, counts in CLASSES.items():
        found[name] = [pair for pair in left if pair.sentences in counts]
        left = [pair for pair in left if pair not in found[name]]
    return {name: members for name, members in found.items() if members}


def _row(name: str, pairs: list[Pair]) -> Row:
    ratios = [pair.ratio for pair in pairs]
    stages = {
        stage.value: float(np.median([pair.timings_ms[stage] or 0.0 for pair in pairs])) for stage in Stage
    }
    return Row(
        replies=name,
        clips=len(pairs),
        first_audio=spread([pair.timings_ms[Stage.FIRST_AUDIO] or 0.0 for pair in pairs]),
        serial_first_audio=spread([pair.serial_first_audio_ms for pair in pairs]),
        ratio=round(float(np.median(ratios)), 3),
        ratio_interval=median_interval(ratios),
        stages=stages
        | {
            "serial_stt": float(np.median([pair.serial_stt_ms for pair in pairs])),
            "serial_reply": float(np.median([pair.serial_reply_ms for pair in pairs])),
        },
    )
