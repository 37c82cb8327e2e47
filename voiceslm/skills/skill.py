"""What a skill is: from what is wanted and known to what is said, and to what is done once it is meant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from voiceslm.events import Intent

    Slots: TypeAlias = Mapping[str, str | int | float]
    """What a sentence names, by slot."""

Effect: TypeAlias = Callable[[], Awaitable[None]] | Callable[[], None]
"""What shall be done; carried out once, in the event loop, after the turn is committed."""

Skill: TypeAlias = "Callable[[Intent, Context], Reply | None]"
"""One ability; quick, for it runs on the event loop, and without effects, for it may be thrown away.

None where it turns out that something else was meant."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a skill may know besides the intent."""

    now: datetime
    """In the time zone of the people in the room."""

    last_reply: str
    """What the assistant said last; empty before it said anything."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say; an empty text is silence."""

    text: str

    effect: Effect | None = field(default=None, compare=False)
    """What the text promises; None where it promises nothing."""

    options: tuple[tuple[str, Reply], ...] = field(default=(), compare=False)
    """Where the text asks which one: each answer, as it may be said, and the reply that it leads to."""


def said(slots: Slots, name: str) -> str:
    """Return the words of a slot without spaces around them; empty where it was not filled."""
    return str(slots.get(name, "")).strip()


def number(slots: Slots, name: str) -> int | None:
    """Return the whole number in a slot, None where it was not filled or holds none; "7.0" is 7."""
    try:
        return round(float(slots[name]))
    except (KeyError, ValueError, OverflowError):
        return None
