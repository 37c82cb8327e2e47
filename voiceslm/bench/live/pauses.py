"""Pauses in the middle of a sentence: is the speaker cut off?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE
from voiceslm.bench.live.rows import Row, Sheet, Target
from voiceslm.bench.live.scenario import Bench, Outcome, dice
from voiceslm.bench.live.session import committed, session
from voiceslm.bench.live.sounds import clip, manifest, read, spoken, trimmed
from voiceslm.bench.live.splice import longest_pause, with_pause, word_gap
from voiceslm.events import Audio
from voiceslm.listening.vad import SileroVad, speech_seconds

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voiceslm.bench.live.session import Exchange, Session
    from voiceslm.bench.live.sounds import Clip
    from voiceslm.conversation.pipeline import Conversation
    from voiceslm.events import Samples

CUT_OFF = Target(3.0)
"""Per cent of the speakers."""

QUICK = 12
PAUSE_SECONDS = (0.5, 0.8)

PEOPLE = {"home_commands": 12, "barista": 24, "librispeech_read": 24}
"""Sets of real people speaking English, and how many clips of each are used at most."""

LONGEST_SECONDS, LONGEST_OWN_PAUSE = 12.0, 0.3
"""Of a clip, and of a silence that is in it already."""

LEAST_SPOKEN = 0.3
"""Seconds of voice in each part of a recording."""

WAIT_SECONDS = 4.0
"""For the endpoint after the sentence; nobody waits longer than two."""

PHRASES = (
    ("Set a timer for", "ten minutes."),
    ("Turn on the", "light in the kitchen."),
    ("Could you please", "close the curtains in the bedroom?"),
    ("What is the capital", "of New Zealand?"),
    ("Remind me to", "call my mother tomorrow."),
    ("I would like to know", "how long spaghetti takes to cook."),
    ("Play some music by", "the Rolling Stones."),
    ("Who was the first person", "to walk on the moon?"),
    ("Turn the heating in the bathroom up to", "twenty two degrees."),
    ("How many people live", "in Australia?"),
    ("Add milk, bread and", "butter to my shopping list."),
    ("Tell me something about", "the history of Rome."),
    ("What's the difference between", "a frog and a toad?"),
    ("Please wake me up at", "half past six."),
    ("Is the front door", "locked?"),
    ("Switch off all the lights", "in the living room."),
    ("Do you know whether", "penguins can fly?"),
    ("I'm looking for a recipe", "with potatoes and cheese."),
    ("What should I wear", "when it's cold outside?"),
    ("How far is it from", "London to Paris?"),
    ("Explain to me why", "the sky is blue."),
    ("When I get home, I want", "the living room to be warm."),
    ("How do you say good morning", "in Italian?"),
    ("Dim the lamp beside", "the sofa."),
)
"""Beginnings after which a speaker may hesitate, and how they go on."""


@dataclass(frozen=True, slots=True)
class Hesitant:
    """A sentence with a pause in it."""

    clip: Clip
    kind: str
    pause_s: float
    pause_at: float
    """Seconds from the clip's beginning to the pause's."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one."""

    clip: str
    kind: str
    pause_s: float
    cut_off: bool
    """A reply sounded, or a turn was made of a part, before the speaker had finished."""

    taken_back: int
    """Endpoints before that, which the speaker did not notice: the turn went on as if nothing had been."""

    too_soon: tuple[tuple[str, float, str], ...]
    """Every such endpoint: its reason, the seconds after the pause began, what had been understood."""

    end_reason: str
    """Of the last endpoint; empty where none came within `WAIT_SECONDS`."""

    ended_s: float | None
    """Seconds from the speaker's last sound to it."""

    transcript: str


async def run(bench: Bench) -> Outcome:
    """Say every sentence; stop as soon as it has been taken for finished."""
    random = dice("pauses")
    chosen = [*people(bench.speech(), random), *await phrases(bench.assistant.conversation, random)]
    trials = []
    async with session(bench) as room:
        for said in bench.progress(bench.some(chosen, quick=QUICK), "pauses"):
            await room.forget()
            trials.append(judged(said, await _listen(room, said)))
    return Outcome(rows(trials), tuple(trials), notes=notes(trials))


