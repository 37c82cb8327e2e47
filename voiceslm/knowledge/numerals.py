"""Numbers in words to digits, in English, so that two texts can be compared. Pure."""

from __future__ import annotations

import re
from itertools import groupby

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve"
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"

_SMALL = {word: value for value, word in enumerate(f"{_UNITS} {_TEENS}".split())}
_LARGE = {word: 10 * value for value, word in enumerate(_TENS.split(), 2)}
VALUES = {**_SMALL, **_LARGE}
"""Words that are numbers alone."""

_SCALES = {"hundred": 100, "thousand": 1000}

_CLOCK_HOURS = 12
_FEWEST_DIGITS = 4
"""Single digits in a row that are one number: a telephone's."""

_WORD = re.compile(r"\d+(?:[:.]\d+)*|[^\W\d_]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_PLAIN = (
    ("\u2019", "'"),
    ("can't", "can not"),
    ("cannot", "can not"),
    ("won't", "will not"),
    ("n't", " not"),
    ("'s", " is"),
    ("'re", " are"),
)
_SAME = {"%": " percent ", "wi-fi": "wifi", "e-bike": "ebike"}


def words_of(text: str) -> list[str]:
    """Return the words of ``text`` in lower case, every number in digits, a time of day as 9:30."""
    plain = text.casefold()
    for before, after in (*_PLAIN, *_SAME.items()):
        plain = plain.replace(before, after)
    plain = _THOUSANDS.sub("", plain)
    return _joined_digits(_with_times(_numbered([_shortened(word) for word in _WORD.findall(plain)])))


def _shortened(word: str) -> str:
    """Return 9:30 for 09:30, and 15 for 15.00."""
    return re.sub(r"^0(?=\d:)", "", word).removesuffix(".00") if word[0].isdigit() else word


def _numbered(words: list[str]) -> list[str]:
    """Replace each number in words by digits; nine thirty stays two numbers."""
    found: list[str] = []
    at = 0
    while at < len(words):
        taken, value = _number(words[at:])
        found.append(str(value) if taken else words[at])
        at += max(taken, 1)
    return found


def _number(words: list[str]) -> tuple[int, int]:
    """Return how many words at the beginning are a number, and which."""
    if words[0] not in VALUES and words[:1] != ["hundred"]:
        return _a_hundred(words)
    taken, value = (1, VALUES[words[0]]) if words[0] in VALUES else (0, 1)
    if words[0] in _LARGE and len(words) > 1 and 0 < _SMALL.get(words[1], 0) <= 9:  # noqa: PLR2004 - a digit
        taken, value = 2, value + _SMALL[words[1]]
    return _scaled(words, taken, value)


def _a_hundred(words: list[str]) -> tuple[int, int]:
    if len(words) > 1 and words[0] == "a" and words[1] in _SCALES:
        return _scaled(words, 1, 1)
    return 0, 0


def _scaled(words: list[str], taken: int, value: int) -> tuple[int, int]:
    """Go on behind a number: hundred, thousand, and what is added to them."""
    if taken >= len(words) or words[taken] not in _SCALES:
        return taken, value
    value *= _SCALES[words[taken]]
    taken += 1
    link = 1 if words[taken : taken + 1] == ["and"] else 0
    rest = words[taken + link :]
    if rest and rest[0] in VALUES:
        more, added = _number(rest)
        if added < _SCALES[words[taken - 1]]:
            return taken + link + more, value + added
    return taken, value


def _with_times(words: list[str]) -> list[str]:
    """Write half past nine, a quarter to ten and nine thirty as times."""
    found: list[str] = []
    at = 0
    while at < len(words):
        taken, time = _time(words[at:])
        found.append(time if taken else words[at])
        at += max(taken, 1)
    return found


def _time(words: list[str]) -> tuple[int, str]:
    match words:
        case ["half", "past", hour, *_] if hour.isdigit():
            return 3, f"{hour}:30"
        case ["quarter", "past", hour, *_] if hour.isdigit():
            return 3, f"{hour}:15"
        case ["quarter", "to", hour, *_] if hour.isdigit():
            return 3, f"{(int(hour) - 2) % _CLOCK_HOURS + 1}:45"
        case [hour, ("10" | "15" | "20" | "30" | "40" | "45" | "50") as minutes, *_] if _is_hour(hour):
            return 2, f"{hour}:{minutes}"
    return 0, ""


def _is_hour(word: str) -> bool:
    return word.isdigit() and 1 <= int(word) <= _CLOCK_HOURS


def _joined_digits(words: list[str]) -> list[str]:
    found: list[str] = []
    for single, group in groupby(words, lambda word: len(word) == 1 and (word.isdigit() or word == "o")):
        run = [*group]
        digits = "".join(run).replace("o", "0")
        found += [digits] if single and len(run) >= _FEWEST_DIGITS else run
    return found
