"""GBNF, the grammar notation of llama.cpp, as text: literals, numbers in a range, alternatives. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voiceslm.entities import Span

DECIMALS = 2
"""Digits after the point, at most."""

LARGEST = 1e9
"""Numbers beyond this are cut off: a device that claims to take more means "no bound"."""


def literal(text: str) -> str:
    """Return the rule that matches ``text`` and nothing else; whatever it contains is only data."""
    return '"' + "".join(_spelled(character) for character in text) + '"'


def either(alternatives: Iterable[str]) -> str:
    """Return the rule that matches one of the rules given; there must be one."""
    return "(" + " | ".join(alternatives) + ")"


def number(span: Span) -> str | None:
    """Return the rule for numbers from low to high; None where there is no whole number between.

    Where the step is no whole number, decimals may follow; the last ones may then exceed the range.
    """
    if not (math.isfinite(span.low) and math.isfinite(span.high)):
        return None
    low, high = math.ceil(max(span.low, -LARGEST)), math.floor(min(span.high, LARGEST))
    if low > high:
        return None
    rules = []
    if low < 0:
        rules.append('"-" ' + either(_whole(max(1, -high), -low)))
    if high >= 0:
        rules.append(either(_whole(max(0, low), high)))
    fraction = "" if float(span.step).is_integer() else f' ("." [0-9]{{1,{DECIMALS}}})?'
    return either(rules) + fraction


def _spelled(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return f"\\U{ord(character):08X}"


def _whole(low: int, high: int) -> Iterable[str]:
    """Yield rules for the numbers from low to high, both 0 or more; together they match all."""
    for length in range(len(str(low)), len(str(high)) + 1):
        first = max(low, 10 ** (length - 1) if length > 1 else 0)
        last = min(high, 10**length - 1)
        yield from _digits(str(first), str(last))


def _digits(first: str, last: str) -> Iterable[str]:
    """Yield rules for the numbers between two of the same length, by their leading digit."""
    if len(first) == 1:
        yield f"[{first}-{last}]"
        return
    rest = len(first) - 1
    for lead in range(int(first[0]), int(last[0]) + 1):
        lowest = first[1:] if lead == int(first[0]) else "0" * rest
        highest = last[1:] if lead == int(last[0]) else "9" * rest
        if (lowest, highest) == ("0" * rest, "9" * rest):
            yield f'"{lead}" [0-9]{{{rest}}}'
        else:
            yield f'"{lead}" ' + either(_digits(lowest, highest))
