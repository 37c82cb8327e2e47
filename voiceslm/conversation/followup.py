"""What was meant a moment ago, for sentences that lean on it: "turn it off", "the bedroom too". Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.conversation import leaning
from voiceslm.entities import Change, Result
from voiceslm.home.phrases import located, noun, placed, the
from voiceslm.home.plan import Answer, joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voiceslm.entities import Entity, Outcome, Value
    from voiceslm.events import Intent
    from voiceslm.home.plan import Doubt, Part, Plan

KEPT_SECONDS = 120.0
"""After so long "it" means nothing any more."""

NAMED = 4
"""With more things than this, "them" cannot be said with their names."""

OKAY = "Okay."

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_AMOUNT = re.compile(
    r"(?:make (?:it|that) )?(?:to )?(\d+(?:\.\d+)?)(?: ?(?:%|percent|degrees?))?", re.IGNORECASE
)
_PLACE = re.compile(r"^(?:(?:for|in|on|at|to|with) )?(?:the )?", re.IGNORECASE)

_COMMANDED: Mapping[str, str] = {
    "opening": "open",
    "closing": "closed",
    "locking": "locked",
    "unlocking": "unlocked",
    "standby": "off",
    "buffering": "playing",
    "idle": "paused",
}
"""State that cannot be commanded -> the one that comes nearest."""

_RESTING: Mapping[str, str] = {"vacuum": "returning", "lawn_mower": "docked"}
"""Kind -> what brings it back to rest, however it rested."""

_WORKING = frozenset({"cleaning", "mowing"})

_PASSING = frozenset({"arming", "disarming", "pending", "triggered", "jammed", "error"})
"""States that nothing brings back."""

_COLORS = ("color", "color_temperature")
_WIDE = 100
"""Per cent."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A command or a question as it was understood and, for a command, what came of it."""

    at: float
    """Clock seconds."""
    intents: tuple[Intent, ...] = ()
    things: tuple[Entity, ...] = ()
    """What it was about."""
    outcomes: tuple[Outcome, ...] = ()
    doubt: Doubt | None = None
    """What was asked back."""
    others: tuple[Plan, ...] = ()
    """What else it could have been."""


class Focus:
    """The last thing meant."""

    def __init__(self) -> None:
        """Begin with nothing meant."""
        self._meant: Meant | None = None

    def set(self, meant: Meant | None) -> None:
        """Take note of what was meant."""
        self._meant = meant

    def at(self, now: float) -> Meant | None:
        """Return what was meant lately."""
        meant = self._meant
        return meant if meant and now - meant.at <= KEPT_SECONDS else None


def chosen(doubt: Doubt, text: str) -> Part | None:
    """Return the one of the options that ``text`` names, or all of them as one for "both".

    None where it names none, may name several, or says anything else: then it is no answer.
    """
    options = [option for _, option in doubt.options]
    if leaning.is_neither(text):
        return Answer(OKAY)
    if leaning.is_both(text):
        return joined(options)
    index = 0 if leaning.is_either(text) else leaning.named(text, [name for name, _ in doubt.options])
    return None if index is None else options[index]


def wants_other(text: str) -> bool:
    """Say whether ``text`` says that the other one was meant."""
    return leaning.wants_other(text)


def alike(thing: Entity, entities: Mapping[str, Entity]) -> tuple[Entity, ...]:
    """Return what "the other one" may mean: of the same name, else kind and room, else kind."""
    others = [
        entity
        for entity in entities.values()
        if entity.kind is thing.kind and entity.id != thing.id and not entity.auxiliary
    ]
    named = [entity for entity in others if entity.name.casefold() == thing.name.casefold()]
    return tuple(named or [entity for entity in others if entity.area == thing.area] or others)


def takes_back(text: str) -> bool:
    """Say whether ``text`` begins by saying that what was done was not meant: "no, the bedroom"."""
    return bool(leaning.corrected(text))


