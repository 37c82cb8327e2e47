"""Could this be answered at run time? Asked of what decides it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.llm.reader import Reader
from voiceslm.llm.tools import ASK, NONE, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.entities import Entity
    from voiceslm.llm.calls import Call


@dataclass(frozen=True, slots=True)
class Asked:
    """What the model may answer to one sentence."""

    menu: Mapping[str, Call]
    """Empty where it is not asked at all, or nothing is possible."""

    passes: bool
    """Whether the sentence is taken for one to the home; others become conversation without it."""

    def refusal(self, reply: str) -> str:
        """Say why ``reply`` would never be given; empty where it would.

        What is taken for conversation is not asked as a sentence to the home: calls for it are in vain.
        """
        if reply in (NONE, ASK):
            return ""
        if not self.menu:
            return "nothing in what is said tells which device is meant"
        if not self.allows(reply):
            line = next((line for line in reply.split("\n") if line not in self.menu), reply)
            return f"{line[:80]!r} cannot be answered to it; possible: {', '.join([*self.menu][:5])}"
        return "" if self.passes else "it is taken for conversation: more of it must speak of the home"

    def allows(self, reply: str) -> bool:
        """Say whether ``reply`` is an answer that can be given."""
        return reply in (NONE, ASK) or bool(self.menu and parse(reply, self.menu))


class Reach(Reader):
    """One home as the assistant knows it at run time."""

    def __init__(self, entities: Sequence[Entity], *, brief: bool = True) -> None:
        """Take up its words; some milliseconds."""
        super().__init__(entities, brief=brief)

    def asked(self, text: str) -> Asked:
        """Return what the model may answer to ``text``."""
        sentence = self.read(text)
        return Asked(self.menu(sentence), sentence.ours)
