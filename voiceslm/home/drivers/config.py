"""One entity's discovery config, read as tolerantly as Home Assistant reads it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from voiceslm.home.templates import ConfigRefused, Template

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TOPIC = 65_535
"""Bytes of UTF-8; MQTT 3.1.1, section 1.5.3."""

MOST_WORDS = 256
"""Options of one choice; what is beyond is left out."""

LARGEST_NUMBER = 1e15
"""Floats are exact up to here, and no scale of a device comes near it."""

_TRUE = frozenset({"true", "yes", "on", "enable", "1"})
_FALSE = frozenset({"false", "no", "off", "disable", "0"})


class Config:
    """A flat config with full key names. Whatever is null counts as absent, except a payload."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        """Read from ``raw``; nothing is checked before it is asked for.

        Raises:
            ConfigRefused: ``qos`` is none.
        """
        self._raw = raw
        self.qos = int(self.number("qos", 0))
        if self.qos not in {0, 1, 2}:
            raise ConfigRefused("qos is not 0, 1 or 2")

    def has(self, key: str) -> bool:
        """Say whether ``key`` is there and not null."""
        return self._raw.get(key) is not None

    def text(self, key: str, default: str = "") -> str:
        """Return text; numbers and booleans are written as Python writes them, as Home Assistant does.

        Raises:
            ConfigRefused: it is a list or a mapping, or cannot be encoded.
        """
        value = self._raw.get(key)
        return default if value is None else _text(key, value)

    def payload(self, key: str, default: str | None = None) -> str | None:
        """Return what is to be published or compared; None where it is null, for what cannot be done."""
        return self.text(key) if self.has(key) else None if key in self._raw else default

    def number(self, key: str, default: float) -> float:
        """Return a number, a whole one as int.

        Raises:
            ConfigRefused: it is none.
        """
        value = self._raw.get(key)
        if value is None:
            return default
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not abs(number) <= LARGEST_NUMBER:
            raise ConfigRefused(f"{key} is no number, or too large a one")
        return int(number) if number.is_integer() else number

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return a boolean, also from words such as "true", "off" or "1".

        Raises:
            ConfigRefused: it is none.
        """
        if not self.has(key):
            return default
        word = self.text(key).casefold()
        if word not in _TRUE | _FALSE:
            raise ConfigRefused(f"{key} is neither true nor false")
        return word in _TRUE

    def words(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of texts, each once; one text alone is a list of one."""
        value = self._raw.get(key)
        if value is None:
            return default
        items = value if isinstance(value, list | tuple) else [value]
        texts = dict.fromkeys(_text(key, item) for item in items[:MOST_WORDS])
        return tuple(text for text in texts if text)

    def template(self, *keys: str) -> Template | None:
        """Return the template under the first of ``keys`` that is there.

        Raises:
            ConfigRefused: it cannot be used.
        """
        source = next((source for key in keys if key and (source := self.text(key))), None)
        return None if source is None else Template(source)

    def topic(self, key: str) -> str | None:
        """Return the topic under ``key``, to publish or to subscribe.

        Raises:
            ConfigRefused: no message can have it: it is empty, too long, or has a wildcard or NUL in it.
        """
        if not self.has(key):
            return None
        topic = self.text(key)
        if not topic or set(topic) & set("+#\0"):
            raise ConfigRefused(f"{key} is empty, or has a wildcard or NUL")
        if len(topic.encode()) > LONGEST_TOPIC:
            raise ConfigRefused(f"{key} is longer than {LONGEST_TOPIC} bytes")
        return topic

    def needs(self, *keys: str) -> None:
        """Do nothing if one of ``keys`` is there.

        Raises:
            ConfigRefused: none is.
        """
        if not any(self.has(key) for key in keys):
            raise ConfigRefused(f"no {' or '.join(keys)}")


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str | int | float):
        raise ConfigRefused(f"{key} is no text")
    try:
        text = str(value)
        text.encode()
    except ValueError:  # a lone surrogate, or a number of thousands of digits
        raise ConfigRefused(f"{key} cannot be written") from None
    return text