def people(speech: Path, random: random.Random) -> Iterator[Hesitant]:
    """Yield recordings of people, cut at a gap between words."""
    taken = dict.fromkeys(PEOPLE, 0)
    for row in manifest(speech):
        name = row["set"]
        if taken.get(name, 0) >= PEOPLE.get(name, 0) or row.get("lang") != "en":
            continue
        samples = trimmed(clip("", read(speech / row["path"])).samples)
        if len(samples) > LONGEST_SECONDS * RATE or longest_pause(samples) > LONGEST_OWN_PAUSE:
            continue
        cut = word_gap(samples)
        if cut is not None and all(_voiced(part) for part in (samples[:cut], samples[cut:])):
            taken[name] += 1
            yield _hesitant(row["path"], name, samples[:cut], samples[cut:], random)


async def phrases(conversation: Conversation, random: random.Random) -> list[Hesitant]:
    """Return the phrases in the configured voice; the comma keeps it up at the end of the first part."""
    found = []
    for first, second in PHRASES:
        before = trimmed((await spoken(conversation, f"{first},")).samples)
        after = trimmed((await spoken(conversation, second)).samples)
        found.append(_hesitant(f"{first} … {second}", "synthetic phrases", before, after, random))
    return found


def judged(said: Hesitant, seen: Exchange) -> Trial:
    """Say whether the speaker was cut off, and how the sentence ended."""
    pause = seen.begin - said.clip.first + said.pause_at
    soon = [(log, at) for log in seen.logs if (at := committed(log)) is not None and at < seen.end]
    late = [(log, at) for log in seen.logs if (at := committed(log)) is not None and at >= seen.end]
    happened = {record.turn for record in seen.records}
    return Trial(
        clip=said.clip.name,
        kind=said.kind,
        pause_s=round(said.pause_s, 3),
        cut_off=seen.cut_in or any(log.number in happened for log, _ in soon),
        taken_back=sum(log.number not in happened for log, _ in soon),
        too_soon=tuple((log.endpoint, round(at - pause, 3), log.transcript) for log, at in soon),
        end_reason=late[-1][0].endpoint if late else "",
        ended_s=round(late[-1][1] - seen.end, 3) if late else None,
        transcript=late[-1][0].transcript if late else "",
    )


def rows(trials: Sequence[Trial]) -> tuple[Row, ...]:
    """Sum up, all together and kind by kind."""
    sheet = Sheet("pauses")
    kinds = {"all": list(trials)}
    for trial in trials:
        kinds.setdefault(trial.kind, []).append(trial)
    ends = [trial.ended_s for trial in trials if trial.ended_s is not None]
    return (
        *(
            sheet.share(
                f"cut off, {kind}",
                [trial.cut_off for trial in members],
                CUT_OFF if kind == "all" else None,
            )
            for kind, members in kinds.items()
        ),
        sheet.share("endpoint in the sentence, be it taken back unheard", [one.too_soon for one in trials]),
        sheet.share("never taken for finished", [not (one.end_reason or one.cut_off) for one in trials]),
        sheet.quantile("endpoint after the sentence, p50", ends, 50, "s"),
        sheet.quantile("endpoint after the sentence, p95", ends, 95, "s"),
    )


def notes(trials: Sequence[Trial]) -> tuple[str, ...]:
    """Say what ended sentences too soon."""
    cut = [trial.too_soon[0][0] for trial in trials if trial.cut_off and trial.too_soon]
    back = [reason for trial in trials if not trial.cut_off for reason, *_ in trial.too_soon]
    return (f"pauses: cut off by {_counted(cut)}", f"pauses: taken back unheard: {_counted(back)}")


async def _listen(room: Session, said: Hesitant) -> Exchange:
    """Say a sentence, and keep the answer to it from being said."""
    marks = room.marks()
    begin, end = room.say(said.clip)
    await room.until(lambda: room.ended_since(marks, end), end - begin + WAIT_SECONDS)
    room.live.stop()
    return await room.seen(marks, begin, end)


def _voiced(samples: Samples) -> bool:
    """Say whether somebody speaks in ``samples``: a noisy recording goes on after its last word."""
    return speech_seconds(SileroVad().spans(Audio(samples, RATE))) >= LEAST_SPOKEN


def _hesitant(name: str, kind: str, first: Samples, second: Samples, random: random.Random) -> Hesitant:
    pause = random.uniform(*PAUSE_SECONDS)
    whole = with_pause(np.concatenate([first, second]).astype(np.float32), len(first), pause)
    return Hesitant(clip(name, whole), kind, pause, len(first) / RATE)


def _counted(reasons: Sequence[str]) -> str:
    return ", ".join(f"{name} {reasons.count(name)}" for name in sorted(set(reasons))) or "nothing"
