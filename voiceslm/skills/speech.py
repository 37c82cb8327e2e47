"""Small pieces of English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def joined(parts: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(parts) <= 1:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def plural(count: int, noun: str) -> str:
    """Return "1 minute", "2 minutes"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def counted(count: int, noun: str) -> str:
    """Return "one timer", "two timers", "11 timers"."""
    word = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f"{word} {noun}" if count == 1 else f"{word} {noun}s"


def every(count: int, noun: str) -> str:
    """Return "the only timer", "both timers", "all three timers"."""
    if count == 1:
        return f"the only {noun}"
    return f"both {noun}s" if count == 2 else f"all {counted(count, noun)}"  # noqa: PLR2004 - two are both


def begun(sentence: str) -> str:
    """Return it with a capital at the beginning and the rest as it is."""
    return sentence[:1].upper() + sentence[1:]
