"""What came of one spoken sentence, and what many of them amount to. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.bench.live.rows import Row, Sheet, Target
from voiceslm.bench.score import bootstrap
from voiceslm.bench.wake import count_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Done = tuple[tuple[str, str], ...]
    """Topic and payload of each message that devices were sent, and a skill's intent and reply where it did
    something to a timer, a list or the volume; sorted."""

PER_HOUR = "/h"


class Verdict(StrEnum):
    """What came of a sentence."""

    RIGHT = "right"
    """Just that was done which the same sentence does in writing."""

    WRONG = "wrong"
    """Something else was done: the worst there is."""

    ASKED = "asked"
    """Nothing was done; the assistant asked which one, or said that it is not sure which."""

    NOTHING = "nothing"
    """Nothing was done."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One sentence, said in one condition."""

    condition: str
    group: str
    said: str
    heard: str
    wrong_words: int
    words: int
    """Of the reference."""

    commands: bool | None
    """Whether the sentence, in writing, does anything; None where it was only transcribed."""

    verdict: Verdict | None
    """None where it was only transcribed."""

    done: Done = ()
    route: str = ""

    thought: Verdict | None = None
    """What came of it with the language model's help, where it was asked."""


def verdict(wanted: Done, done: Done, *, asked: bool) -> Verdict:
    """Judge what was ``done`` by what was ``wanted``; ``asked`` is whether the assistant asked back."""
    if done:
        return Verdict.RIGHT if done == wanted else Verdict.WRONG
    if not wanted:
        return Verdict.RIGHT
    return Verdict.ASKED if asked else Verdict.NOTHING


def word_error_rate(sheet: Sheet, measure: str, trials: Sequence[Trial]) -> Row:
    """Return the words wrong of all words in percent, with a bootstrap interval over the clips."""
    counted = [trial for trial in trials if trial.words]
    if not counted:
        return sheet.share(measure, [])
    rate = bootstrap(
        np.array([trial.wrong_words for trial in counted], float),
        np.array([trial.words for trial in counted], float),
    )
    value, low, high = (round(100 * number, 1) for number in (rate.value, rate.low, rate.high))
    return Row(sheet.scenario, measure, len(counted), value, low, high, "%")


def rate(sheet: Sheet, measure: str, count: int, hours: float, target: Target | None = None) -> Row:
    """Return a count an hour with the exact Poisson interval; ``n`` is the minutes that it rests on."""
    low, high = (end / hours for end in count_interval(count))
    minutes = max(1, round(60 * hours))
    return Row(
        sheet.scenario,
        measure,
        minutes,
        round(count / hours, 1),
        round(low, 1),
        round(high, 1),
        PER_HOUR,
        target,
    )


def rows(trials: Sequence[Trial], conditions: Sequence[str]) -> Iterator[Row]:
    """Sum up, condition by condition."""
    for condition in conditions:
        yield from _of_condition(
            Sheet("commands"), condition, [one for one in trials if one.condition == condition]
        )


def _of_condition(sheet: Sheet, name: str, trials: Sequence[Trial]) -> Iterator[Row]:
    groups = list(dict.fromkeys(trial.group for trial in trials))
    for group in groups:
        of_group = [trial for trial in trials if trial.group == group]
        yield word_error_rate(sheet, f"{name}: words wrong, {group}", of_group)
    commands = [trial for trial in trials if trial.commands]
    others = [trial for trial in trials if trial.commands is False]
    yield sheet.share(f"{name}: command done, and nothing else", _are(commands, Verdict.RIGHT))
    yield sheet.share(f"{name}: something else done", _are(commands, Verdict.WRONG), NONE)
    yield sheet.share(f"{name}: asked back", _are(commands, Verdict.ASKED))
    yield sheet.share(f"{name}: nothing done", _are(commands, Verdict.NOTHING))
    yield sheet.share(f"{name}: done where nothing was commanded", _are(others, Verdict.WRONG), NONE)
    if any(trial.thought for trial in trials):
        yield sheet.share(
            f"{name}: command done with the model's help",
            [_at_last(one) is Verdict.RIGHT for one in commands],
        )
        yield sheet.share(
            f"{name}: something else done with it", [_at_last(one) is Verdict.WRONG for one in commands], NONE
        )


def by_group(trials: Sequence[Trial], conditions: Sequence[str]) -> Iterator[str]:
    """Yield, condition by condition, how many of each group's commands were done."""
    for condition in conditions:
        commands = [trial for trial in trials if trial.condition == condition and trial.commands]
        total = Counter(trial.group for trial in commands)
        right = Counter(trial.group for trial in commands if trial.verdict is Verdict.RIGHT)
        shares = ", ".join(f"{group} {right[group]} of {count}" for group, count in total.items())
        yield f"{condition}, commands done: {shares}"


def _at_last(trial: Trial) -> Verdict | None:
    return trial.thought or trial.verdict


def _are(trials: Sequence[Trial], wanted: Verdict) -> list[bool]:
    return [trial.verdict is wanted for trial in trials]


NONE = Target(0.0)
"""Nobody wants anything else to be done; a miss in hundreds is reported, not hidden."""
