"""What the runtime makes of a sentence to a home before any model is asked. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.llm.retrieve import Finder
from voiceslm.llm.scope import about_home, is_question, is_vague
from voiceslm.llm.tools import Tools, handles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.entities import Entity
    from voiceslm.llm.calls import Call

__all__ = ["Home", "Understood"]


@dataclass(frozen=True, slots=True)
class Understood:
    """A sentence, as far as rules understand it."""

    ours: bool
    """Whether it is taken for one to the home at all."""

    question: bool

    vague: bool
    """Whether it could be for any of several devices."""

    best: str
    """Id of the entity that it names best; empty for none."""

    menu: Mapping[str, Call]
    """The lines that may answer it."""


class Home:
    """One home, as the model is told of it."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        """Learn it."""
        self.entities = tuple(entities)
        self.tools = Tools(self.entities)
        self.brief = tuple(Tools(self.entities, brief=True).head)
        """What a model that has learnt this home reads before a sentence."""

        self.handles = handles(self.entities)
        self._finder = Finder(self.entities)

    def understood(self, text: str) -> Understood:
        """Return what is made of ``text``."""
        question = is_question(text)
        found = self._finder.candidates(text, question=question)
        ours = about_home(text, found)
        vague = not question and is_vague(text, found)
        candidates = [entity for entity, _ in found]
        menu = self.tools.menu(text, candidates, question=question) if ours and not vague else {}
        return Understood(ours, question, vague, found[0][0].id if found else "", menu)

    def line(self, entity: Entity, phrase: str) -> str:
        """Return the line that asks ``phrase`` of ``entity``."""
        return f"{self.handles[entity.id]} {phrase}"
