"""From intents to what is to be done or said about this home. Pure: it looks at states and changes none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from voiceslm.entities import Kind
from voiceslm.home import answers
from voiceslm.home.commands import changes, command
from voiceslm.home.phrases import begun, listed, located, the
from voiceslm.home.select import Several, selected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voiceslm.entities import Change, Entity, State
    from voiceslm.events import Intent

ASKED = 4
"""So many are named in "which one?"; with more, the room is asked for."""

_QUESTIONS = frozenset({"HassGetState", "HassClimateGetTemperature"})

CANNOT_SEARCH = "I can't look for music or films; I can play, pause, skip and set the volume."


class Place(Protocol):
    """A home to plan for."""

    @property
    def entities(self) -> Mapping[str, Entity]:
        """What there is, by id."""
        ...

    def state(self, entity: str) -> State:
        """Return what an entity last reported."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done."""

    changes: tuple[Change, ...]

    @property
    def things(self) -> tuple[str, ...]:
        """Ids of what it is about."""
        return tuple(change.entity for change in self.changes)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be said; nothing is to be done."""

    text: str
    things: tuple[str, ...] = ()
    """Ids of what it is about."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """More than one thing may be meant."""

    question: str
    options: tuple[tuple[str, Plan | Answer], ...]
    """The name of each, in lower case, and what it would come to."""


def plan(intents: Sequence[Intent], home: Place, area: str) -> Plan | Answer | Doubt:
    """Return what ``intents``, said in room ``area`` (empty: nobody knows), come to."""
    parts = [_plan(intent, home, area) for intent in intents]
    if doubt := next((part for part in parts if isinstance(part, Doubt)), None):
        return doubt
    if all(isinstance(part, Plan) for part in parts):
        return Plan(tuple(change for part in parts if isinstance(part, Plan) for change in part.changes))
    # An answer among commands is either a question's, which the commands wait for, or why one cannot be done.
    told = [part for part in parts if isinstance(part, Answer)]
    return Answer(" ".join(part.text for part in told), tuple(id_ for part in told for id_ in part.things))


def concerns(intent: Intent) -> bool:
    """Say whether ``intent`` is one of a home's at all."""
    return changes(intent) or intent.name in _QUESTIONS or intent.name == "HassMediaSearchAndPlay"


def _plan(intent: Intent, home: Place, area: str) -> Plan | Answer | Doubt:
    if changes(intent):
        return _command(intent, home, area)
    if intent.name == "HassClimateGetTemperature":
        return _temperature(intent, home, area)
    if intent.name == "HassMediaSearchAndPlay":
        return Answer(CANNOT_SEARCH)
    return _question(intent, home, area)


def _command(intent: Intent, home: Place, area: str) -> Plan | Answer | Doubt:
    def made(entity: Entity) -> Change | None:
        return command(intent, entity, home.state(entity.id))

    found = selected(intent, home.entities, area, lambda entity: made(entity) is not None)
    if isinstance(found, Several):
        return doubt(
            found.entities, lambda entity: Plan((change,)) if (change := made(entity)) else _unable(entity)
        )
    wanted = tuple(change for entity in found if (change := made(entity)))
    if wanted:
        return Plan(wanted)
    return _unable(found[0]) if found else Answer(_nothing(intent))


def _question(intent: Intent, home: Place, area: str) -> Answer | Doubt:
    found = selected(intent, home.entities, area, lambda _entity: True)
    if isinstance(found, Several):
        return doubt(found.entities, lambda entity: _told(intent, [entity], home))
    return _told(intent, found, home) if found else Answer(_nothing(intent))


def _told(intent: Intent, found: Sequence[Entity], home: Place) -> Answer:
    return Answer(answers.answer(intent, found, home.state), tuple(entity.id for entity in found))


def _temperature(intent: Intent, home: Place, area: str) -> Answer | Doubt:
    """Ask the thermostats, and where there is none, the thermometers."""

    def knows(entity: Entity) -> bool:
        thermometer = entity.kind is Kind.SENSOR and entity.device_class == "temperature"
        return thermometer or (entity.kind is Kind.CLIMATE and "current_temperature" in home.state(entity.id))

    found = selected(intent, home.entities, area, knows)
    if isinstance(found, Several):
        return doubt(found.entities, lambda entity: _warmth([entity], home))
    ranked = sorted(found, key=lambda entity: entity.kind is not Kind.CLIMATE)
    return _warmth(ranked, home) if ranked else Answer(_nothing(intent, "thermometer"))


def _warmth(things: Sequence[Entity], home: Place) -> Answer:
    text = answers.temperature(things, home.state) or "I don't know the temperature there."
    return Answer(text, tuple(thing.id for thing in things[:1]))


def doubt(entities: Sequence[Entity], option: Callable[[Entity], Plan | Answer]) -> Doubt:
    """Ask which of ``entities`` is meant; each would come to what ``option`` returns."""
    names = [located(entity) for entity in entities]
    question = f"Do you mean {listed(names, 'or')}?" if len(names) <= ASKED else "In which room?"
    return Doubt(
        question,
        tuple((name.casefold(), option(entity)) for name, entity in zip(names, entities, strict=True)),
    )


def _unable(entity: Entity) -> Answer:
    return Answer(f"{begun(the(entity))} can't do that.")


def _nothing(intent: Intent, what: str = "") -> str:
    """Say that there is no such thing here."""
    slots = intent.slots
    what = what or str(slots.get("device_class") or slots.get("domain") or "such device").replace("_", " ")
    where = slots.get("area") or slots.get("floor")
    return f"I know of no {what} in the {where}." if where else f"I know of no {what} here."
