"""A spoken PIN, checked here and nowhere else. Pure, over a passed-in clock."""

from __future__ import annotations

import hmac
import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.entities import Change

TRIES = 3
LOCKED_SECONDS = 300.0
"""After so many wrong PINs on end, for so long none is asked for: 10,000 of four digits take 11 days."""

WAITS_SECONDS = 30.0
"""So long after it was asked for, the PIN is waited for."""

ASK = "What's the PIN?"
WRONG = "That's not it. What's the PIN?"
LATE = "That took too long. Please ask again."
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

_TIMES: Mapping[str, int] = {"double": 2, "triple": 3}

_HOMOPHONES = frozenset({"oh", "o", "won", "to", "too", "for", "ate"})
"""Digits that are more often other words."""

_FILLERS = frozenset({"and", "the", "pin", "is", "it", "s", "code", "my", "please", "um", "uh", "okay", "ok"})


class Gatekeeper:
    """Holds what waits for the PIN."""

    def __init__(self, pin: str, clock: Callable[[], float]) -> None:
        """Guard with ``pin``, digits only; ``clock`` gives seconds, monotonic."""
        self._pin = pin
        self._clock = clock
        self._waiting: tuple[Change, ...] = ()
        self._waits_until = 0.0
        self._wrong = 0
        self._locked_until = 0.0

    @property
    def asked(self) -> bool:
        """Whether the next thing said may be the PIN, be it too late: nobody may see it."""
        return bool(self._waiting)

    def ask(self, changes: tuple[Change, ...]) -> str:
        """Let ``changes`` wait for the PIN; return what to say."""
        self.forget()
        if self._clock() < self._locked_until:
            return LOCKED
        self._wait(changes)
        return ASK

    def whole(self, text: str) -> bool:
        """Say whether as many digits were said as the PIN has."""
        return len(self._attempt(text) or "") >= len(self._pin)

    def try_(self, text: str) -> tuple[Change, ...] | str | None:
        """Return what waited, if ``text`` is the PIN, or else what to say; None where it is no PIN at all.

        Nothing waits any more then, but after a wrong PIN.
        """
        changes, late = self._waiting, self._clock() >= self._waits_until
        self.forget()
        attempt = self._attempt(text)
        if not changes or attempt is None:
            return None
        if late:
            return LATE
        if hmac.compare_digest(attempt.encode(), self._pin.encode()):
            self._wrong = 0
            return changes
        self._wrong += 1
        if self._wrong >= TRIES:
            self._wrong, self._locked_until = 0, self._clock() + LOCKED_SECONDS
            return LOCKED
        self._wait(changes)
        return WRONG

    def forget(self) -> None:
        """Wait for nothing any more."""
        self._waiting = ()

    def _wait(self, changes: tuple[Change, ...]) -> None:
        self._waiting, self._waits_until = changes, self._clock() + WAITS_SECONDS

    def _attempt(self, text: str) -> str | None:
        """Return the digits of ``text``, if it is an attempt: digits alone, or enough of them among words.

        One homophone alone is none ("oh", "too"), nor is a number in another sentence ("in 5 minutes").
        """
        alone, among = digits(text), _digits([word for word in _words(text) if word not in _HOMOPHONES])
        whole = len(self._pin)
        if alone and (len(alone) >= whole or among):
            return alone
        return among if among and len(among) >= whole else None


def digits(text: str) -> str:
    """Return the digits that ``text`` says: "twelve thirty four", "1-2-3-4"; empty where it says more."""
    words = [word for word in _words(text) if word not in _FILLERS]
    return _digits(words) if all(_is_number(word) for word in words) else ""


def _digits(words: list[str]) -> str:
    """Return the digits of ``words``, whatever stands between them."""
    numbers = [word for word in words if _is_number(word)]
    found = []
    times = 1
    for word, following in pairwise([*numbers, ""]):
        if word in _TIMES:
            times = _TIMES[word]
            continue
        if word in _TENS:
            said = _TENS[word] + ("" if _DIGITS.get(following, "0") != "0" else "0")
        else:
            said = _DIGITS.get(word) or _TEENS[word]
        found.append(said * times)
        times = 1
    return "".join(found)


def _is_number(word: str) -> bool:
    return word in _DIGITS or word in _TEENS or word in _TENS or word in _TIMES


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+|[0-9]", text.casefold())
