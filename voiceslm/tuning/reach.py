"""Could this be answered at run time? Asked of what decides it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.llm.retrieve import Finder
from voiceslm.llm.scope import about_home, is_question, is_vague
from voiceslm.llm.tools import ASK, NONE, Tools, handles, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.entities import Entity
    from voiceslm.llm import Message
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


class Reach:
    """One home as the assistant knows it at run time."""

    def __init__(self, entities: Sequence[Entity], *, brief: bool = True) -> None:
        """Take up its words; some milliseconds."""
        self.entities = tuple(entities)
        self.handles = handles(entities)
        self._finder = Finder(entities)
        self._tools = Tools(entities, brief=brief)

    @property
    def head(self) -> tuple[Message, ...]:
        """What the model reads before the sentence."""
        return tuple(self._tools.head)

    def asked(self, sentence: str) -> Asked:
        """Return what the model may answer to ``sentence``."""
        question = is_question(sentence)
        found = self._finder.candidates(sentence, question=question)
        passes = about_home(sentence, found)
        if not question and is_vague(sentence, found):
            return Asked({}, passes)
        return Asked(self._tools.menu(sentence, [one for one, _ in found], question=question), passes)
