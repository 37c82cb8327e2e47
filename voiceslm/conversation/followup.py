"""What was meant a moment ago, for sentences that lean on it: "turn it off", "the bedroom too". Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.entities import Change, Result
from voiceslm.home.phrases import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.entities import Entity, Outcome
    from voiceslm.events import Intent
    from voiceslm.home.plan import Answer, Doubt, Plan

KEPT_SECONDS = 120.0
"""After so long "it" means nothing any more."""

NAMED = 4
"""With more things than this, "them" cannot be said with their names."""

_PRONOUN = re.compile(r"\b(?:that one|this one|it|them|they|those|these|that|this)\b", re.IGNORECASE)
_TOO = re.compile(
    r"^(?:and |also |now |then |do |same |the same )*(?:for |in |on |with |at )?(?:the )?(?P<what>.+?)"
    r"(?: too| as well| also)?[.?!]*$",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^(?:and|also|same|the same|what about|how about)\b|\b(?:too|as well|also)[.?!]*$", re.IGNORECASE
)
_ABOUT = re.compile(r"^(?:and )?(?:what|how) about\s+", re.IGNORECASE)
_OTHER = re.compile(
    r"^(?:no[, ]+)?(?:not (?:that|this) one[, ]+)?(?:i meant |i mean )?(?:the )?other (?:one|ones)?[.?!]*$",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:no[, ]+)?(?:i meant|i mean|no)[, ]+(?:the )?(?P<what>.+?)[.?!]*$", re.IGNORECASE
)
_ORDINALS: Mapping[str, int] = {"first": 0, "former": 0, "second": 1, "latter": 1, "third": 2, "last": -1}
_BOTH = re.compile(r"\b(?:both|all|each|either)\b", re.IGNORECASE)


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
    others: tuple[Plan | Answer, ...] = ()
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


def chosen(doubt: Doubt, text: str) -> Plan | Answer | None:
    """Return the one of the options that ``text`` names; None where it names none or several."""
    said = set(_words(text))
    named = [option for name, option in doubt.options if text.casefold().strip(" .?!") in name]
    if len(named) == 1:
        return named[0]
    scores = [len(said & set(_words(name))) for name, _ in doubt.options]
    best = max(scores, default=0)
    if best and scores.count(best) == 1:
        return doubt.options[scores.index(best)][1]
    for word, index in _ORDINALS.items():
        if word in said and -1 <= index < len(doubt.options):
            return doubt.options[index][1]
    return None


def everything(doubt: Doubt, text: str) -> tuple[Plan | Answer, ...]:
    """Return all options where ``text`` wants them all: "both"."""
    return tuple(option for _, option in doubt.options) if _BOTH.search(text) else ()


def wants_other(text: str) -> bool:
    """Say whether ``text`` says that the other one was meant."""
    return bool(_OTHER.match(text.strip()))


def spelled_out(text: str, meant: Meant) -> list[str]:
    """Return ``text`` with what it leaves open taken from what was ``meant``, likeliest first."""
    found = []
    phrase = listed([f"the {thing.name}" for thing in meant.things]) if len(meant.things) <= NAMED else ""
    if phrase and _PRONOUN.search(text):
        found.append(_PRONOUN.sub(phrase, text, count=1))
    about = _ABOUT.sub("", text)
    correction = _CORRECTION.match(text)
    match = correction or (_TOO.match(about) if _LEANS.search(text) else None)
    if match and len(meant.intents) == 1:
        found += _moved(meant.intents[0], match["what"])
    return found


def _moved(intent: Intent, what: str) -> list[str]:
    """Return the sentence of ``intent`` about ``what`` in place of what it was about."""
    sentence = intent.text.strip(" .?!")
    found = []
    for slot in ("name", "area", "floor"):
        value = str(intent.slots.get(slot, ""))
        if value and (at := sentence.casefold().find(value.casefold())) >= 0:
            found.append(f"{sentence[:at]}{what}{sentence[at + len(value) :]}")
    return [*found, f"{sentence} in the {what}"]


def undone(outcomes: Sequence[Outcome]) -> tuple[Change, ...]:
    """Return what brings back how things were before ``outcomes``, as far as that was known."""
    changes = []
    for outcome in outcomes:
        if outcome.result in {Result.DONE, Result.SENT, Result.SILENT}:
            before = {name: outcome.before[name] for name in outcome.change.wants if name in outcome.before}
            if outcome.before.get("state") == "off":
                before = {"state": "off"}
            if before:
                changes.append(Change(outcome.change.entity, before))
    return tuple(changes)


def _words(text: str) -> list[str]:
    skipped = {"the", "in", "one", "a", "of", "my", "please", "at", "i", "mean", "meant", "no", "yes"}
    return [word for word in re.findall(r"\w+", text.casefold()) if word not in skipped]
