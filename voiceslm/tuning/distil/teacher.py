"""Who teaches: a prompt in, a text out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.llm import Message

__all__ = ["NoAnswer", "Teacher"]


class NoAnswer(Exception):  # noqa: N818 - it is counted, and the next is asked
    """The teacher has said nothing that can be used; the text says why, in words to be counted by."""


class Teacher(Protocol):
    """A language model that is larger than the one that learns."""

    @property
    def name(self) -> str:
        """What it is called: model, and where it is asked."""
        ...

    @property
    def licence(self) -> str:
        """Terms under which what it writes may be used; empty where nobody said."""
        ...

    @property
    def remote(self) -> bool:
        """Whether what it is asked leaves this process."""
        ...

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, deadline: float, grammar: str = ""
    ) -> str:
        """Return what it writes to the last message, which is the user's.

        Args:
            messages: the conversation.
            max_tokens: where the text breaks off.
            deadline: seconds until it is given up.
            grammar: GBNF of what it may write, for those that can be held to one; others ignore it.

        Raises:
            NoAnswer: it writes nothing that can be used, or not in time.
            Problem: nobody needs to be asked again: no such model, no right to ask it.
        """
        ...
