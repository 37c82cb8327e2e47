"""What is said to a question about states. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.entities import Kind
from voiceslm.home.phrases import begun, binary, condition, listed, located, measured, the

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voiceslm.entities import Entity, State
    from voiceslm.events import Intent

NAMED = 4
"""So many entities are named in an answer; more are counted."""

UNKNOWN = "I don't know how {the} is."

_CLOSED = frozenset({"closed", "closing"})
_PLURALS: Mapping[Kind, str] = {
    Kind.LIGHT: "lights",
    Kind.FAN: "fans",
    Kind.SWITCH: "switches",
    Kind.LOCK: "locks",
}


def answer(intent: Intent, things: Sequence[Entity], state: Callable[[str], State]) -> str:
    """Answer HassGetState about ``things``: one, a yes or no, any, all, which or how many."""
    wanted = str(intent.slots.get("state", ""))
    if intent.asks in {"one", ""} or not wanted:
        return " ".join(_how(thing, state(thing.id)) for thing in things[:NAMED])
    so = [thing for thing in things if _is(thing, state(thing.id), wanted)]
    others = [thing for thing in things if thing not in so]
    said = _said(things[0], wanted)
    match intent.asks:
        case "one_yesno":
            return _yes_or_no(things[0], state(things[0].id), wanted)
        case "any":
            return f"Yes, {_named(so)} {_be(so)} {said}." if so else f"No, {_none(things)} {said}."
        case "all":
            return f"No, {_named(others)} {_be(others)} not." if others else f"Yes, all are {said}."
        case "which":
            return begun(f"{_named(so)} {_be(so)} {said}.") if so else begun(f"{_none(things)} {said}.")
        case _:
            return f"{len(so) or 'None'} of {len(things)}." if len(things) > 1 else _count(so, said)


def temperature(things: Sequence[Entity], state: Callable[[str], State]) -> str | None:
    """Answer how warm it is, from the first of ``things`` that knows; None where none does."""
    for thing in things:
        values = state(thing.id)
        value = values.get("current_temperature", values.get("state") if thing.kind is Kind.SENSOR else None)
        if isinstance(value, int | float):
            place = f" in the {thing.area}" if thing.area else f" at {the(thing)}"
            return f"It's {measured(value, thing.unit or '°C')}{place}."
    return None


def _how(thing: Entity, state: State) -> str:
    said = condition(thing, state)
    if not said:
        return UNKNOWN.format(the=the(thing))
    return begun(f"{the(thing)} is {said}.")


def _yes_or_no(thing: Entity, state: State, wanted: str) -> str:
    said = condition(thing, state)
    if not said:
        return UNKNOWN.format(the=the(thing))
    return f"{'Yes' if _is(thing, state, wanted) else 'No'}, {the(thing)} is {said}."


def _is(thing: Entity, state: State, wanted: str) -> bool:
    value = str(state.get("state", state.get("mode", "")))
    if value == wanted:
        return True
    if thing.kind in {Kind.COVER, Kind.VALVE} and wanted == "open":
        return bool(value) and value not in _CLOSED
    if thing.kind is Kind.BINARY_SENSOR:
        return bool(value) and binary(thing, value) == wanted
    if thing.kind is Kind.MEDIA_PLAYER and wanted == "on":
        return value not in {"", "off"}
    return False


def _said(thing: Entity, wanted: str) -> str:
    if thing.kind is Kind.BINARY_SENSOR and wanted in {"on", "off"}:
        return binary(thing, wanted)
    return wanted.replace("_", " ")


def _named(things: Sequence[Entity]) -> str:
    if len(things) <= NAMED:
        return listed([located(thing) for thing in things])
    return f"{len(things)} {_PLURALS.get(things[0].kind, 'of them')}"


def _none(things: Sequence[Entity]) -> str:
    return f"none of {len(things)} is" if len(things) > 1 else f"{the(things[0])} is not"


def _be(things: Sequence[Entity]) -> str:
    return "are" if len(things) > 1 else "is"


def _count(so: Sequence[Entity], said: str) -> str:
    return f"One is {said}." if so else f"None is {said}."
