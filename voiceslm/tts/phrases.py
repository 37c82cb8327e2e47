"""Short phrases that come up again and again are said once and kept."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voiceslm.events import Audio
    from voiceslm.tts import TextToSpeech
    from voiceslm.tts.clauses import Clause

LONGEST = 48
"""Characters: "Sorry, something went wrong." and the like, not answers."""

KEPT = 64
"""Phrases: 64 of two seconds are 11 MB."""


class PhraseBook:
    """A voice that remembers; implements `TextToSpeech`. For the voice's own worker thread."""

    def __init__(self, voice: TextToSpeech) -> None:
        """Remember what ``voice`` says."""
        self._voice = voice
        self._kept: OrderedDict[Clause, Audio] = OrderedDict()

    @property
    def sample_rate(self) -> int:
        """Rate of everything it says, in Hz."""
        return self._voice.sample_rate

    def synthesize(self, clause: Clause) -> Audio:
        """Say one clause, from memory if it was said lately."""
        if (kept := self._kept.get(clause)) is not None:
            self._kept.move_to_end(clause)
            return kept
        audio = self._voice.synthesize(clause)
        if len(clause.text) <= LONGEST:
            self._kept[clause] = audio
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return audio
