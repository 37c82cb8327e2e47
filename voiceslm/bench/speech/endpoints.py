"""When people who pause are taken to have finished: too soon, or how much later than they have.

Their own pauses, in recordings of real people; the floor decides as in a live conversation, but engines take
no time. `voiceslm bench live --only pauses` has the same with pauses of a known length, in real time, where a
reply that has not been heard yet is taken back when the speaker goes on.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE
from voiceslm.bench.home.part import SEED, Part
from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.home.sentences import Miss
from voiceslm.bench.live.pauses import CUT_OFF
from voiceslm.bench.live.rows import Sheet
from voiceslm.bench.live.sounds import clip, manifest, read
from voiceslm.bench.speech.commands import DEVICES
from voiceslm.bench.speech.eavesdropper import Eavesdropper
from voiceslm.bench.speech.listener import listening
from voiceslm.bench.speech.mixing import in_a_room
from voiceslm.events import Audio
from voiceslm.listening.vad import SileroVad

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.bench.home.part import Bench
    from voiceslm.bench.live.rows import Row
    from voiceslm.bench.speech.eavesdropper import Turn
    from voiceslm.crew import Crew
    from voiceslm.events import Samples
    from voiceslm.listening.vad import Span

MOST = {"barista": (16, 3), "home_commands": (16, 3), "librispeech_read": (12, 3)}
"""Sets of real people speaking English, and how many clips of each at most, in full and in a hurry."""

LONGEST_SECONDS = 12.0
"""Of a recording."""

PAUSE_SECONDS = 0.3
"""A silence of so long is a pause that may be taken for the end."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How one recording ended."""

    clip: str
    set: str
    pause: float
    """Seconds of its longest silence."""

    cut: tuple[Turn, ...]
    """Turns begun before its last word was over."""

    delay: float | None
    """Seconds from the end of its last word to the turn; None where none came after it."""

    reason: str
    """Of that turn; empty for none."""


async def endpoints(bench: Bench, crew: Crew) -> Part:
    """Play every recording by itself, and see when it is taken to be over."""
    judging = crew.judging
    assert judging is not None
    open_to_all = bench.settings.listening.model_copy(update={"wake": "none"})
    settings = bench.settings.model_copy(update={"listening": open_to_all})
    endings: list[Ending] = []
    generator, detector = np.random.default_rng(SEED), SileroVad()
    async with listening(settings, sample_home(DEVICES, SEED), crew) as listener:
        for name, samples in bench.progress(_recordings(bench), "endpoints"):
            eavesdropper = Eavesdropper(settings, listener, judging, weighs=True)
            sound = in_a_room(clip(name, samples).samples, generator)
            spans = detector.spans(Audio(sound, RATE))
            if spans:
                endings.append(ending(name, spans, await eavesdropper.hear(sound)))
    return Part(
        tuple(rows(endings)),
        misses=tuple(_miss(one) for one in endings if one.cut),
        counts=(
            _counted("cut off by", [one.cut[0].reason for one in endings if one.cut]),
            _counted("ended by", [one.reason for one in endings if one.reason]),
        ),
        notes=(
            "people's own pauses, no wake word, endpoint as configured",
            "computing takes no time here; what a conversation would take back unheard counts as cut off",
            "the last word ends where the voice activity detector says so, some 0.06 s late",
        ),
    )


def ending(name: str, spans: Sequence[Span], turns: Sequence[Turn]) -> Ending:
    """Say how a recording ended.

    Args:
        name: its path below data/speech.
        spans: in which somebody speaks in it, at least one.
        turns: those begun, in order; their seconds count from the same beginning.
    """
    last = spans[-1][1]
    pause = max((after - before for (_, before), (after, _) in pairwise(spans)), default=0.0)
    cut = tuple(turn for turn in turns if turn.at < last)
    after = next((turn for turn in turns if turn.at >= last), None)
    delay = None if after is None else round(after.at - last, 2)
    return Ending(name, name.partition("/")[0], round(pause, 2), cut, delay, after.reason if after else "")


def rows(endings: Sequence[Ending]) -> Iterator[Row]:
    """Sum up, all together, those who pause, and set by set."""
    sheet = Sheet("endpoints")
    yield sheet.share("cut off, all", [one.cut for one in endings], CUT_OFF)
    paused = [one for one in endings if one.pause >= PAUSE_SECONDS]
    yield sheet.share(f"cut off, with a pause of {PAUSE_SECONDS} s or more", [one.cut for one in paused])
    for name in dict.fromkeys(one.set for one in endings):
        yield sheet.share(f"cut off, {name}", [one.cut for one in endings if one.set == name])
    nothing = [one.delay is None and not one.cut for one in endings]
    yield sheet.share("never taken for finished", nothing)
    delays = [one.delay for one in endings if one.delay is not None]
    yield sheet.quantile("end of the last word to the turn, p50", delays, 50, "s")
    yield sheet.quantile("the same, p95", delays, 95, "s")


def _recordings(bench: Bench) -> list[tuple[str, Samples]]:
    speech = bench.data / "speech"
    found = []
    for name, most in MOST.items():
        fitting = [
            row["path"]
            for row in manifest(speech)
            if row["set"] == name and row.get("lang") == "en" and row["seconds"] <= LONGEST_SECONDS
        ]
        count = min(len(fitting), most[bench.quick])
        chosen = [fitting[index * len(fitting) // count] for index in range(count)]
        found += [(path, read(speech / path)) for path in chosen]
    return found


def _miss(one: Ending) -> Miss:
    first = one.cut[0]
    return Miss(one.clip, "one turn, at its end", f'{first.reason} at {first.at} s: "{first.text}"')


def _counted(what: str, reasons: Sequence[str]) -> str:
    found = Counter(reasons).most_common()
    return f"{what}: {', '.join(f'{reason} {count}' for reason, count in found) or 'nothing'}"
