"""What keeps a conversation pleasant: silence on request, and saying it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.skills.skill import Reply

if TYPE_CHECKING:
    from voiceslm.events import Intent
    from voiceslm.skills.skill import Context

NOTHING_SAID = "I haven't said anything yet."


def be_silent(_intent: Intent, _context: Context) -> Reply:
    """Say nothing: whoever asked for an end does not want to hear about it."""
    return Reply("")


def repeat(_intent: Intent, context: Context) -> Reply:
    """Say the last reply again."""
    return Reply(context.last_reply or NOTHING_SAID)
