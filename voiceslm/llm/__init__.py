"""A conversation in, the words of a reply out, token by token."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.worker import Cancel

__all__ = ["LanguageModel", "Message", "Token"]

os.environ.setdefault("GOMP_SPINCOUNT", "500")
"""How often a thread of llama.cpp looks for the others before it sleeps; libgomp reads it once, as it loads.
A token has some 400 such meetings. OpenMP's default, spinning for milliseconds, makes one busy neighbour on
two cores cost a factor of 4 to 60; this costs nothing measurable on a quiet machine (docs/latency.md)."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: str
    """system, user or assistant."""

    content: str


@dataclass(frozen=True, slots=True)
class Token:
    """One step of a reply."""

    text: str
    """Whole characters this token completes; may be empty."""

    evaluated: int
    """Prompt tokens that had to be computed before the first token of this reply."""

    words: int
    """How many of those were the user's own words; the rest is the price of the format."""

    closing: float | None = None
    """How likely, to the model, the user's message ends where it does; None where it cannot say."""


class LanguageModel(Protocol):
    """What a conversation needs of a language model. `prepare` and `reply` run on the engine's worker."""

    def prepare(self, messages: Sequence[Message], cancel: Cancel, *, words: str = "") -> int:
        """Compute everything before the next user message, while there is time; return tokens evaluated.

        ``words`` is what that message will most likely begin with.
        """
        ...

    def leaves_room(self, messages: Sequence[Message]) -> bool:
        """Say whether a question and the longest reply still fit after ``messages``."""
        ...

    def reply(self, messages: Sequence[Message], cancel: Cancel) -> Iterator[Token]:
        """Answer the last message, which is the user's. Ends early when cancelled."""
        ...

    def weigh(self, messages: Sequence[Message], this: str, that: str, cancel: Cancel) -> float:
        """Return how much likelier the reply begins with ``this`` than with ``that``, as a logarithm."""
        ...

    def choose(
        self, messages: Sequence[Message], grammar: str, cancel: Cancel, *, max_tokens: int = 64
    ) -> str:
        """Return the likeliest answer to the last message that a GBNF ``grammar`` allows.

        It is cut off after ``max_tokens``, and where it is cancelled.

        Raises:
            Problem: the grammar cannot be parsed, or the messages are too long.
        """
        ...
