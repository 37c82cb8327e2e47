"""The assistant's own topics: what it can be told over MQTT, and where it tells how it is. Pure.

All lie below ``<prefix>/<id>/``. docs/mqtt.md describes them for people.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Command: TypeAlias = "Say | Ask | Listen | Stop | Mute | Volume | WakeWord"

LARGEST_PAYLOAD = 16_000
"""Bytes of a command."""

LONGEST_TEXT = 2_000
"""Characters to say, or of a question."""

LONGEST_ID = 64
"""Characters by which an asker knows an answer again."""


@dataclass(frozen=True, slots=True)
class Say:
    """Speak a text."""

    text: str

    priority: Literal["normal", "urgent"] = "normal"
    """Normal waits for what is being said; urgent interrupts it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Answer a question over MQTT. It did not come by voice, so it opens nothing that is guarded."""

    text: str

    id: str = ""
    """The asker's own; the answer carries it."""

    speak: bool = False
    """Answer aloud as well."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Listen as if the wake word had been said."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End what is being said, or what rings."""


@dataclass(frozen=True, slots=True)
class Mute:
    """Hear nothing, or hear again."""

    muted: bool


@dataclass(frozen=True, slots=True)
class Volume:
    """How loud to be."""

    percent: int
    """0 to 100."""


@dataclass(frozen=True, slots=True)
class WakeWord:
    """Which word to wake at."""

    word: str


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """A command that is not followed; the text says why, without anyone's words."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Where they are."""

    prefix: str
    id: str
    """Of this assistant."""

    def __getitem__(self, name: str) -> str:
        """Return the topic of that name, such as ``state`` or ``mute/set``."""
        return f"{self.prefix}/{self.id}/{name}"

    @property
    def commands(self) -> frozenset[str]:
        """The topics on which commands come in."""
        return frozenset(self[name] for name in _PARSERS)

    def parse(self, topic: str, payload: bytes, *, retained: bool) -> Command:
        """Return the command that a message on one of the topics of `commands` gives.

        Raises:
            Refused: it is retained, too large or not understood.
        """
        if retained:
            raise Refused("retained")
        if len(payload) > LARGEST_PAYLOAD:
            raise Refused("too large")
        name = topic.removeprefix(self[""])
        try:
            text = payload.decode()
            fields: dict[str, Any] = json.loads(text) if text.lstrip().startswith("{") else {"": text}
        except (ValueError, RecursionError):
            raise Refused("neither text nor JSON") from None
        return _PARSERS[name](fields)


def identity(wanted: str, host: str) -> str:
    """Return the assistant's id in topics: ``wanted``, or else what can be made of the host's name."""
    return wanted or re.sub(r"[^a-z0-9_-]+", "-", host.lower()).strip("-")[:64] or "voiceslm"


def _say(fields: dict[str, Any]) -> Say:
    priority = fields.get("priority", "normal")
    if priority not in ("normal", "urgent"):
        raise Refused("priority is neither normal nor urgent")
    return Say(_text(fields), priority)


def _ask(fields: dict[str, Any]) -> Ask:
    asked = fields.get("id", "")
    if isinstance(asked, int) and not isinstance(asked, bool):
        asked = str(asked)
    if not isinstance(asked, str) or len(asked) > LONGEST_ID or not (asked.isprintable()):
        raise Refused("id is no short text")
    return Ask(_text(fields), asked, _truth(fields.get("speak", False)))


def _mute(fields: dict[str, Any]) -> Mute:
    return Mute(_truth(_only(fields, "muted")))


def _volume(fields: dict[str, Any]) -> Volume:
    value = _only(fields, "volume")
    try:
        percent = float(value)
    except (TypeError, ValueError, OverflowError):
        raise Refused("volume is no number") from None
    if isinstance(value, bool) or not 0 <= percent <= 100:  # noqa: PLR2004 - per cent
        raise Refused("volume is not from 0 to 100")
    return Volume(round(percent))


def _wake_word(fields: dict[str, Any]) -> WakeWord:
    word = _only(fields, "wake_word")
    if not isinstance(word, str) or not re.fullmatch("[a-z0-9_]{1,40}", word.strip()):
        raise Refused("wake_word is no word's name")
    return WakeWord(word.strip())


_PARSERS: dict[str, Callable[[dict[str, Any]], Command]] = {
    "say": _say,
    "ask": _ask,
    "listen": lambda _: Listen(),
    "stop": lambda _: Stop(),
    "mute/set": _mute,
    "volume/set": _volume,
    "wake_word/set": _wake_word,
}


def _only(fields: dict[str, Any], name: str) -> Any:
    """Return the value of a command that has one: plain, or under its name."""
    return fields.get("", fields.get(name))


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    match value.strip().lower() if isinstance(value, str) else value:
        case "on" | "true" | "1" | 1:
            return True
        case "off" | "false" | "0" | 0:
            return False
    raise Refused("neither on nor off")


def _text(fields: dict[str, Any]) -> str:
    """Return what is to be said or answered, on one line."""
    text = _only(fields, "text")
    if not isinstance(text, str):
        raise Refused("text is missing")
    cleaned = " ".join("".join(" " if _control(letter) else letter for letter in text).split())
    if not cleaned:
        raise Refused("text is empty")
    if len(cleaned) > LONGEST_TEXT:
        raise Refused("text is too long")
    return cleaned


def _control(letter: str) -> bool:
    """Tell control characters and halves of surrogate pairs, which JSON can smuggle in, from text."""
    return unicodedata.category(letter) in ("Cc", "Cs")
