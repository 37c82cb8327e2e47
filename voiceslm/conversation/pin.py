"""A spoken PIN, checked here and nowhere else. Pure, over a passed-in clock."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.entities import Change

TRIES = 3
LOCKED_SECONDS = 300.0
"""After so many wrong PINs on end, for so long none is asked for: 10,000 of four digits take 11 days."""

ASK = "What's the PIN?"
WRONG = "That's not it. What's the PIN?"
LOCKED = "That was wrong too often. Try again in a few minutes."

_DIGITS: Mapping[str, str] = {
    **{str(digit): str(digit) for digit in range(10)},
    "zero": "0",
    "oh": "0",
    "o": "0",
    "nought": "0",
    "one": "1",
    "won": "1",
    "two": "2",
    "to": "2",
    "too": "2",
    "three": "3",
    "four": "4",
    "for": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "ate": "8",
    "nine": "9",
}
"""As whisper writes single digits, its homophones included."""

_TEENS: Mapping[str, str] = {
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "thirteen": "13",
    "fourteen": "14",
    "fifteen": "15",
    "sixteen": "16",
    "seventeen": "17",
    "eighteen": "18",
    "nineteen": "19",
}

_TENS: Mapping[str, str] = {
    "twenty": "2",
    "thirty": "3",
    "forty": "4",
    "fifty": "5",
    "sixty": "6",
    "seventy": "7",
    "eighty": "8",
    "ninety": "9",
}


_FILLERS = frozenset({"and", "the", "pin", "is", "it", "s", "code", "my", "please", "um", "uh"})


class Gatekeeper:
    """Holds what waits for the PIN."""

    def __init__(self, pin: str, clock: Callable[[], float]) -> None:
        """Guard with ``pin``, digits only; ``clock`` gives seconds, monotonic."""
        self._pin = pin
        self._clock = clock
        self._waiting: tuple[Change, ...] = ()
        self._wrong = 0
        self._locked_until = 0.0

    @property
    def waits(self) -> bool:
        """Whether the next thing said is taken for the PIN."""
        return bool(self._waiting)

    def ask(self, changes: tuple[Change, ...]) -> str:
        """Let ``changes`` wait for the PIN; return what to say."""
        if self._clock() < self._locked_until:
            return LOCKED
        self._waiting = changes
        return ASK

    def whole(self, text: str) -> bool:
        """Say whether as many digits were said as the PIN has."""
        return len(digits(text)) >= len(self._pin)

    def try_(self, text: str) -> tuple[Change, ...] | str | None:
        """Return what waited, if ``text`` is the PIN, or else what to say; None where it is no PIN at all.

        Nothing waits any more then, but after a wrong PIN.
        """
        changes, self._waiting = self._waiting, ()
        if not _numeric(text):
            return None
        if hmac.compare_digest(digits(text).encode(), self._pin.encode()):
            self._wrong = 0
            return changes
        self._wrong += 1
        if self._wrong >= TRIES:
            self._wrong, self._locked_until = 0, self._clock() + LOCKED_SECONDS
            return LOCKED
        self._waiting = changes
        return WRONG

    def forget(self) -> None:
        """Wait for nothing any more."""
        self._waiting = ()


def digits(text: str) -> str:
    """Return the digits that ``text`` says: "twelve thirty four", "1-2-3-4"; empty where it says more."""
    words = [word for word in _words(text) if word not in _FILLERS]
    found = []
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in _TENS:
            found.append(_TENS[word] + ("" if _DIGITS.get(following, "0") != "0" else "0"))
        elif word in _DIGITS or word in _TEENS:
            found.append(_DIGITS.get(word) or _TEENS[word])
        else:
            return ""
    return "".join(found)


def _numeric(text: str) -> bool:
    """Say whether a number stands in ``text``, homophones apart: "to" alone makes no PIN."""
    words = _words(text)
    return bool(digits(text)) or any(word.isdigit() or word in _TEENS or word in _TENS for word in words)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+|[0-9]", text.casefold())
