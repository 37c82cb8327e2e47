"""What rules make of a sentence to a home, before any model is asked. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.llm.retrieve import Finder
from voiceslm.llm.scope import about_home, is_question, is_vague
from voiceslm.llm.tools import Tools, handles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.entities import Entity
    from voiceslm.llm import Message
    from voiceslm.llm.calls import Call


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, as far as rules understand it."""

    text: str
    ours: bool
    """Whether it is taken for one to the home at all; others become conversation."""

    question: bool
    vague: bool
    """Whether it could be for any of several devices."""

    candidates: tuple[Entity, ...]
    """What it may be about, the likeliest first."""


class Reader:
    """One home, as the model is told of it; make a new one when the home changes."""

    def __init__(self, entities: Sequence[Entity], *, brief: bool = False) -> None:
        """Take up its words; some milliseconds. ``brief`` as `Tools` has it."""
        self.entities = tuple(entities)
        self.handles = handles(entities)
        self._finder = Finder(entities)
        self._tools = Tools(entities, brief=brief)

    @property
    def head(self) -> tuple[Message, ...]:
        """What the model reads before any sentence."""
        return tuple(self._tools.head)

    def read(self, text: str, here: str = "") -> Sentence:
        """Return what is made of ``text``, said in the room ``here``."""
        question = is_question(text)
        found = self._finder.candidates(text, question=question, here=here)
        vague = not question and is_vague(text, found)
        candidates = tuple(entity for entity, _ in found)
        return Sentence(text, about_home(text, found), question, vague, candidates)

    def menu(self, sentence: Sentence) -> dict[str, Call]:
        """Return the lines that may answer it, and the call that each is; none where it is vague."""
        if sentence.vague:
            return {}
        return self._tools.menu(sentence.text, sentence.candidates, question=sentence.question)
