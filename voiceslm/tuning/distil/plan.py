"""Which lessons there are, and in which order: by chance, but the same for the same seed. Pure."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from voiceslm.tuning.distil.aims import aims
from voiceslm.tuning.distil.lessons import Paraphrasing, Questioning, Rewording, Straying
from voiceslm.tuning.distil.tasks import ANGLES, ASKING_STYLES, MOST_HEADINGS, STYLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.knowledge.matching import Index
    from voiceslm.tuning.distil.lessons import Lesson
    from voiceslm.tuning.distil.understanding import Home

STRAYS = 8
"""Rounds of questions that are to be refused; each shows other headings."""


def lessons(home: Home | None, index: Index | None, seed: int = 0) -> list[Lesson]:
    """Return all there is to ask, what is about the home and what is known by turns.

    Args:
        home: that is to be learnt; None for none.
        index: of what is known; None for nothing.
        seed: of the order.
    """
    chance = Random(seed)  # noqa: S311 - an order that can be had again
    known: list[Lesson] = []
    strays: list[Lesson] = []
    if index is not None and index.pack:
        known = [Questioning(passage, index) for passage in index.pack.passages]
        known += [Rewording(pair, index) for pair in index.pack.pairs]
        chance.shuffle(known)
        strays = list(_strays(index, chance))
    return list(_by_turns([list(_sayings(home, chance)) if home else [], known, strays]))


def _sayings(home: Home, chance: Random) -> Iterator[Lesson]:
    """Yield everything in one style each before anything comes in a second one."""
    found = aims(home, chance)
    for around in range(max(len(STYLES), len(ASKING_STYLES))):
        for number, aim in enumerate(found):
            styles = ASKING_STYLES if aim.asks else STYLES
            if around < len(styles):
                yield Paraphrasing(home, aim, styles[(around + number) % len(styles)])


def _strays(index: Index, chance: Random) -> Iterator[Lesson]:
    headings = sorted({one.heading for one in index.pack.passages if one.heading})
    for _ in range(STRAYS):
        for angle in ANGLES:
            shown = chance.sample(headings, min(len(headings), MOST_HEADINGS))
            yield Straying(tuple(shown), angle, index)


def _by_turns(queues: Sequence[Sequence[Lesson]]) -> Iterator[Lesson]:
    for number in range(max(map(len, queues))):
        yield from (queue[number] for queue in queues if number < len(queue))
