"""Durations: from the slots of a sentence to seconds, and from seconds to words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.skills.skill import number
from voiceslm.skills.speech import joined, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceslm.skills.skill import Slots

_UNITS = (("hour", 3600), ("minute", 60), ("second", 1))
_MINUTE = 60
_COARSE = 600
"""Seconds. From here on nobody wants to hear the seconds that are left."""


def seconds_of(slots: Slots, prefix: str = "") -> int | None:
    """Return the seconds in the slots hours, minutes and seconds, None where none of them is filled.

    Args:
        slots: of an intent.
        prefix: of the three names, such as ``start_``.
    """
    parts = [(number(slots, f"{prefix}{unit}s"), length) for unit, length in _UNITS]
    filled = [count * length for count, length in parts if count is not None]
    return sum(filled) if filled else None


def spoken(seconds: float) -> str:
    """Return "1 hour, 5 minutes and 30 seconds"; never less than a second."""
    return joined([plural(count, unit) for count, unit in _parts(seconds)])


def spoken_left(seconds: float) -> str:
    """Return what is left as people tell it: from ten minutes on without the seconds."""
    return spoken(seconds if seconds < _COARSE else round(seconds / _MINUTE) * _MINUTE)


def adjective(seconds: float) -> str:
    """Return it as it stands before a noun: "10 minute", "1 hour 30 minute"."""
    return " ".join(f"{count} {unit}" for count, unit in _parts(seconds))


def _parts(seconds: float) -> Iterator[tuple[int, str]]:
    rest = max(1, round(seconds))
    for unit, length in _UNITS:
        count, rest = divmod(rest, length)
        if count:
            yield count, unit
