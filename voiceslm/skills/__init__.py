"""Local abilities that need no language model, one function an intent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.skills.clock import tell_date, tell_time
from voiceslm.skills.courtesy import be_silent, repeat
from voiceslm.skills.skill import Context, Reply

if TYPE_CHECKING:
    from voiceslm.events import Intent
    from voiceslm.skills.skill import Skill

__all__ = ["SKILLS", "Context", "Reply", "reply_to"]

SKILLS: dict[str, Skill] = {
    "time": tell_time,
    "date": tell_date,
    "stop": be_silent,
    "repeat": repeat,
    "never_mind": be_silent,
}
"""The skill for each intent, by the intent's name."""


def reply_to(intent: Intent, context: Context) -> Reply | None:
    """Let the skill for ``intent`` reply; None where there is none."""
    skill = SKILLS.get(intent.name)
    return skill(intent, context) if skill else None
