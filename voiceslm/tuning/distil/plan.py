"""Which lessons there are, and in which order: by chance, but the same for the same seed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from voiceslm.tuning.distil.aims import aims
from voiceslm.tuning.distil.lessons import Paraphrasing, Questioning, Rewording, Straying
from voiceslm.tuning.distil.tasks import ANGLES, ASKING_STYLES, STYLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.tuning.distil.desk import Desk
    from voiceslm.tuning.distil.lessons import Lesson
    from voiceslm.tuning.distil.understanding import Home

BLOCK = 6
"""Lessons of one kind in a row: a local teacher reads what they all begin with once."""


def lessons(home: Home | None, desk: Desk | None, seed: int = 0) -> list[Lesson]:
    """Return all there is to ask, what is about the home and what is known by turns.

    Args:
        home: that is to be learnt; None for none.
        desk: of what is known; None for nothing.
        seed: of the order.
    """
    chance = Random(seed)  # noqa: S311 - an order that can be had again
    known: list[Lesson] = []
    strays: list[Lesson] = []
    if desk is not None and desk.pack:
        known = [Questioning(passage, desk) for passage in desk.pack.passages]
        known += [Rewording(pair, desk) for pair in desk.pack.pairs]
        chance.shuffle(known)
        strays = [Straying(angle, desk) for angle in ANGLES]
        chance.shuffle(strays)
    return list(_by_turns([list(_sayings(home, chance)) if home else [], known, strays]))


def _sayings(home: Home, chance: Random) -> Iterator[Lesson]:
    """Yield everything in one style each before anything comes in a second one."""
    found = aims(home, chance)
    for around in range(max(len(STYLES), len(ASKING_STYLES))):
        for number, aim in enumerate(found):
            styles = ASKING_STYLES if aim.asks else STYLES
            if around < len(styles):
                yield Paraphrasing(home, aim, styles[(around + number) % len(styles)])


def _by_turns(queues: Sequence[Sequence[Lesson]]) -> Iterator[Lesson]:
    for first in range(0, max(map(len, queues)), BLOCK):
        for queue in queues:
            yield from queue[first : first + BLOCK]
