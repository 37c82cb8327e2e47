"""What was said before, within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.llm import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class History:
    """The persona and the latest exchanges."""

    def __init__(self, persona: str, turns: int) -> None:
        """Begin with nothing said.

        Args:
            persona: the system message; never trimmed.
            turns: exchanges to remember at most.
        """
        self._persona = Message("system", persona)
        self._turns = turns
        self._exchanges: list[tuple[Message, Message]] = []

    def brief(self, persona: str) -> None:
        """Begin every conversation with another system message from now on."""
        self._persona = Message("system", persona)

    def messages(self) -> list[Message]:
        """Return persona and exchanges, oldest first."""
        return [self._persona, *(message for exchange in self._exchanges for message in exchange)]

    def add(self, user: str, assistant: str) -> None:
        """Remember an exchange. Beyond the bound the older half is forgotten.

        Forgetting one at a time would change the front of the prompt, and have it computed again, every turn.
        """
        self._exchanges.append((Message("user", user), Message("assistant", assistant)))
        if len(self._exchanges) > self._turns:
            del self._exchanges[: len(self._exchanges) - (self._turns + 1) // 2]

    def clear(self) -> None:
        """Forget everything but the persona."""
        self._exchanges.clear()

    def trim(self, fits: Callable[[Sequence[Message]], bool]) -> None:
        """Forget the oldest exchanges until the rest fits."""
        while self._exchanges and not fits(self.messages()):
            del self._exchanges[0]
