"""The home through the language model: what a sentence may be about, and what the model says of it.

Pure: the model itself is asked by the pipeline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.entities import Change
from voiceslm.events import Intent, Route
from voiceslm.home import answers
from voiceslm.home.commands import command
from voiceslm.home.plan import Answer, Plan
from voiceslm.llm import Message
from voiceslm.llm.calls import Read, Step, Toggle
from voiceslm.llm.reader import Reader
from voiceslm.llm.tools import grammar, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.conversation.decision import Decision
    from voiceslm.conversation.router import Router
    from voiceslm.entities import Entity
    from voiceslm.home.home import Home
    from voiceslm.llm.calls import Call

UNCLEAR = "I'm not sure which device you mean."


@dataclass(frozen=True, slots=True)
class Request:
    """What the model is asked."""

    text: str
    messages: tuple[Message, ...]
    menu: Mapping[str, Call]
    """What it may answer, line by line, and the call that each line is.

    Empty where nothing tells which device is meant, or what it should do: then the user is to be asked.
    """

    @property
    def grammar(self) -> str:
        """GBNF of the answers."""
        return grammar(self.menu)


class Tooling:
    """One home as the model is told of it; learns it anew when it changes."""

    def __init__(self, home: Home, router: Router, area: str, *, brief: bool = False) -> None:
        """Know nothing before `learn`.

        Args:
            home: what is there, and how it is.
            router: says what a decision comes to.
            area: the room that the assistant stands in.
            brief: the model has learnt the home, and need not be told of it.
        """
        self._home = home
        self._router = router
        self._area = area
        self.brief = brief
        """Whether the model has learnt the home; counts from the next `learn` on."""
        self._reader: Reader | None = None

    def learn(self, entities: Sequence[Entity]) -> None:
        """Write the prompt of a home that has changed, and the index of its words; some milliseconds."""
        self._reader = Reader(entities, brief=self.brief) if entities else None

    @property
    def head(self) -> tuple[Message, ...]:
        """What the model reads before any sentence; empty where there is no home."""
        return self._reader.head if self._reader else ()

    def request(self, text: str) -> Request | None:
        """Return what to ask the model; None where ``text`` is not about this home."""
        reader = self._reader
        sentence = reader.read(text, self._area) if reader else None
        if reader is None or sentence is None or not sentence.ours:
            return None
        return Request(text, (*reader.head, Message("user", text)), reader.menu(sentence))

    def decision(self, request: Request, output: str) -> Decision | None:
        """Return what the model's ``output`` comes to; None where it takes the sentence for conversation."""
        decided = parse(output, request.menu) if request.menu else None
        if decided is None or decided.unclear:
            return self._unclear(request)
        if not decided.calls:
            return None
        intent = Intent("tools", text=request.text)
        changes = tuple(change for call in decided.calls if (change := self._change(call)))
        reads = tuple(call.entity for call in decided.calls if isinstance(call, Read))
        if changes:
            return self._router.decide(Plan(changes), (intent,), Route.TOOLS)
        things = [self._home.entities[thing] for thing in reads if thing in self._home.entities]
        asked = Intent("HassGetState")
        text = answers.answer(asked, things, self._home.state, self._home.available) if things else UNCLEAR
        return self._router.decide(Answer(text, reads), (intent,), Route.TOOLS)

    def _unclear(self, request: Request) -> Decision:
        """Ask back."""
        return self._router.decide(Answer(UNCLEAR), (Intent("tools", text=request.text),), Route.TOOLS)

    def _change(self, call: Call) -> Change | None:
        """Return the change that a call comes to as things are; None for a read."""
        if isinstance(call, Change):
            return call
        entity = self._home.entities.get(call.entity)
        if entity is None or isinstance(call, Read):
            return None
        if isinstance(call, Toggle):
            return command(Intent("HassToggle"), entity, self._home.state(entity.id))
        if isinstance(call, Step):
            slots = {"property": call.property, "direction": "up" if call.up else "down"}
            return command(Intent("HassAdjust", slots), entity, self._home.state(entity.id))
        return None
