"""What a skill is: from what is wanted and what is known to what is said. No effects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from voiceslm.events import Intent

    Skill = Callable[[Intent, "Context"], "Reply"]
    """One ability; quick, for it runs on the event loop."""


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
