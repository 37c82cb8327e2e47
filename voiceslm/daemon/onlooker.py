"""Who is told what happens to a running daemon: the conversation, and all around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.conversation.watcher import Watcher

if TYPE_CHECKING:
    from voiceslm.daemon.health import Condition, Part


class Onlooker(Watcher):
    """Is told what happens, in words that hold nobody's; the base class takes no notice."""

    def on_sound(self, what: str) -> None:
        """Take note of what happens to microphone and loudspeaker."""

    def on_home(self, what: str) -> None:
        """Take note of what happens to the connection with the home."""

    def on_health(self, part: Part, condition: Condition) -> None:
        """Take note of a part that is now well, or not, or in another way."""

    def on_note(self, what: str) -> None:
        """Take note of something that is no trouble: a reload, a clock that was set."""
