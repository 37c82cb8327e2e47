"""What keeps a conversation pleasant: silence on request, saying it again, and manners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.skills.skill import Reply

if TYPE_CHECKING:
    from voiceslm.events import Intent
    from voiceslm.skills.skill import Context, Skill

NOTHING_SAID = "I haven't said anything yet."

_MANNERS = {
    "hello": "Hello!",
    "good_morning": "Good morning!",
    "good_night": "Good night!",
    "goodbye": "Goodbye!",
    "thank_you": "You're welcome.",
}


def be_silent(_intent: Intent, _context: Context) -> Reply:
    """Say nothing: whoever asked for an end does not want to hear about it."""
    return Reply("")


def repeat(_intent: Intent, context: Context) -> Reply:
    """Say the last reply again."""
    return Reply(context.last_reply or NOTHING_SAID)


def manners() -> dict[str, Skill]:
    """Return the short answers to greetings and thanks."""
    return {name: _saying(text) for name, text in _MANNERS.items()}


def _saying(text: str) -> Skill:
    return lambda _intent, _context: Reply(text)
