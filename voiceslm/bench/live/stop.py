"""Saying "stop" while the assistant speaks, loudly enough to be heard by its own microphone."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.bench.live.echoes import reply, walls
from voiceslm.bench.live.rows import Row, Sheet, Target
from voiceslm.bench.live.scenario import Bench, Outcome, dice
from voiceslm.bench.live.session import session
from voiceslm.bench.live.sounds import clip
from voiceslm.bench.live.texts import LONG
from voiceslm.bench.wake_sounds import Speakers
from voiceslm.catalog import resolve
from voiceslm.conversation.moves import State
from voiceslm.engines import models_of
from voiceslm.events import Ended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.bench.live.session import Session
    from voiceslm.bench.live.sounds import Clip

SILENT, HEARD = Target(0.2), Target(95.0, at_least=True)
QUICK = 4

ECHO_DB, ECHO_DELAY, DRIFT_PPM = -10.0, 0.06, 50.0

WORDS = {"Stop.": 15, "Wait.": 8, "Stop talking.": 8, "Be quiet.": 5}
"""What is said, and by how many of the voice's fifteen variations."""

INTO_REPLY = (0.8, 4.0)
"""Seconds after the reply's first sound between which the word begins."""

PATIENCE = 5.0
"""Seconds after the word after which it was not heard."""

AFTERWARDS = 2.0
"""Seconds in which nothing more must be said."""

LASTING = 0.6
"""Seconds of silence that are the end: longer than any pause between two sentences."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One interruption."""

    word: str
    into_reply_s: float
    before: str
    """What the echo did to the reply before the word: nothing, ducked, paused or ended."""

    heard: bool
    """The reply ended as interrupted, after the word had begun."""

    silent_after_end_s: float | None
    """From the end of the word to the loudspeaker's last sound; below zero where it was silent before."""

    silent_after_begin_s: float | None
    ducked_after_begin_s: float | None
    """… to the moment when the reply was made softer or paused."""

    silence_kept: bool
    """Nothing was said after it."""

    understood: tuple[str, ...]
    """One transcript after another."""

    knobs: tuple[tuple[str, float], ...]
    """How the loudspeaker was turned, and when, after the word's beginning."""

    @property
    def prompt(self) -> bool:
        """It was heard, and in time."""
        after = self.silent_after_end_s
        return self.heard and after is not None and SILENT.met(after)


async def run(bench: Bench) -> Outcome:
    """Interrupt."""
    random = dice("stop")
    said = await asyncio.to_thread(words, bench)
    trials = []
    walls_heard = walls(bench.speech())[0]
    async with session(
        bench,
        echo_db=ECHO_DB,
        echo_delay=ECHO_DELAY,
        drift_ppm=DRIFT_PPM,
        impulse_response=walls_heard,
    ) as room:
        for index, word in enumerate(bench.progress(bench.some(said, quick=QUICK), "stop")):
            trials.append(await _try(room, LONG[index % len(LONG)], word, random.uniform(*INTO_REPLY)))
    note = f"stop: one synthetic voice at 3 paces and 5 pitches; echo {ECHO_DB:g} dB, {DRIFT_PPM:+g} ppm"
    return Outcome(rows(trials), tuple(trials), notes=(note,))


def words(bench: Bench) -> list[Clip]:
    """Return what is said, in the voice's variations, in an order that takes every word early."""
    speakers = Speakers(resolve(models_of(bench.settings).voice, "voice"))
    sounds = []
    for text, count in WORDS.items():
        variations = speakers.say(text)
        chosen = [variations[index * len(variations) // count] for index in range(count)]
        sounds += [(index / count, clip(text, samples)) for index, samples in enumerate(chosen)]
    return [one for _, one in sorted(sounds, key=lambda pair: pair[0])]


def rows(trials: Sequence[Trial]) -> tuple[Row, ...]:
    """Sum up."""
    sheet = Sheet("stop")
    end = [at for trial in trials if trial.heard and (at := trial.silent_after_end_s) is not None]
    begin = [at for trial in trials if trial.heard and (at := trial.silent_after_begin_s) is not None]
    ducked = [at for trial in trials if trial.heard and (at := trial.ducked_after_begin_s) is not None]
    by_word = {word: [trial for trial in trials if trial.word == word] for word in WORDS}
    return (
        sheet.share("heard", [trial.heard for trial in trials], HEARD),
        *(
            sheet.share(f"heard, {word}", [trial.heard for trial in members])
            for word, members in by_word.items()
        ),
        sheet.quantile("silent after the word's end, p50", end, 50, "s"),
        sheet.quantile("silent after the word's end, p95", end, 95, "s", SILENT),
        sheet.share("silent within 0.2 s, of all", [t.prompt for t in trials]),
        sheet.quantile("silent after the word's beginning, p50", begin, 50, "s"),
        sheet.quantile("softer after the word's beginning, p50", ducked, 50, "s"),
        sheet.share("heard, and nothing said after", [t.heard and t.silence_kept for t in trials]),
        sheet.share("disturbed by its echo before", [trial.before != "nothing" for trial in trials]),
    )


async def _try(room: Session, text: str, word: Clip, wait: float) -> Trial:
    """Let a long text be said, and say the word into it."""
    touched = len(room.trace.turned)
    saying = asyncio.create_task(reply(room, text))
    await room.until(lambda: room.live.state is State.SPEAKING, 5.0)
    await asyncio.sleep(wait)
    before = _before(room, touched, ended=saying.done())
    begin, end = room.say(word)
    await room.until(lambda: time.perf_counter() > end, 10.0)
    await room.until(saying.done, PATIENCE)
    heard = before != "ended" and saying.done() and saying.result() == Ended.INTERRUPTED
    if not saying.done():
        room.live.stop()
    await asyncio.sleep(AFTERWARDS)
    softer = [at for at, knob in room.trace.turned[touched:] if knob in ("duck", "pause") and at >= begin]
    await room.settled()
    await saying
    recording = await room.recording()
    silent = recording.silent_from(begin, lasting=LASTING) if heard else None
    return Trial(
        word=word.name,
        into_reply_s=round(wait, 3),
        before=before,
        heard=heard,
        silent_after_end_s=None if silent is None else round(silent - end, 3),
        silent_after_begin_s=None if silent is None else round(silent - begin, 3),
        ducked_after_begin_s=round(softer[0] - begin, 3) if softer else None,
        silence_kept=silent is not None and recording.audible_from(silent) is None,
        understood=tuple(text for at, text in room.trace.hearings if at >= begin),
        knobs=tuple((knob, round(at - begin, 3)) for at, knob in room.trace.turned if at >= begin),
    )


def _before(room: Session, touched: int, *, ended: bool) -> str:
    if ended:
        return "ended"
    knobs = {knob for _, knob in room.trace.turned[touched:]}
    if "pause" in knobs:
        return "paused"
    return "ducked" if "duck" in knobs else "nothing"
