"""What happens when, drawn ahead: the same seed, the same life."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

T = TypeVar("T")

GAP_MOST = 4
"""Turns from one mishap to the next, at most; one at least."""


class Kind(StrEnum):
    """What a turn consists of."""

    TIME = "asks for the time"
    COMMAND = "commands the home"
    CHAT = "asks the language model"
    STOP = "says stop into a reply"
    NEXT = "asks something else into a reply"
    HASTY = "speaks again before, or as, the answer comes"
    SILENCE = "says the wake word and nothing more"
    NOISE = "coughs"
    MQTT_ASK = "asks over MQTT, in writing"
    MQTT_ALOUD = "asks over MQTT, to be answered aloud"
    SAY = "has a text said at the door"
    HANG_UP = "asks at the door and goes away"
    MUTE = "mutes, is not heard, unmutes"


class Mishap(StrEnum):
    """What befalls the assistant besides."""

    BROKER_KILLED = "the broker is killed and started again"
    BROKER_STOPPED = "the broker is stopped and started again"
    BROKER_HANGS = "the broker hangs for a second"
    MICROPHONE = "the microphone is lost and comes back"
    LOUDSPEAKER = "the loudspeaker is lost and comes back"
    BOTH = "both are lost and come back"
    WAKE_WORD = "another wake word is chosen"
    FORGET = "the conversation is forgotten"


WEIGHTS = {Kind.TIME: 2, Kind.COMMAND: 3, Kind.CHAT: 2, Kind.STOP: 2, Kind.NEXT: 2, Kind.HASTY: 2}
"""Times that a kind is in each pack of turns, where that is not once."""

MISHAP_WEIGHTS = {Mishap.MICROPHONE: 4, Mishap.LOUDSPEAKER: 4, Mishap.BOTH: 2, Mishap.FORGET: 2}
"""The same of mishaps. A broker that comes and goes more often than twice a minute is kept at a distance, for
up to half a minute, and the soak would only wait for that."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the soak."""

    number: int
    """From 1."""

    kind: Kind
    mishap: Mishap | None
    meanwhile: bool
    """The mishap happens during the turn, not before it."""

    chance: int
    """Seed of what else is drawn in it."""


def schedule(turns: int, seed: int) -> list[Turn]:
    """Return so many turns. In each 20 is every kind; mishaps are dealt likewise, at first one of each."""
    chance = random.Random(f"soak {seed}")  # noqa: S311 - a life that can be lived again
    kinds = _dealt(_pack(Kind, WEIGHTS), chance)
    mishaps = chain(chance.sample(list(Mishap), len(Mishap)), _dealt(_pack(Mishap, MISHAP_WEIGHTS), chance))
    found = []
    due = chance.randint(1, GAP_MOST)
    for number in range(1, turns + 1):
        mishap = next(mishaps) if number == due else None
        due = number + chance.randint(1, GAP_MOST) if mishap else due
        found.append(Turn(number, next(kinds), mishap, chance.choice((True, False)), chance.getrandbits(32)))
    return found


def _pack(each: Iterable[T], weights: Mapping[T, int]) -> list[T]:
    return [one for one in each for _ in range(weights.get(one, 1))]


def _dealt(pack: Sequence[T], chance: random.Random) -> Iterator[T]:
    """Deal one shuffled pack after another."""
    while True:
        yield from chance.sample(pack, len(pack))
