"""The English of sentences that lean on others: corrections, pronouns, answers to "which one?". Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PRONOUN = re.compile(
    r"\b(?:(?:that|this) one|it|them|they|(?:that|this|those|these)"
    r"(?=$|[.,?!]|\s+(?:on|off|up|down|out|to|at|by|again|back|a|please|now|too)\b))(?!['’\w])",  # noqa: RUF001
    re.IGNORECASE,
)
"""What stands for a thing; "that" only where no noun follows it."""

_THERE = re.compile(r"\b(?:in|over) there\b|\bthere(?=[.?!]*$)", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:and|also|now|then|do|same|the same|what about|how about|but|okay|ok)\b[, ]*)+", re.IGNORECASE
)
_TRAIL = re.compile(r"[, ]*\b(?:too|as well|also|instead|please)[.?!]*$", re.IGNORECASE)
_TOO = re.compile(r"[, ]+(?:too|to|two)[.?!]*$", re.IGNORECASE)
_LEANS = re.compile(
    r"^(?:and|also|do the same|same|the same|what about|how about)\b|\b(?:too|as well|also|instead)[.?!]*$",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:(?:(?:no|nope|sorry|wait|actually)\b|not [^,]*,)[, ]*(?:but )?)*"
    r"(?:(?:i (?:meant|mean|said)|rather)[, ]+)?",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"^(?:(?:no|sorry|wait|not (?:that|this)(?: one)?|i (?:meant|mean|said))[, ]+)*"
    r"(?:the )?other(?: (?:one|light|lamp|fan|blind|door|switch|speaker)s?)?[.?!]*$",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"^(?:yes[, ]+)?(?:both|all|each|every one|everything|everywhere)(?: of (?:them|these|those))?"
    r"(?: (?:two|three|four|rooms|lights|lamps|please))*[.!]*$",
    re.IGNORECASE,
)
_EITHER = re.compile(r"^(?:either|any|whichever)(?: one| of them)?(?: is fine)?[.!]*$", re.IGNORECASE)
_NEITHER = re.compile(r"^(?:no|nope|none|neither)(?: of (?:them|these|those)| one)?[.!]*$", re.IGNORECASE)
_ORDINALS: Mapping[str, int] = {
    "first": 0,
    "1st": 0,
    "former": 0,
    "second": 1,
    "2nd": 1,
    "two": 1,
    "2": 1,
    "third": 2,
    "3rd": 2,
    "three": 2,
    "3": 2,
    "fourth": 3,
    "4th": 3,
    "latter": -1,
    "last": -1,
}
_SKIPPED = frozenset(
    {"the", "in", "on", "at", "of", "a", "one", "ones", "my", "is", "it", "that", "s", "i", "mean", "meant"}
    | {"yes", "no", "please", "number", "um", "uh"}
)
_GENERIC = frozenset({"light", "lights", "lamp", "lamps", "room", "thing", "device"})
"""Words that may be said of what goes by another name."""


def wants_other(text: str) -> bool:
    """Say whether ``text`` says that the other one was meant."""
    return bool(_OTHER.match(text.strip()))


def is_both(text: str) -> bool:
    """Say whether ``text`` answers "which one?" with all of them."""
    return bool(_BOTH.match(text.strip()))


def is_either(text: str) -> bool:
    """Say whether ``text`` answers "which one?" with any of them."""
    return bool(_EITHER.match(text.strip()))


def is_neither(text: str) -> bool:
    """Say whether ``text`` answers "which one?" with none of them."""
    return bool(_NEITHER.match(text.strip()))


def pronoun_filled(text: str, phrase: str) -> str:
    """Return ``text`` with ``phrase`` in place of its first pronoun; empty where it has none."""
    filled, count = _PRONOUN.subn(lambda _match: phrase, text, count=1)
    return filled if count else ""


def there_filled(text: str, phrase: str) -> str:
    """Return ``text`` with ``phrase`` in place of "in there"; empty where it has none."""
    filled, count = _THERE.subn(lambda _match: phrase, text, count=1)
    return filled if count else ""


def added(text: str) -> str:
    """Return what shall be done too: "the bedroom" of "and the bedroom too"; empty for nothing."""
    text = text.strip()
    return _TRAIL.sub("", _LEAD.sub("", text)).rstrip(" .?!") if _LEANS.search(text) else ""


def numbered(text: str) -> str:
    """Return ``text`` with a 2 for the "too" that it ends in, as whisper writes both; empty for none."""
    filled, count = _TOO.subn(" 2", text.strip())
    return filled if count else ""


def corrected(text: str) -> str:
    """Return what was meant: "the bedroom" of "no, I meant the bedroom"; empty where it corrects nothing."""
    text = text.strip()
    match = _CORRECTION.match(text)
    return _TRAIL.sub("", text[match.end() :]).rstrip(" .?!") if match and match.end() else ""


def named(text: str, names: Sequence[str]) -> int | None:
    """Return which of ``names`` an answer such as "the kitchen one" is, or "the second".

    None where it is none of them, may be several, or says anything else as well: then it is no answer.

    Args:
        text: the answer.
        names: in lower case, in the order in which they were said.
    """
    spoken = _words(text)
    phrase = f" {' '.join(spoken)} "
    holding = [
        index for index, name in enumerate(names) if spoken and phrase in f" {' '.join(_words(name))} "
    ]
    if len(holding) == 1:
        return holding[0]
    said = {word for word in spoken if word not in _SKIPPED}
    scores = [0 if said - words - _GENERIC else len(said & words) for words in map(set, map(_words, names))]
    best = max(scores, default=0)
    if best and scores.count(best) == 1:
        return scores.index(best)
    ordinal = said - _GENERIC
    index = _ORDINALS.get(next(iter(ordinal)), len(names)) if len(ordinal) == 1 else len(names)
    return index % len(names) if index < len(names) else None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
