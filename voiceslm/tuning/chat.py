"""Does a tuned model still talk as it did? And what it is shown while it is tuned, so that it does.

What is compared is how likely the tuned model finds what its base says of itself to forty general questions.
Their answers themselves would be a poorer measure: a greedy reply turns at one token, and then differs in
every word though it is as good; and whether it is good nobody is there to judge. The likelihood sees every
token, needs no judge, and does not change where nothing has: the tuned model is `Drift.ratio` times as
surprised by the base's own words. A model of four bits is some 1.02 to 1.1 times as surprised by a text as
one of sixteen (llama.cpp's tables of quantisations), which nobody hears; up to `NOT_WORSE` is taken for that.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import TYPE_CHECKING

from voiceslm.llm import Message
from voiceslm.tuning import Example
from voiceslm.tuning.data import read
from voiceslm.tuning.likelihood import surprises
from voiceslm.worker import Cancel

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from voiceslm.llm import LanguageModel

    Progress = Callable[[Sequence[str]], Iterable[str]]

SOURCE = "chat"

NOT_WORSE = 1.2
"""Ratio of perplexities up to which a model talks as before."""

SHARE = 0.1
"""Of what is learnt, the part that the base's own replies are of, at most: they are repeated up to it."""

REPLY_TOKENS = 64
"""Of the base's reply: two or three sentences, as it says them aloud."""

_WHOLE = re.compile(r".*[.!?](?=\s|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a tuned model has gone from its base, in conversation."""

    base: float
    """Mean surprise of the base at its own replies, in nats a token."""

    tuned: float
    """That of the tuned model at the same replies."""

    questions: int

    touched: bool = True
    """Whether the adapter is applied to conversation at all."""

    @property
    def ratio(self) -> float:
        """Perplexity of the tuned model at them, to that of the base."""
        return math.exp(self.tuned - self.base) if self.questions else 1.0

    @property
    def acceptable(self) -> bool:
        """Whether it talks as before."""
        return self.ratio <= NOT_WORSE


UNTOUCHED = Drift(0.0, 0.0, 0, touched=False)
"""Of an adapter that is not applied to conversation: it is the base that talks."""


def questions(part: str = "judged") -> tuple[str, ...]:
    """Return general questions.

    Args:
        part: "kept", to train with (`replayed`), or "judged"; none is in both.
    """
    return _questions()[part]


def replayed(
    engine: LanguageModel, persona: str, asked: Sequence[str], *, progress: Progress = iter
) -> list[Example]:
    """Return ``asked`` with the model's own replies, in the form that it is asked in conversation.

    Trained among the rest, they keep it as it was: half a second each on two cores with the smallest model.

    Args:
        engine: of the base, taking the likeliest token always.
        persona: the system message of conversations.
        asked: questions.
        progress: wraps them to show how far it is.
    """
    found = []
    for question in progress(asked):
        messages = (Message("system", persona), Message("user", question))
        if reply := _reply(engine, messages):
            found.append(Example(messages, reply, SOURCE, question))
    return found


def repeats(own: int, others: int) -> int:
    """Return how often the base's own replies are learnt in one pass, so that they are `SHARE` of it.

    Whole times, so from half of `SHARE` on; but once at least, and more of it where little else is learnt.

    Args:
        own: tokens that are learnt of them.
        others: tokens that are learnt of everything else.
    """
    return max(1, int(others * SHARE / (1 - SHARE) / own)) if own else 1


def chat_drift(
    model: Path,
    adapter: Path,
    replies: Sequence[Example],
    *,
    heads: Collection[str] = (),
    threads: int = 2,
) -> Drift:
    """Compare a model with and without an adapter.

    Args:
        model: the base, a GGUF file.
        adapter: for it, likewise.
        replies: the base's own, from `replayed` with the questions that are judged.
        heads: what the adapter is applied to.
        threads: that compute.

    Raises:
        Problem: a file cannot be loaded.
    """
    before = surprises(model, replies, threads=threads)
    after = surprises(model, replies, adapter=adapter, heads=heads, threads=threads)
    pairs = [(b, a) for b, a in zip(before, after, strict=True) if math.isfinite(b) and math.isfinite(a)]
    if not pairs:
        return Drift(0.0, 0.0, 0)
    return Drift(fmean(b for b, _ in pairs), fmean(a for _, a in pairs), len(pairs))


def _reply(engine: LanguageModel, messages: Sequence[Message]) -> str:
    """Return the reply, of a long one the whole sentences: a model shall not learn to break off."""
    text = ""
    for count, token in enumerate(engine.reply(messages, Cancel()), 1):
        text += token.text
        if count >= REPLY_TOKENS:
            whole = _WHOLE.match(text)
            return whole[0].strip() if whole else ""
    return text.strip()


@lru_cache(maxsize=1)
def _questions() -> Mapping[str, tuple[str, ...]]:
    return {part: tuple(asked) for part, asked in read("chat.yaml").items()}
