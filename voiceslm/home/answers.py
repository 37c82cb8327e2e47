"""What is said to a question about states. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.entities import Kind
from voiceslm.home.conditions import UNDER_WAY, binary, condition, quantity, wanted, word
from voiceslm.home.phrases import be, begun, listed, located, noun, placed, the
from voiceslm.home.units import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voiceslm.entities import Entity, State
    from voiceslm.events import Intent

NAMED = 4
"""So many entities are named in an answer; more are counted."""

_PROPERTIES: Mapping[str, str] = {
    "color": "colour",
    "color_temperature": "colour temperature",
    "percentage": "speed",
    "temperature": "target temperature",
    "humidity": "target humidity",
    "current_humidity": "humidity",
}
"""Property -> its name, where that is another."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, and what it is about."""

    things: Sequence[Entity]
    wanted: str
    """The state that is asked for."""
    state: Callable[[str], State]
    reachable: Callable[[str], bool]
    anything: bool
    """Whether no kind of thing was said: "is anything on?"."""
    local: bool
    """Whether the room was said."""

    def so(self, thing: Entity) -> bool | None:
        """Say whether it is as asked; None where nobody knows."""
        return _is(thing, self.state(thing.id), self.wanted) if self.reachable(thing.id) else None

    def named(self, things: Sequence[Entity]) -> str:
        """Return their names, with the rooms where none was said; many are counted."""
        if len(things) > NAMED:
            return f"{len(things)} {'things' if self.anything else noun(self.things)}"
        return listed([the(thing) if self.local else located(thing) for thing in things])

    @property
    def said(self) -> str:
        """Return the state as it is said of them."""
        thing = self.things[0]
        alike = all(other.device_class == thing.device_class for other in self.things)
        if thing.kind is Kind.BINARY_SENSOR and alike and self.wanted in {"on", "off"}:
            return binary(thing, self.wanted)
        return word(self.wanted)

    @property
    def none(self) -> str:
        """Return that none is so."""
        if self.anything:
            return f"nothing is {self.said}"
        return f"none of the {len(self.things)} {noun(self.things)} is {self.said}"


def answer(
    intent: Intent,
    things: Sequence[Entity],
    state: Callable[[str], State],
    reachable: Callable[[str], bool] = lambda _entity: True,
) -> str:
    """Answer HassGetState about ``things``: one, a yes or no, any, all, which or how many.

    Args:
        intent: the question.
        things: what it is about, at least one.
        state: returns what an entity last reported.
        reachable: says whether an entity can be reached: of one that cannot, the last report says nothing.
    """
    slots = intent.slots
    asked = _Asked(
        things,
        str(slots.get("state", "")),
        state,
        reachable,
        "domain" not in slots and "device_class" not in slots,
        "area" in slots,
    )
    if name := str(slots.get("property", "")):
        return " ".join(_told(asked, thing, name) for thing in things[:NAMED])
    counts = intent.asks in {"which", "how_many"} and len(things) == 1
    if intent.asks in {"one", ""} or counts or not asked.wanted:
        return " ".join(_told(asked, thing) for thing in things[:NAMED])
    if intent.asks == "one_yesno" or len(things) == 1:
        return " ".join(_yes_or_no(asked, thing) for thing in things[:NAMED])
    return _of_many(asked, intent.asks)


def temperature(things: Sequence[Entity], state: Callable[[str], State]) -> str | None:
    """Answer how warm it is: of each room, what the first of its ``things`` knows; None where none does."""
    found: dict[str, str] = {}
    for thing in things:
        values = state(thing.id)
        value = values.get("current_temperature", values.get("state") if thing.kind is Kind.SENSOR else None)
        place = placed(thing.area) if thing.area else f"at {the(thing)}"
        if isinstance(value, int | float) and place not in found:
            found[place] = quantity(thing, "current_temperature", value)
    return f"It's {listed([f'{said} {place}' for place, said in found.items()][:NAMED])}." if found else None


def _told(asked: _Asked, thing: Entity, name: str = "") -> str:
    """Say how one thing is, or what one of its properties is."""
    state = asked.state(thing.id)
    if not asked.reachable(thing.id):
        return f"I can't reach {the(thing)} right now."
    if not name:
        return _how(thing, state)
    value = state.get(name)
    called = f"the {_PROPERTIES.get(name, plain(name))} of {the(thing)}"
    if value is None:
        return _how(thing, state) if state.get("state") == "off" else f"I don't know {called}."
    if isinstance(value, tuple):
        return begun(f"{called} is {wanted(thing, name, value)}.")
    said = plain(value) if isinstance(value, str) else quantity(thing, name, value)
    return begun(f"{called} is {said}.")


