"""Sentences to intents, by templates that must match the whole sentence.

Each language has one file of templates beside this one, ``<language>.yaml``, in the format that the home
intents of Home Assistant use as well: https://github.com/OHF-Voice/hassil.
"""

from __future__ import annotations

from functools import lru_cache

import hassil

from voiceslm.events import Intent
from voiceslm.intents.templates import templates

SENTENCE_LONGEST = 200
"""Characters. No command is longer, and matching takes longer the longer the sentence is."""

REMEMBERED = 16
"""Sentences whose intent is remembered: each is asked for twice or three times within a second."""

_WARM_UP = "what time is it"


class Recognizer:
    """Says which intent a sentence is, if any. A new one takes up to 20 ms: first ask off the event loop."""

    def __init__(self, language: str = "en") -> None:
        """Load the language's templates and warm up; a language without templates never matches.

        Args:
            language: ISO 639-1 code.
        """
        known = templates(f"{language}.yaml")
        self._intents = hassil.Intents.from_dict(known) if known else None
        self._remembered = lru_cache(REMEMBERED)(self._recognize)
        self.recognize(_WARM_UP)

    def recognize(self, text: str) -> Intent | None:
        """Return what ``text`` asks for, None where it is no command or says more than the command."""
        return self._remembered(text)

    def _recognize(self, text: str) -> Intent | None:
        if self._intents is None or len(text) > SENTENCE_LONGEST:
            return None
        match = hassil.recognize(text, self._intents)
        if match is None:
            return None
        slots = {name: str(slot.value) for name, slot in match.entities.items()}
        return Intent(match.intent.name, slots, text=text)
