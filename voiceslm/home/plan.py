"""From intents to what is to be done or said about this home. Pure: it looks at states and changes none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Protocol, TypeAlias

from voiceslm.entities import Kind
from voiceslm.home import answers
from voiceslm.home.commands import changes, command
from voiceslm.home.phrases import NOUNS, be, begun, listed, located, placed, the, together
from voiceslm.home.refusals import beyond, refusal
from voiceslm.home.select import Several, kinds, selected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voiceslm.entities import Change, Entity, State
    from voiceslm.events import Intent

ASKED = 4
"""So many are named in "which one?"; with more, the room is asked for."""

CANNOT_SEARCH = "I can't look for music or films; I can play, pause, skip and set the volume."
NO_PEOPLE = "I can't tell where anybody is."
UNKNOWN = "I can't do that."

_ACTIVE: Mapping[str, frozenset[str]] = {
    "HassMediaUnpause": frozenset({"paused"}),
    "HassMediaPause": frozenset({"playing"}),
    "HassMediaStop": frozenset({"playing", "paused"}),
    "HassMediaNext": frozenset({"playing", "paused"}),
    "HassMediaPrevious": frozenset({"playing", "paused"}),
    "HassMediaPlayerMute": frozenset({"playing"}),
    "HassMediaPlayerUnmute": frozenset({"playing"}),
    "HassSetVolume": frozenset({"playing"}),
    "HassSetVolumeRelative": frozenset({"playing"}),
    "HassStopMoving": frozenset({"opening", "closing"}),
}
"""Intent -> states of what is meant where no name was said and anything is in such a state."""

_COLD_OR_HOT = frozenset(
    {"fridge", "freezer", "refrigerator", "oven", "water", "boiler", "cpu", "chip", "device"}
)
"""Words in the name of a thermometer that does not tell how warm the room is."""


class Place(Protocol):
    """A home to plan for."""

    @property
    def entities(self) -> Mapping[str, Entity]:
        """What there is, by id."""
        ...

    def state(self, entity: str) -> State:
        """Return what an entity last reported."""
        ...

    def available(self, entity: str) -> bool:
        """Say whether an entity can be reached."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done."""

    changes: tuple[Change, ...]
    text: str = ""
    """What is to be said besides what comes of it: the answer to a question that was asked along with it, or
    why a part of what was wanted cannot be done."""

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
    options: tuple[tuple[str, Part], ...]
    """The name of each, in lower case, and what it would come to, all else that was wanted included."""


Part: TypeAlias = Plan | Answer | Doubt


def plan(intents: Sequence[Intent], home: Place, area: str) -> Part:
    """Return what ``intents``, said in room ``area`` (empty: nobody knows), come to."""
    return joined([_plan(intent, home, area) for intent in intents])


def concerns(intent: Intent) -> bool:
    """Say whether ``intent`` is one of a home's at all."""
    return changes(intent) or intent.name in {
        "HassGetState",
        "HassClimateGetTemperature",
        "HassMediaSearchAndPlay",
    }


def doubt(entities: Sequence[Entity], option: Callable[[Entity], Plan | Answer]) -> Part:
    """Ask which of ``entities`` is meant; each would come to what ``option`` returns."""
    names = _told_apart(entities)
    parts = [option(entity) for entity in entities]
    if len(set(names)) < len(names):
        return joined(parts)
    if len(names) <= ASKED:
        question = f"Do you mean {listed(names, 'or')}?"
    else:
        question = "In which room?" if len({entity.area for entity in entities}) > 1 else "Which one?"
    return Doubt(question, tuple((name.casefold(), part) for name, part in zip(names, parts, strict=True)))


def joined(parts: Sequence[Part]) -> Part:
    """Return all of ``parts`` as one; where one of them is in doubt, the others wait with it."""
    for index, part in enumerate(parts):
        if isinstance(part, Doubt):
            before, after = parts[:index], parts[index + 1 :]
            options = tuple((name, joined([*before, option, *after])) for name, option in part.options)
            return Doubt(part.question, options)
    wanted = tuple(change for part in parts if isinstance(part, Plan) for change in part.changes)
    text = " ".join(part.text for part in parts if isinstance(part, Plan | Answer) and part.text)
    if wanted:
        return Plan(wanted, text)
    return Answer(text, tuple(id_ for part in parts if isinstance(part, Answer) for id_ in part.things))


def _plan(intent: Intent, home: Place, area: str) -> Part:
    if changes(intent):
        return _command(intent, home, area)
    if intent.slots.get("domain") == "person":
        return Answer(NO_PEOPLE)
    match intent.name:
        case "HassClimateGetTemperature":
            return _temperature(intent, home, area)
        case "HassMediaSearchAndPlay":
            return Answer(CANNOT_SEARCH)
        case "HassGetState":
            return _question(intent, home, area)
        case _:
            return Answer(UNKNOWN)


def _command(intent: Intent, home: Place, area: str) -> Part:
    def made(entity: Entity) -> Change | None:
        return command(intent, entity, home.state(entity.id))

    found = _meant(intent, home, area, lambda entity: made(entity) is not None)
    if not found:
        return Answer(_nothing(intent, home))
    return _of(found, lambda things: _done(intent, things, home, made))


