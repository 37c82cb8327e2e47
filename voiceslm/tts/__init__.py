"""Text in, sound out, a speakable clause at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from voiceslm.events import Audio
    from voiceslm.tts.clauses import Clause

__all__ = ["TextToSpeech"]


class TextToSpeech(Protocol):
    """What a conversation needs of a voice. Runs on the engine's worker thread."""

    @property
    def sample_rate(self) -> int:
        """Rate of everything it says, in Hz."""
        ...

    def synthesize(self, clause: Clause) -> Audio:
        """Say one clause; empty sound where there is nothing to say."""
        ...
