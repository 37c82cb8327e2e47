"""Before and after: what a model is asked, and whether it has become better."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from voiceslm.llm import Message
from voiceslm.llm.tools import BRIEF
from voiceslm.tuning.evaluate import evaluate
from voiceslm.tuning.likelihood import surprises

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from voiceslm.entities import Entity
    from voiceslm.llm import LanguageModel
    from voiceslm.tuning import Example
    from voiceslm.tuning.chat import Drift
    from voiceslm.tuning.evaluate import Judged
    from voiceslm.tuning.split import Split

    Progress = Callable[[Sequence[Example]], Iterable[Example]]

MOST_CALLS, MOST_REPLIES = 120, 40
"""Examples of each kind that are judged: they leave 4 percent of doubt, and take a minute on two cores."""

MADE_UP_HOMES = 3
"""Of which examples are judged: a base is told each home first, which takes seconds."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, the same before and after."""

    calls: Mapping[str, tuple[Example, ...]]
    """How they were held out -> calls."""

    replies: tuple[Example, ...]
    """Anything else: its words cannot be exactly right, but more or less expected."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What came of it: test -> share that is right, or surprise at what should be replied in nats a token."""

    right: Mapping[str, float]
    surprise: Mapping[str, float]

    def document(self) -> dict[str, float]:
        """Return all of them for a manifest."""
        return {**self.right, **self.surprise}


def is_call(example: Example) -> bool:
    """Say whether it is asked as a model that has learnt a home is."""
    return example.messages[:1] == (Message("system", BRIEF),)


def asked_of(split: Split, *, seed: int) -> Asked:
    """Choose what is asked; where nothing is held out, of what is trained."""
    chance = random.Random(f"asked {seed}")  # noqa: S311 - the same can be asked again
    parts = {"said in a new way": split.by_phrasing, "of a new device": split.by_device}
    if not split.held:
        parts = {"as trained": tuple(one for one in split.train if one.source != "chat")}
    calls = {how: _some(filter(is_call, part), MOST_CALLS, chance) for how, part in parts.items()}
    others = [one for part in parts.values() for one in part if not is_call(one)]
    return Asked({how: found for how, found in calls.items() if found}, _some(others, MOST_REPLIES, chance))


def marks_of(
    engine: LanguageModel,
    model: Path,
    adapter: Path | None,
    asked: Asked,
    entities: Sequence[Entity],
    *,
    heads: Collection[str] = (),
    threads: int,
    progress: Progress,
) -> Marks:
    """Ask a model.

    Args:
        engine: the model, with the adapter where there is one, taking the likeliest token always.
        model: its file.
        adapter: what it has learnt; None: it is asked as a model that must be told the whole home first.
        asked: what to ask.
        entities: of the owner's home.
        heads: what the adapter is applied to; the engine knows them, too.
        threads: that compute.
        progress: wraps examples to show how far it is.
    """
    right: dict[str, float] = {}
    judged: list[Judged] = []
    for how, examples in asked.calls.items():
        score = evaluate(engine, entities, examples, brief=adapter is not None, progress=progress)
        right[f"calls {how}"] = score.share
        judged += score.judged
    if judged:
        right["calls, without a grammar"] = fmean(one.right_freely for one in judged)
    found = surprises(model, asked.replies, adapter=adapter, heads=heads, threads=threads)
    finite = [value for value in found if math.isfinite(value)]
    return Marks(right, {"replies, surprise": fmean(finite)} if finite else {})


def verdict(before: Marks, after: Marks, drift: Drift) -> str:
    """Return why a tuned model is not better; empty where it is."""
    gained = sum(after.right.values()) - sum(before.right.values())
    lost = sum(after.surprise.values()) - sum(before.surprise.values())
    if not drift.acceptable:
        return f"in conversation it is {drift.ratio:.2f} times as surprised by its own words as before"
    if gained < 0 or (before.right and not gained and lost >= 0):
        return "it answers no more commands right than before"
    if lost >= 0 and before.surprise and not gained > 0:
        return "it replies no more as it should than before"
    return "" if gained > 0 or lost < 0 else "there is nothing by which it could be judged"


def _some(examples: Iterable[Example], most: int, chance: random.Random) -> tuple[Example, ...]:
    """Return some examples: of the owner's home, and of the few made-up ones that have the most of them."""
    found = [*examples]
    homes = Counter(home for one in found if (home := _home(one)))
    kept = {"", *(home for home, _ in homes.most_common(MADE_UP_HOMES))}
    near = [one for one in found if _home(one) in kept]
    return tuple(chance.sample(near, min(most, len(near))))


def _home(example: Example) -> str:
    return example.device.partition("/")[0] if "/" in example.device else ""
