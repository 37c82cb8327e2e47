"""What can you do? Only what is really there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.skills.skill import Reply
from voiceslm.skills.speech import joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.skills.skill import Skill

TIME = "tell the time and the date"
TIMERS = "run timers and alarms"
LISTS = "keep your shopping and to-do lists"
HOME = "control the devices in your home"


def helper(*, home: Callable[[], bool]) -> Skill:
    """Return the skill that names the abilities; ``home`` tells whether there are devices to control now."""

    def abilities() -> Reply:
        parts = [*([HOME] if home() else []), TIME, TIMERS, LISTS]
        return Reply(f"I can {joined(parts)}, and I try to answer other questions.")

    return lambda _intent, _context: abilities()
