"""What is not meant for the assistant: how often it begins a turn of it, and how often it does something."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE
from voiceslm.bench.home.part import SEED, Part
from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.home.sentences import Miss
from voiceslm.bench.live.rows import Sheet
from voiceslm.bench.live.sounds import read, recordings
from voiceslm.bench.speech.commands import DEVICES
from voiceslm.bench.speech.eavesdropper import Eavesdropper
from voiceslm.bench.speech.listener import listening
from voiceslm.bench.speech.mixing import FLOOR, active_level, excerpt, levelled, mixed
from voiceslm.bench.speech.verdicts import NONE, rate
from voiceslm.events import Audio, Route
from voiceslm.listening.vad import SileroVad

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voiceslm.bench.home.part import Bench
    from voiceslm.bench.live.rows import Row
    from voiceslm.bench.speech.eavesdropper import Turn
    from voiceslm.bench.speech.listener import Listener
    from voiceslm.bench.speech.verdicts import Done
    from voiceslm.config import Settings
    from voiceslm.conversation.live import Judging
    from voiceslm.crew import Crew
    from voiceslm.events import Samples

SETS = {
    "people reading": ("bg_speech", "librispeech_read", "long_reads"),
    "orders to somebody else": ("barista",),
    "music": ("bg_music",),
    "noise": ("bg_noise",),
}
"""Group -> sets of data/speech in which nobody speaks to the assistant."""

TELEVISION = "television"
"""People reading, one after another without a pause, over music."""

TELEVISION_SETS = ("bg_speech", "long_reads")
MUSIC_UNDER_DB = 10.0
GAP_SECONDS = 0.6
"""Between two recordings."""

OPEN, WOKEN = "none", "okay_nabu"
"""Settings of the wake word: the worst case, and as shipped."""

MOST_SECONDS = {OPEN: (150.0, 15.0), WOKEN: (1800.0, 60.0)}
"""Of each group, in full and where it has to be quick: without a wake word whisper hears all of it."""


@dataclass(frozen=True, slots=True)
class Overheard:
    """What came of one group of sounds."""

    wake: str
    group: str
    seconds: float
    woken: int
    turns: tuple[Turn, ...]
    acted: tuple[Miss, ...]
    """Turns in which something was done."""

    thought: tuple[Miss, ...]
    """… and those in which the language model did something."""


async def overheard(bench: Bench, crew: Crew) -> Part:
    """Let it hear everything, without and with a wake word."""
    streams = list(sounds(bench.data / "speech"))
    found: list[Overheard] = []
    judging = crew.judging
    assert judging is not None
    async with listening(bench.settings, sample_home(DEVICES, SEED), crew) as listener:
        for wake, seconds in MOST_SECONDS.items():
            settings = _with_wake(bench.settings, wake)
            for group, samples in bench.progress(streams, f"overheard, wake word {wake}"):
                heard = samples[: round(seconds[bench.quick] * RATE)]
                found.append(await _hear(settings, group, heard, listener=listener, judging=judging))
    return Part(
        tuple(row for wake in MOST_SECONDS for row in rows([one for one in found if one.wake == wake])),
        misses=tuple(miss for one in found for miss in (*one.acted, *one.thought)),
        counts=tuple(_counted(one) for one in found),
        notes=(
            "n of a rate is minutes listened to; without a wake word everybody is listened to all the time",
            "as fast as it can be computed: engines and replies take no time",
            "the language model has no vote here on when an utterance ends",
            "the data has no television: it is recordings of reading without a pause, over music at 10 dB",
        ),
    )


def rows(found: Sequence[Overheard]) -> Iterator[Row]:
    """Sum up, all together and group by group."""
    wake = found[0].wake
    sheet = Sheet("overheard")
    title = "no wake word" if wake == OPEN else f"wake word {wake}"
    hours = sum(one.seconds for one in found) / 3600
    if wake != OPEN:
        yield rate(sheet, f"{title}: woken an hour", sum(one.woken for one in found), hours)
    yield rate(sheet, f"{title}: turns an hour", sum(len(one.turns) for one in found), hours)
    yield rate(sheet, f"{title}: actions an hour", sum(len(one.acted) for one in found), hours, NONE)
    yield rate(
        sheet, f"{title}: actions of the model an hour", sum(len(one.thought) for one in found), hours, NONE
    )
    for one in found:
        alone = one.seconds / 3600
        yield rate(sheet, f"{title}: … {one.group}: turns an hour", len(one.turns), alone)
        yield rate(
            sheet, f"{title}: … {one.group}: actions an hour", len(one.acted) + len(one.thought), alone
        )


def sounds(speech: Path) -> Iterator[tuple[str, Samples]]:
    """Yield each group of sounds as one stream, float32 at 16 kHz, at the level of speech in a quiet room."""
    generator = np.random.default_rng(SEED)
    gap = np.zeros(round(GAP_SECONDS * RATE), np.float32)
    for group, names in SETS.items():
        parts = [
            part for name in names for path in recordings(speech, name) for part in (_level(read(path)), gap)
        ]
        yield group, _in_a_room(np.concatenate(parts), generator)
    talk = np.concatenate(
        [_level(read(path)) for name in TELEVISION_SETS for path in recordings(speech, name)]
    )
    music = np.concatenate([read(path) for path in recordings(speech, "bg_music")])
    under = excerpt(music, len(talk), generator)
    level = active_level(talk, SileroVad().spans(Audio(talk, RATE)))
    yield TELEVISION, _in_a_room(mixed(talk, under, level=level, snr_db=MUSIC_UNDER_DB), generator)


async def _hear(
    settings: Settings, group: str, samples: Samples, *, listener: Listener, judging: Judging
) -> Overheard:
    eavesdropper = Eavesdropper(settings, listener, judging)
    turns = await eavesdropper.hear(samples)
    acted: list[Miss] = []
    thought: list[Miss] = []
    for turn in turns:
        came = await listener.react(turn.text)
        if came.done:
            acted.append(_miss(group, turn, came.done))
        elif came.route == Route.NONE and listener.thinks:
            again = await listener.react(turn.text, thinks=True)
            if again.done:
                thought.append(_miss(f"{group}, the model", turn, again.done))
    wake = settings.listening.wake
    return Overheard(
        wake, group, len(samples) / RATE, eavesdropper.woken, tuple(turns), tuple(acted), tuple(thought)
    )


def _with_wake(settings: Settings, wake: str) -> Settings:
    return settings.model_copy(update={"listening": settings.listening.model_copy(update={"wake": wake})})


def _level(samples: Samples) -> Samples:
    return levelled(samples, SileroVad().spans(Audio(samples, RATE)))


def _in_a_room(samples: Samples, generator: np.random.Generator) -> Samples:
    noisy = samples + FLOOR * generator.standard_normal(len(samples))
    return np.asarray(np.clip(noisy, -1.0, 1.0), np.float32)


def _miss(group: str, turn: Turn, done: Done) -> Miss:
    return Miss(turn.text, f"nothing ({group})", "; ".join(" ".join(one) for one in done))


def _counted(one: Overheard) -> str:
    reasons = Counter(turn.reason for turn in one.turns)
    ended = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common()) or "none"
    where = f"wake word {one.wake}, {one.group}, {one.seconds:.0f} s"
    return f"{where}: woken {one.woken} times; turns by what ended them: {ended}"
