"""How often a model answers exactly right: freely, and within what it may say at run time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from voiceslm.llm import Message
from voiceslm.llm.tools import BRIEF, grammar
from voiceslm.tuning.madeup import home_of
from voiceslm.tuning.reach import Reach
from voiceslm.worker import Cancel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from voiceslm.entities import Entity
    from voiceslm.llm import LanguageModel
    from voiceslm.tuning import Example

    Progress = Callable[[Sequence[Example]], Iterable[Example]]

MOST_TOKENS = 64
"""Of a free answer; five calls on devices with long names."""

HOMES_KNOWN = 4
"""Homes whose words are held at once: examples of one follow one another."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One example, and what the model said to it."""

    example: Example
    within: str
    """The likeliest answer that the grammar allows."""

    free: str | None = None
    """The likeliest of all; None where it was not asked so."""

    @property
    def right(self) -> bool:
        """Whether the answer within the grammar is the example's."""
        return same(self.within, self.example.reply)

    @property
    def right_freely(self) -> bool:
        """Whether the free one is."""
        return self.free is not None and same(self.free, self.example.reply)


@dataclass(frozen=True, slots=True)
class Score:
    """What a model said to a set of examples."""

    judged: tuple[Judged, ...]

    @property
    def share(self) -> float:
        """Exactly right within the grammar, 0 to 1; 0 of none."""
        return _share([one.right for one in self.judged])

    @property
    def free_share(self) -> float:
        """Exactly right freely, likewise."""
        return _share([one.right_freely for one in self.judged])

    @property
    def wrong(self) -> tuple[Judged, ...]:
        """What was not right within the grammar."""
        return tuple(one for one in self.judged if not one.right)

    def by_source(self) -> Mapping[str, Score]:
        """Return a score for each source."""
        found: dict[str, list[Judged]] = defaultdict(list)
        for one in self.judged:
            found[one.example.source].append(one)
        return {source: Score(tuple(judged)) for source, judged in sorted(found.items())}


def evaluate(
    engine: LanguageModel,
    entities: Sequence[Entity],
    examples: Iterable[Example],
    *,
    brief: bool = True,
    free: bool = True,
    progress: Progress = iter,
) -> Score:
    """Ask the model each sentence.

    Args:
        engine: takes the likeliest token always (temperature 0); it is used in this thread.
        entities: of the home; examples of made-up homes bring theirs (`madeup.home_of`).
        examples: those that are not asked with the home's head are passed over.
        brief: ask as a tuned model is asked; otherwise as one that is told the whole home first.
        free: ask without a grammar as well.
        progress: wraps them to show how far it is.
    """
    wanted = [one for one in examples if one.messages[:1] == (Message("system", BRIEF),)]
    wanted.sort(key=_home)
    reaches = lru_cache(HOMES_KNOWN)(lambda home: Reach(home_of(home) if home else entities, brief=brief))
    return Score(tuple(_judged(engine, one, reaches(_home(one)), free=free) for one in progress(wanted)))


def answered(engine: LanguageModel, reach: Reach, sentence: str, *, most_tokens: int = MOST_TOKENS) -> str:
    """Return what the model answers within the grammar, as at run time."""
    menu = reach.asked(sentence).menu
    messages = [*reach.head, Message("user", sentence)]
    return engine.choose(messages, grammar(menu), Cancel(), max_tokens=most_tokens)


def same(said: str, wanted: str) -> bool:
    """Say whether two answers come to the same: their order does not matter, nor space around."""
    return _lines(said) == _lines(wanted)


def _judged(engine: LanguageModel, example: Example, reach: Reach, *, free: bool) -> Judged:
    sentence = example.messages[-1].content
    within = answered(engine, reach, sentence)
    said = freely(engine, [*reach.head, Message("user", sentence)]) if free else None
    return Judged(example, within, said)


def freely(engine: LanguageModel, messages: Sequence[Message]) -> str:
    """Return what the model answers without a grammar."""
    text = ""
    for count, token in enumerate(engine.reply(messages, Cancel()), 1):
        text += token.text
        if count >= MOST_TOKENS:
            break
    return text


def _home(example: Example) -> str:
    """Return the made-up home that an example is of; empty for the owner's."""
    return example.device.partition("/")[0] if "/" in example.device else ""


def _lines(text: str) -> frozenset[str]:
    return frozenset(line.strip() for line in text.strip().split("\n"))


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0
