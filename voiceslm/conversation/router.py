"""Who answers: a skill where the sentence is its command, else the language model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.skills import Context, reply_to

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from voiceslm.intents.recognizer import Recognizer


@dataclass(frozen=True, slots=True)
class SkillReply:
    """What a skill says."""

    name: str
    """The intent's."""
    text: str
    """Empty for silence."""


class Router:
    """Decides for one sentence at a time."""

    def __init__(self, recognizer: Recognizer, now: Callable[[], datetime]) -> None:
        """Route what ``recognizer`` knows; ``now`` gives the local time."""
        self._recognizer = recognizer
        self._now = now

    def route(self, text: str, last_reply: str) -> SkillReply | None:
        """Return the reply of the skill that ``text`` is a command for; None leaves it to the model."""
        intent = self._recognizer.recognize(text)
        reply = intent and reply_to(intent, Context(self._now(), last_reply))
        return SkillReply(intent.name, reply.text) if intent and reply else None
