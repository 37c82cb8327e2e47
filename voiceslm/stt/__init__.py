"""From sound to text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from voiceslm.events import Audio, Transcript


class SpeechToText(Protocol):
    """Something that understands one utterance."""

    def transcribe(self, audio: Audio, *, hint: str = "") -> Transcript:
        """Return what is said in ``audio`` (16 kHz mono); blocks, so call it in the engine's own thread.

        ``hint`` is text of the kind that is likely, for where the sound leaves a choice.
        """
        ...
