"""An utterance as it is understood: once, and where it names nothing known, again with the names in mind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.conversation.overheard import same
from voiceslm.conversation.pretence import is_command

if TYPE_CHECKING:
    from voiceslm.conversation.router import Router
    from voiceslm.events import Audio, Transcript
    from voiceslm.stt import SpeechToText
    from voiceslm.worker import Cancel, Worker

TRANSCRIBE_DEADLINE = 30.0
"""Seconds until the engine counts as hung; a Raspberry-class board stays far below them."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Speech-to-text on its worker."""

    engine: SpeechToText
    worker: Worker

    async def transcribe(
        self, audio: Audio, router: Router | None, *, hint: str = "", whole: bool = True
    ) -> Transcript:
        """Understand one utterance.

        Args:
            audio: mono at 16 kHz.
            router: looks at the words on the worker as well, for that takes up to 20 ms; None: nobody may.
            hint: as in `SpeechToText`.
            whole: whether it may be over; then a command that names nothing known is listened to again, with
                the names of this home in mind.
        """
        names = router.names if router and whole else ""

        def work(_cancel: Cancel) -> Transcript:
            transcript = self.engine.transcribe(audio, hint=hint)
            if router is None or router.understands(transcript.text):
                return transcript
            if not names or not is_command(transcript.text):
                return transcript
            again = self.engine.transcribe(audio, hint=names)
            better = same(transcript.text, again.text) and router.understands(again.text)
            return again if better else transcript

        return await self.worker.run(work, deadline=TRANSCRIBE_DEADLINE)
