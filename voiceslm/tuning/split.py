"""Examples to train on, and others to judge by: said in a way, or about a device, that was never trained."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.tuning.home import HOME, JOINT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voiceslm.tuning import Example

SHARE = 0.06
"""Of the phrasings, and of the devices, those that are held out."""

FEWEST = 5
"""Phrasings, or devices, of which one can be held out: of fewer all are needed for training."""

COMMONEST = 0.1
"""A phrasing or device that more than this part of the examples has is not held out."""

NEVER_HELD = frozenset({"chat"})
"""Sources that only keep a model as it was: whether it is so is judged otherwise."""


@dataclass(frozen=True, slots=True)
class Split:
    """Examples, by what they are for."""

    train: tuple[Example, ...]

    by_phrasing: tuple[Example, ...] = ()
    """Held out: said in a way that no example of `train` is said in, about devices that are in it."""

    by_device: tuple[Example, ...] = ()
    """Held out: about a device that no example of `train` is about."""

    notes: tuple[str, ...] = ()
    """What could not be held out, and why."""

    @property
    def held(self) -> tuple[Example, ...]:
        """All that is held out."""
        return self.by_phrasing + self.by_device


def split(examples: Sequence[Example], *, seed: int = 0, share: float = SHARE) -> Split:
    """Part examples.

    The devices that are held out are those of made-up homes, where there are any: those of the owner's home
    shall all be learnt, and whether a name can be taken from a sentence that was in no example is seen from
    the others.

    Args:
        examples: in any order.
        seed: the same number, the same split.
        share: of phrasings, and of devices, that are held out.
    """
    chance = random.Random(f"split {seed}")  # noqa: S311 - a split that can be made again
    judged = [one for one in examples if one.source not in NEVER_HELD]
    phrasings = _some(_counted(map(phrasings_of, judged)), len(judged), share, chance)
    own = {device for one in judged if one.source == HOME for device in devices_of(one)}
    strange = [set(devices_of(one)) - own for one in judged]
    about = strange if any(strange) else [set(devices_of(one)) for one in judged]
    devices = _some(_counted(about), len(judged), share, chance)
    train, by_phrasing, by_device = [], [], []
    for one in examples:
        if one.source in NEVER_HELD:
            train.append(one)
        elif devices & set(devices_of(one)):
            by_device.append(one)
        elif phrasings & set(phrasings_of(one)):
            by_phrasing.append(one)
        else:
            train.append(one)
    held = {"phrasing": by_phrasing, "device": by_device}
    notes = tuple(f"nothing is held out by {what}: there are too few" for what in held if not held[what])
    return Split(tuple(train), tuple(by_phrasing), tuple(by_device), notes)


def phrasings_of(example: Example) -> list[str]:
    """Return the phrasings of its parts; where none is told, what was said is its own."""
    return (example.phrasing or example.messages[-1].content).split(JOINT)


def devices_of(example: Example) -> list[str]:
    """Return the ids of what it is about, without the homes that they are in."""
    return [device.rpartition("/")[2] for device in example.device.split()]


def _counted(found: Iterable[Iterable[str]]) -> Counter[str]:
    return Counter(name for names in found for name in set(names))


def _some(found: Counter[str], examples: int, share: float, chance: random.Random) -> frozenset[str]:
    """Return what is held out: at least one of `FEWEST`, none of fewer."""
    rare = sorted(name for name, count in found.items() if count <= max(1, COMMONEST * examples))
    if len(found) < FEWEST or not rare:
        return frozenset()
    return frozenset(chance.sample(rare, min(len(rare), max(1, round(share * len(found))))))
