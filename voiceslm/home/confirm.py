"""What is said of what came of a command: from the outcome, never from the wish. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.entities import Outcome, Result
from voiceslm.home.conditions import UNDER_WAY, wanted, word
from voiceslm.home.guard import HURRIED
from voiceslm.home.phrases import be, begun, together
from voiceslm.home.refusals import UNABLE, beyond

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.entities import Change, Entity

OFFLINE = "I can't reach the devices right now."
TOO_MANY = "That's too many commands at once. Please wait a moment."
UNKNOWN = "I don't know that device."

_DEEDS: Mapping[str, str] = {
    "press": "pressed",
    "activate": "activated",
    "stop": "stopping",
    "next": "skipping to the next track on",
    "previous": "going back to the previous track on",
    "pause": "pausing",
    "locate": "calling",
    "open": "opening",
}
"""What is said to a deed that was sent, before the name. What the device makes of it is not reported."""

_STUCK = frozenset({"jammed", "error", "triggered"})
"""States that say why a device does not do what is wanted."""


@dataclass(frozen=True, slots=True)
class _Predicate:
    """What is said of an entity."""

    text: str
    verb: bool = False
    """Whether "is" or "are" stands between the name and the text."""
    before: bool = False
    """Whether the text stands before the name."""

    def of(self, things: Sequence[Entity]) -> str:
        """Return it as a sentence about ``things``."""
        if self.before:
            return begun(f"{self.text} {together(things)}.")
        return begun(f"{together(things)} {f'{be(things)} ' if self.verb else ''}{self.text}.")


def confirmation(outcomes: Sequence[Outcome], entities: Mapping[str, Entity]) -> str:
    """Return what came of a command as one or a few short sentences, the good news first."""
    known = [outcome for outcome in outcomes if outcome.change.entity in entities]
    results = {outcome.result for outcome in outcomes}
    if results == {Result.OFFLINE}:
        return OFFLINE
    if results == {Result.REFUSED} and all(outcome.reason == HURRIED for outcome in outcomes):
        return TOO_MANY
    said: dict[_Predicate, dict[str, Entity]] = {}
    order = list(Result)
    fresh = {_so(entities[found.change.entity], found) for found in known if found.result is Result.DONE}
    for outcome in sorted(known, key=lambda outcome: order.index(outcome.result)):
        entity = entities[outcome.change.entity]
        said.setdefault(_predicate(entity, outcome, fresh), {})[entity.id] = entity
    return " ".join(predicate.of([*things.values()]) for predicate, things in said.items()) or UNKNOWN


def expected(changes: Sequence[Change], entities: Mapping[str, Entity]) -> str:
    """Return what will be said if all goes well, so that its sound can be made meanwhile."""
    outcomes = []
    for change in changes:
        entity = entities.get(change.entity)
        reports = entity is not None and change.wants and change.wants.keys() <= entity.reports
        outcomes.append(Outcome(change, Result.DONE if reports else Result.SENT, after=change.wants))
    return confirmation(outcomes, entities)


def _predicate(entity: Entity, outcome: Outcome, fresh: set[str]) -> _Predicate:
    """Say what came of it; what was so before is only worth a word where nothing became so just now."""
    change = outcome.change
    match outcome.result:
        case Result.DONE | Result.ALREADY | Result.SENT if change.deed:
            return _Predicate(_DEEDS.get(change.deed, change.deed), before=True)
        case Result.DONE | Result.ALREADY:
            so = _so(entity, outcome)
            already = outcome.result is Result.ALREADY and so not in fresh
            return _Predicate(f"already {so}" if already else so, verb=True)
        case Result.SENT:
            return _Predicate(f"should now be {_wish(entity, change)}")
        case Result.SILENT:
            return _silent(outcome)
        case _:
            return _failed(entity, outcome)


def _silent(outcome: Outcome) -> _Predicate:
    """Say what keeps the device, where it says so."""
    state = str(outcome.after.get("state", ""))
    if state in _STUCK and state != outcome.before.get("state"):
        return _Predicate(word(state), verb=True)
    if state in UNDER_WAY and state != outcome.before.get("state"):
        return _Predicate(f"still {word(state)}", verb=True)
    return _Predicate("not responding", verb=True)


def _failed(entity: Entity, outcome: Outcome) -> _Predicate:
    match outcome.result:
        case Result.UNAVAILABLE:
            return _Predicate("offline", verb=True)
        case Result.OFFLINE:
            return _Predicate("out of reach right now", verb=True)
        case Result.REFUSED:
            return _Predicate("I'm not allowed to change", before=True)
        case _:
            return _Predicate(beyond(entity, outcome.change) or UNABLE)


def _so(entity: Entity, outcome: Outcome) -> str:
    """Say how it is now: what was wanted, or what the device reports on its way there."""
    now, wish = outcome.after.get("state"), outcome.change.wants.get("state")
    moved = {"state", "position"} & outcome.change.wants.keys()
    if moved and isinstance(now, str) and (now in UNDER_WAY or (wish in UNDER_WAY and now != wish)):
        return word(now)
    return _wish(entity, outcome.change)


def _wish(entity: Entity, change: Change) -> str:
    wants = {name: value for name, value in change.wants.items() if name != "state" or len(change.wants) == 1}
    return " and ".join(wanted(entity, name, value) for name, value in wants.items())
