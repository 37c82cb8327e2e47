"""What changes by the hour and comes from nowhere in this house is not made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.skills.skill import Reply, said

if TYPE_CHECKING:
    from voiceslm.events import Intent
    from voiceslm.skills.skill import Context


def no_source(intent: Intent, _context: Context) -> Reply:
    """Say that there is no source for the topic: "I have no source for the weather."."""
    return Reply(f"I have no source for {said(intent.slots, 'topic') or 'that'}.")


def no_weather(_intent: Intent, _context: Context) -> Reply:
    """Say so where Home Assistant's sentences ask for the weather."""
    return Reply("I have no source for the weather.")
