"""A home, as a teacher is told of it and as a model that has learnt it is asked. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.llm.reader import Reader
from voiceslm.llm.tools import Tools

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.entities import Entity


class Home(Reader):
    """One home; its `head` tells all of it."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        """Learn it."""
        super().__init__(entities)
        self.brief = tuple(Tools(entities, brief=True).head)
        """What a model that has learnt this home reads before a sentence."""

    def line(self, entity: Entity, phrase: str) -> str:
        """Return the line that asks ``phrase`` of ``entity``."""
        return f"{self.handles[entity.id]} {phrase}"