def _how(thing: Entity, state: State) -> str:
    said = condition(thing, state)
    if not said:
        return f"I don't know how {the(thing)} {be([thing])}."
    return begun(f"{the(thing)} {be([thing])} {said}.")


def _yes_or_no(asked: _Asked, thing: Entity) -> str:
    state = asked.state(thing.id)
    if not asked.reachable(thing.id):
        return _told(asked, thing)
    said, so = condition(thing, state), asked.so(thing)
    if so is None or not said:
        return f"I don't know whether {the(thing)} {be([thing])} {asked.said}."
    sentence = f"{the(thing)} {be([thing])} {said}."
    if state.get("state") in UNDER_WAY - {asked.wanted}:
        return begun(sentence)
    return f"{'Yes' if so else 'No'}, {sentence}"


def _of_many(asked: _Asked, asks: str) -> str:
    verdicts = [(thing, asked.so(thing)) for thing in asked.things]
    so = [thing for thing, verdict in verdicts if verdict]
    others = [thing for thing, verdict in verdicts if verdict is False]
    unknown = [thing for thing, verdict in verdicts if verdict is None]
    doubt = f" I don't know about {asked.named(unknown)}." if unknown else ""
    if not so and not others:
        return f"I don't know: I haven't heard from {asked.named(unknown)}."
    if asks == "any":
        return (
            f"Yes, {asked.named(so)} {be(so)} {asked.said}."
            if so
            else _negative("No, ", asked, others) + doubt
        )
    if asks == "all":
        return _all(asked, so, others, doubt)
    if asks == "which":
        named = begun(f"{asked.named(so)} {be(so)} {asked.said}.") if so else _negative("", asked, others)
        return named + doubt
    return _count(asked, so) + doubt


def _negative(start: str, asked: _Asked, others: Sequence[Entity]) -> str:
    """Say that none of ``others`` is so."""
    some = len(others) < len(asked.things)
    said = f"{asked.named(others)} {be(others)} not {asked.said}" if some else asked.none
    return begun(f"{start}{said}.")


def _all(asked: _Asked, so: Sequence[Entity], others: Sequence[Entity], doubt: str) -> str:
    if others:
        said = condition(others[0], asked.state(others[0].id)) if len(others) == 1 else f"not {asked.said}"
        return f"No, {asked.named(others)} {be(others)} {said}."
    if doubt:
        return begun(f"{asked.named(so)} {be(so)} {asked.said}.{doubt}")
    if asked.anything:
        return f"Yes, everything is {asked.said}."
    return f"Yes, all {len(so)} {noun(so)} are {asked.said}."


def _count(asked: _Asked, so: Sequence[Entity]) -> str:
    """Say how many of them are so."""
    many, called = len(asked.things), noun(asked.things)
    if not so:
        return begun(f"{asked.none}.")
    if len(so) == many:
        return f"All {many} {called} are {asked.said}."
    return f"{len(so)} of the {many} {called} {be(so)} {asked.said}."


def _is(thing: Entity, state: State, asked: str) -> bool | None:
    """Say whether an entity is in a state; None where it has not told."""
    value = state.get("state")
    if thing.kind in {Kind.COVER, Kind.VALVE} and value in {None, "stopped"}:
        at = state.get("position")
        value = None if at is None else "open" if at else "closed"
    if thing.kind in {Kind.CLIMATE, Kind.WATER_HEATER} and asked in {"on", "off"}:
        mode = "off" if value == "off" else state.get("mode", value)
        value = None if mode is None else "off" if mode == "off" else "on"
    if value is None:
        return None
    said = str(value)
    return said == asked or asked in _also(thing, said)


def _also(thing: Entity, value: str) -> frozenset[str]:
    """Return what else is true of an entity in state ``value``."""
    match thing.kind:
        case Kind.COVER | Kind.VALVE:
            return frozenset() if value == "closed" else frozenset({"open"})
        case Kind.BINARY_SENSOR:
            return frozenset({binary(thing, value)})
        case Kind.MEDIA_PLAYER:
            return frozenset({"off" if value in {"off", "standby"} else "on"})
        case Kind.ALARM:
            return frozenset({"armed"}) if value.startswith("armed_") else frozenset()
        case Kind.VACUUM | Kind.LAWN_MOWER:
            return frozenset({"cleaning", "on"}) if value == "mowing" else frozenset()
        case _:
            return frozenset()
