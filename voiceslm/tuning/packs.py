"""Many short examples in one row: what they begin with is computed once, and nothing is padded.

Commands for one home share their head and are some ten tokens long; one by one, or padded in a batch, most of
the work would go into computing the same again. A pack is a tree of depth one: a shared prefix, then each
example's own tokens, which see the prefix and themselves.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Iterator, Sequence

PACK_TOKENS = 448
"""Tokens of their own that examples in a pack have together; one step of training. Larger packs are hardly
quicker for each token, and fewer steps learn less in the same time."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example as token ids."""

    tokens: array[int]
    """All of it: the prompt as at run time, the reply, and the token that ends it."""

    reply: int
    """Index of the reply's first token; what is learnt begins there."""

    head: int
    """How many tokens precede the user's last words: probably those of other examples too."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Examples that are computed together."""

    examples: tuple[Encoded, ...]
    prefix: int
    """How many tokens they all begin with; computed once."""

    @property
    def computed(self) -> int:
        """Tokens that are computed."""
        return self.prefix + sum(len(example.tokens) - self.prefix for example in self.examples)

    @property
    def learnt(self) -> int:
        """Tokens that are learnt."""
        return sum(len(example.tokens) - example.reply for example in self.examples)


def packed(examples: Sequence[Encoded], *, seed: int, room: int = PACK_TOKENS) -> list[Pack]:
    """Return ``examples`` in packs, in an order that ``seed`` decides: the same seed, the same packs."""
    chance = random.Random(seed)  # noqa: S311 - an order that can be had again
    shuffled = [*examples]
    chance.shuffle(shuffled)
    by_head = sorted(shuffled, key=_head_of)
    packs: list[Pack] = []
    rest: list[Encoded] = []
    for _, group in groupby(by_head, key=_head_of):
        *full, last = _filled(group, room)
        packs += full
        rest += last.examples
    packs += _filled(rest, room) if rest else []
    chance.shuffle(packs)
    return packs


def endless(examples: Sequence[Encoded], *, seed: int, room: int = PACK_TOKENS) -> Iterator[Pack]:
    """Yield packs of all the examples, again and again, each time in another order."""
    turn = 0
    while True:
        yield from packed(examples, seed=seed + turn, room=room)
        turn += 1


def _head_of(example: Encoded) -> array[int]:
    return example.tokens[: example.head]


def _filled(examples: Iterable[Encoded], room: int) -> list[Pack]:
    """Return packs, each filled before the next begins; at least one of each is in it, however long."""
    packs: list[Pack] = []
    held: list[Encoded] = []
    own = prefix = 0
    for example in examples:
        shared = _shared(prefix, held[0], example) if held else example.reply - 1
        grown = own + (prefix - shared) * len(held) + len(example.tokens) - shared
        if held and grown > room:
            packs.append(Pack(tuple(held), prefix))
            held, shared, grown = [], example.reply - 1, len(example.tokens) - example.reply + 1
        held.append(example)
        own, prefix = grown, shared
    return [*packs, Pack(tuple(held), prefix)]


def _shared(prefix: int, first: Encoded, other: Encoded) -> int:
    """Return how many of ``prefix`` tokens of ``first`` another example begins with, too.

    The token before the reply is always an example's own: what is learnt first comes of it.
    """
    most = min(prefix, other.reply - 1)
    for index in range(most):
        if first.tokens[index] != other.tokens[index]:
            return index
    return most
