"""Whether what is wanted of an entity is among what can be set. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.entities import Choice, Span
from voiceslm.home.driver import Unable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.entities import Range, Value

_CHANNELS = ("red", "green", "blue")
_BRIGHTEST = 255


def allowed(wants: Mapping[str, Value], settable: Mapping[str, Range]) -> dict[str, Value]:
    """Return ``wants``, each of them as `settable` has it.

    Raises:
        Unable: nothing is wanted, or something that cannot be set, or to a value that it does not take.
    """
    if not wants:
        raise Unable("nothing is wanted of it")
    unknown = next((name for name in wants if name not in settable), None)
    if unknown is not None:
        raise Unable(f"its {unknown} cannot be set")
    return {name: _taken(name, value, settable[name]) for name, value in wants.items()}


def _taken(name: str, value: Value, limits: Range) -> Value:
    match limits:
        case Span(low=low, high=high):
            if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
                return value
            raise Unable(f"its {name} goes from {low:g} to {high:g}")
        case Choice(options=()):
            if isinstance(value, tuple) and len(value) == len(_CHANNELS) and all(map(_is_channel, value)):
                return value
            raise Unable(f"its {name} is red, green and blue, each from 0 to {_BRIGHTEST}")
        case Choice(options=options):
            word = str(value)
            folded = (option for option in options if option.casefold() == word.casefold())
            option = word if word in options else next(folded, None)
            if option is not None:
                return option
    raise Unable(f"its {name} cannot be that")


def _is_channel(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _BRIGHTEST