def _meant(
    intent: Intent, home: Place, area: str, able: Callable[[Entity], bool]
) -> tuple[Entity, ...] | Several:
    """Return what a command is about; what cannot do it only where nothing there can."""
    if intent.entities or not kinds(intent):
        return selected(intent, home.entities, area, able)
    states = _ACTIVE.get(intent.name, frozenset())
    active = selected(
        intent,
        home.entities,
        area,
        lambda entity: home.state(entity.id).get("state") in states and able(entity),
    )
    if active:
        return active
    found = selected(intent, home.entities, area, lambda _entity: True)
    if isinstance(found, Several):
        return selected(intent, home.entities, area, able) or found
    return tuple(entity for entity in found if able(entity)) or found


def _done(
    intent: Intent, things: Sequence[Entity], home: Place, made: Callable[[Entity], Change | None]
) -> Plan | Answer:
    """Plan what ``things`` can do, and say what they cannot."""
    wanted: list[Change] = []
    said: dict[str, list[Entity]] = {}
    for thing in things:
        change = made(thing)
        why = beyond(thing, change) if change else ""
        if change and not why:
            wanted.append(change)
        elif change:
            said.setdefault(why, []).append(thing)
    text = " ".join(begun(f"{together(group)} {why}.") for why, group in said.items())
    if wanted:
        return Plan(tuple(wanted), text)
    return Answer(
        text or refusal(intent, things, home.state(things[0].id)), tuple(thing.id for thing in things)
    )


def _of(found: Sequence[Entity] | Several, part: Callable[[Sequence[Entity]], Plan | Answer]) -> Part:
    """Return what ``found`` comes to, or ask which of it is meant."""
    if not isinstance(found, Several):
        return part(found)
    if not found.by_room:
        return doubt(found.entities, lambda entity: part([entity]))
    ranked = sorted(found.entities, key=lambda entity: entity.area)
    rooms = [(room, list(group)) for room, group in groupby(ranked, key=lambda entity: entity.area)]
    named = [(placed(room) if room else "somewhere else", part(group)) for room, group in rooms]
    names = [name for name, _ in named]
    question = begun(f"{listed(names, 'or')}?") if len(names) <= ASKED else "In which room?"
    return Doubt(question, tuple((name.casefold(), option) for name, option in named))


def _question(intent: Intent, home: Place, area: str) -> Part:
    found = selected(intent, home.entities, area, lambda _entity: True)
    if not found:
        return Answer(_nothing(intent, home))
    return _of(
        found,
        lambda things: Answer(
            answers.answer(intent, things, home.state, home.available), tuple(thing.id for thing in things)
        ),
    )


def _temperature(intent: Intent, home: Place, area: str) -> Part:
    """Ask the thermostats, and where there is none, the thermometers."""

    def knows(entity: Entity) -> bool:
        thermometer = entity.kind is Kind.SENSOR and entity.device_class == "temperature"
        return thermometer or (entity.kind is Kind.CLIMATE and "current_temperature" in home.state(entity.id))

    def rank(entity: Entity) -> tuple[bool, bool]:
        return not _COLD_OR_HOT.isdisjoint(entity.name.casefold().split()), entity.kind is not Kind.CLIMATE

    def warmth(things: Sequence[Entity]) -> Answer:
        ranked = sorted((thing for thing in things if home.available(thing.id)), key=rank)
        text = answers.temperature(ranked, home.state)
        unknown = "I don't know how warm it is there."
        return Answer(text or unknown, tuple(thing.id for thing in ranked[:1]))

    found = selected(intent, home.entities, area, knows)
    return _of(found, warmth) if found else Answer(_nothing(intent, home, "thermometer"))


def _told_apart(entities: Sequence[Entity]) -> list[str]:
    """Return names by which ``entities`` can be told apart: with their rooms, or else their devices."""
    names = [located(entity) for entity in entities]
    if len(set(names)) == len(names):
        return names
    return [
        f"{name} of {entity.device}" if entity.device and names.count(name) > 1 else name
        for name, entity in zip(names, entities, strict=True)
    ]


def _nothing(intent: Intent, home: Place, what: str = "") -> str:
    """Say that there is no such thing here."""
    slots = intent.slots
    place = str(slots.get("area") or slots.get("floor") or "")
    where = placed(place) if place else "here"
    named = next((home.entities[id_] for id_ in intent.entities if id_ in home.entities), None)
    if named and named.area:
        return begun(f"{the(named)} {be([named])} {placed(named.area)}, not {where}.")
    allowed = kinds(intent)
    kind = next(iter(allowed)) if len(allowed) == 1 else ""
    said = str(slots.get("device_class", ""))
    if said and kind in {Kind.SENSOR, Kind.BINARY_SENSOR}:
        what = f"{said.replace('_', ' ')} sensor"
    what = what or NOUNS.get(said, NOUNS.get(kind, ("such thing",)))[0]
    return f"I know of no {what} {where}."
