"""Who is told what goes on in a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.conversation.moves import State
    from voiceslm.events import Audio, TurnRecord


class Watcher:
    """Is told what goes on; the base class takes no notice."""

    def on_state(self, state: State) -> None:
        """Take note of a new state."""

    def on_transcript(self, text: str, *, final: bool) -> None:
        """Take note of what was understood."""

    def on_utterance(self, turn: int, sound: Callable[[], Audio]) -> None:
        """Take note of the sound of what was said; of what may be a PIN nobody is told.

        Args:
            turn: the turn that answers it; it may still be unmade, when the user goes on with the sentence.
            sound: returns it, mono at 16 kHz; only now, for it is soon overwritten.
        """

    def on_turn(self, record: TurnRecord) -> None:
        """Take note of a turn that has ended."""

    def on_trouble(self, what: str) -> None:
        """Take note of a turn that failed; ``what`` holds no user words."""


class Watchers(Watcher):
    """Several as one."""

    def __init__(self, *watchers: Watcher) -> None:
        """Tell ``watchers``, in this order."""
        self._watchers = watchers

    def on_state(self, state: State) -> None:
        """Tell them."""
        for watcher in self._watchers:
            watcher.on_state(state)

    def on_transcript(self, text: str, *, final: bool) -> None:
        """Tell them."""
        for watcher in self._watchers:
            watcher.on_transcript(text, final=final)

    def on_utterance(self, turn: int, sound: Callable[[], Audio]) -> None:
        """Tell them."""
        for watcher in self._watchers:
            watcher.on_utterance(turn, sound)

    def on_turn(self, record: TurnRecord) -> None:
        """Tell them."""
        for watcher in self._watchers:
            watcher.on_turn(record)

    def on_trouble(self, what: str) -> None:
        """Tell them."""
        for watcher in self._watchers:
            watcher.on_trouble(what)