def spelled_out(text: str, meant: Meant) -> list[str]:
    """Return ``text`` with what it leaves open taken from what was ``meant``, likeliest first."""
    found = [*_with_names(text, meant), *_with_places(text, meant)]
    what = leaning.added(text) or leaning.corrected(text)
    if what:
        found.append(what)
        found += [*_with_names(what, meant), *_with_places(what, meant)]
    if len(meant.intents) == 1 and (what or _AMOUNT.fullmatch(text.strip(" .?!"))):
        found += _moved(meant.intents[0], what or text.strip(" .?!"), meant.things)
    return [sentence for sentence in dict.fromkeys(found) if sentence != text]


def undone(outcomes: Sequence[Outcome]) -> tuple[Change, ...]:
    """Return what brings back how things were before ``outcomes``, as far as that was known."""
    acted = {Result.DONE, Result.SENT, Result.SILENT}
    found = [(outcome.change.entity, _before(outcome)) for outcome in outcomes if outcome.result in acted]
    return tuple(Change(entity, before) for entity, before in found if before)


def _with_names(text: str, meant: Meant) -> Iterator[str]:
    """Yield ``text`` with the things that were meant in place of its pronoun."""
    things = meant.things
    phrases = [located(things[0]), the(things[0])] if len(things) == 1 else [_group(meant)]
    yield from (filled for phrase in phrases if phrase and (filled := leaning.pronoun_filled(text, phrase)))
    if 1 < len(things) <= NAMED:
        each = [leaning.pronoun_filled(text.strip(" .?!"), located(thing)) for thing in things]
        if all(each):
            yield " and ".join(each)


def _with_places(text: str, meant: Meant) -> Iterator[str]:
    """Yield ``text`` with the room that was meant in place of "in there"."""
    areas = {thing.area for thing in meant.things}
    if len(areas) == 1 and (area := areas.pop()) and (filled := leaning.there_filled(text, placed(area))):
        yield filled


def _group(meant: Meant) -> str:
    """Return what several things that were not named are together: "the lights in the kitchen"."""
    slots = meant.intents[0].slots if len(meant.intents) == 1 else {}
    if not meant.things or not slots.keys() & {"domain", "device_class"}:
        return ""
    place = str(slots.get("area") or slots.get("floor") or "")
    return f"the {noun(meant.things)} {placed(place)}" if place else f"all the {noun(meant.things)}"


def _moved(intent: Intent, what: str, things: Sequence[Entity]) -> Iterator[str]:
    """Yield the sentence of ``intent`` about ``what`` in place of what it was about."""
    sentence = intent.text.strip(" .?!")
    if amount := _AMOUNT.fullmatch(what):
        if _NUMBER.search(sentence):
            yield _NUMBER.sub(amount[1], sentence, count=1)
        return
    what = _PLACE.sub("", what)
    known = [str(intent.slots.get(slot, "")) for slot in ("area", "floor")]
    if len(things) == 1:
        known += [things[0].area, str(intent.slots.get("name", "")), things[0].name]
    lowered, replaced = sentence.casefold(), False
    for said in filter(None, known):
        if (at := lowered.find(said.casefold())) >= 0:
            replaced = True
            yield f"{sentence[:at]}{what}{sentence[at + len(said) :]}"
    if not replaced and not intent.entities:
        yield f"{sentence} {placed(what)}"


def _before(outcome: Outcome) -> Mapping[str, Value]:
    """Return what has to be wanted of an entity for it to be as it was; empty where nobody knows."""
    state, wants = outcome.before, outcome.change.wants
    if not wants or state.get("state") in _PASSING:
        return {}
    if state.get("state") == "off":
        return {"state": "off"}
    before = {name: state[name] for name in wants if name in state}
    if not before and not wants.keys().isdisjoint(_COLORS):
        before = {name: state[name] for name in _COLORS if name in state}
    if "state" in before:
        at = state.get("position")
        if isinstance(at, int | float) and 0 < at < _WIDE:
            return {"position": at}
        before["state"] = _commanded(outcome.change.entity.partition(".")[0], before["state"])
    return before


def _commanded(kind: str, state: Value) -> Value:
    """Return what has to be commanded for an entity to come to ``state`` again."""
    if kind in _RESTING and state not in _WORKING:
        return _RESTING[kind]
    return _COMMANDED.get(str(state), state)
