"""How devices write the values of properties: from a payload's text to a value and back. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceslm.entities import Choice, Span
from voiceslm.home.template_functions import parsed_json
from voiceslm.home.templates import ConfigRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from voiceslm.entities import Range, Value

LONGEST_TEXT = 255
"""Characters of a value that is text; as in Home Assistant."""

LARGEST_WHOLE = 10**15
"""Whole numbers beyond are left as floats, which hold no more of them."""

MIRED = 1_000_000
"""A colour temperature in mired times one in kelvin."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One property's values and their texts."""

    range: Range | None
    """What can be set; None for nothing."""

    decode: Callable[[str], Value | None]
    """From what a device reports, space around it taken off; None where it tells nothing. Never raises."""

    encode: Callable[[Value], str | float] = str
    """To what a device is sent, from a value that is in ``range``."""


def span(low: float, high: float, step: float = 1.0) -> Span:
    """Return the span from ``low`` to ``high``.

    Raises:
        ConfigRefused: it is empty, or the step is none.
    """
    if low > high or step <= 0:
        raise ConfigRefused(f"no number is in the range from {low} to {high} in steps of {step}")
    return Span(low, high, step)


def number(low: float, high: float, step: float = 1.0) -> Codec:
    """Return the codec of a number that is written as it is."""
    return Codec(span(low, high, step), parsed_number, as_number)


def percent(zero: float, full: float, least: float | None = None) -> Codec:
    """Return the codec of 0 to 100 %, which a device counts from ``zero`` to ``full`` in whole steps.

    Args:
        zero: what the device says for 0 %.
        full: what it says for 100 %; may be less than ``zero``.
        least: what it is sent for anything above 0 % that would be less; None for no such thing.

    Raises:
        ConfigRefused: ``zero`` is ``full``.
    """
    if zero == full:
        raise ConfigRefused(f"0 % and 100 % are both {full}")
    steps = abs(full - zero)

    def decode(text: str) -> Value | None:
        device = parsed_number(text)
        if device is None:
            return None
        share = min(max((device - zero) / (full - zero), 0.0), 1.0)
        return max(round(100 * share), 1 if share else 0)

    def encode(value: Value) -> float:
        share = as_number(value) / 100
        device = round(zero + share * (full - zero))
        return device if least is None or not share else max(device, least)

    return Codec(Span(0, 100, max(1.0, 100 / steps)), decode, encode)


def kelvin(low: float, high: float) -> Codec:
    """Return the codec of a colour temperature in kelvin."""
    return Codec(
        span(low, high), lambda text: _positive(parsed_number(text)), lambda value: round(as_number(value))
    )


def mired(low: float, high: float) -> Codec:
    """Return the codec of kelvin that are sent as mired, from ``low`` (cold) to ``high`` (warm).

    Raises:
        ConfigRefused: there is no such temperature.
    """
    if low <= 0 or high <= 0:
        raise ConfigRefused("a colour temperature of 0 mired")

    def decode(text: str) -> Value | None:
        device = _positive(parsed_number(text))
        return None if device is None else round(min(MIRED / device, MIRED))

    return Codec(
        span(math.ceil(MIRED / high), math.floor(MIRED / low)),
        decode,
        lambda value: min(max(round(MIRED / as_number(value)), math.ceil(low)), math.floor(high)),
    )


def wording(commands: Mapping[str, str | None], reports: Mapping[str, str | None] | None = None) -> Codec:
    """Return the codec of states that have words of the device's own.

    Args:
        commands: state -> the payload that brings it about; None for a state that cannot be commanded.
        reports: state -> the payload that reports it; None for the same words as the commands.
    """
    payloads = {state: payload for state, payload in commands.items() if payload is not None}
    words = {word: state for state, word in (reports or commands).items() if word}
    settable = Choice(tuple(payloads)) if payloads else None
    return Codec(settable, _lookup(words), lambda value: payloads[str(value)])


def choice(options: Iterable[str]) -> Codec:
    """Return the codec of one of several words; where there are none, any may be reported and none set."""
    words = tuple(options)
    if not words:
        return Codec(None, parsed_text)
    return Codec(Choice(words), _lookup({word: word for word in words}))


def reported(decode: Callable[[str], Value | None]) -> Codec:
    """Return the codec of what is only read."""
    return Codec(None, decode)


def parsed_number(text: str) -> int | float | None:
    """Return the finite number that ``text`` writes, a whole one as int."""
    try:
        value = float(text)
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < LARGEST_WHOLE else value


def parsed_text(text: str) -> str | None:
    """Return ``text`` as one line of printable characters."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * LONGEST_TEXT])
    return " ".join(printable.split())[:LONGEST_TEXT] or None


def json_object(text: str) -> Mapping[str, Any]:
    """Return the JSON object that ``text`` is, or an empty one."""
    try:
        value = parsed_json(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def field(found: Mapping[str, Any], key: str) -> str:
    """Return the text or number under ``key`` as text; empty where there is none."""
    value = found.get(key)
    return str(value) if isinstance(value, str | int | float) else ""


def as_number(value: Value) -> int | float:
    """Return ``value``, a whole number as int; only for values that a `Span` has let through."""
    assert isinstance(value, int | float)
    return int(value) if float(value).is_integer() else value


def _positive(value: float | None) -> int | float | None:
    return None if value is None or value <= 0 else value


def _lookup(words: Mapping[str, str]) -> Callable[[str], str | None]:
    """Return the search for a word: as it is written, else whatever its case; devices and configs differ."""
    folded = {word.casefold(): meaning for word, meaning in reversed(list(words.items()))}
    return lambda text: words.get(text) or folded.get(text.casefold())
