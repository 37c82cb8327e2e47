"""A stream of text into clauses that can be spoken on their own: pure, no sound.

The first clause decides how long the user waits, so it ends at the first comma or conjunction that leaves
something worth saying; later ones are spoken while it plays and are whole sentences, which sound better.
How the text was cut into tokens makes no difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

FIRST_CLAUSE_SHORTEST = 10
"""Characters. A shorter first clause is over before the second is ready, which is heard as a gap."""

FIRST_CLAUSE_LONGEST = 60
"""Characters. Without any mark the first clause ends at the last word before this."""

CLAUSE_LONGEST = 240
"""Characters in one synthesis: Piper's memory follows the longest text it was given."""

_ABBREVIATIONS = re.compile(
    r"mr|mrs|ms|dr|prof|sr|jr|st|vs|etc|e\.g|i\.e|u\.s|u\.k|no|approx|dept|est|inc|ltd|a\.m|p\.m|fig|vol"
)
_CONJUNCTIONS = "and|but|or|because|which|who|that|when|while|where|if|so|as"
"""Words that English breathes before. Other languages wait for a mark or the longest first clause."""

_SENTENCE = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]|\n+")  # noqa: RUF001 - full-width marks
_PHRASE = re.compile(r"[,;:—–][\"'”’)\]]*(?=\s)|[，、；：]|\s[—–-](?=\s)")  # noqa: RUF001 - full-width marks
_CONJUNCTION = re.compile(rf"(?=\s(?:{_CONJUNCTIONS})\s)")
_LAST_WORD = re.compile(r"\S+$")


class Ending(StrEnum):
    """What follows a clause, which decides the pause after it."""

    SENTENCE = "sentence"
    PHRASE = "phrase"
    RUN_ON = "run-on"


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of text that is spoken in one breath."""

    text: str
    """Without surrounding white space; never empty."""

    ending: Ending


class ClauseSplitter:
    """Collects text and gives it back in clauses, each as early as it can be spoken."""

    def __init__(self) -> None:
        """Start before the first clause."""
        self._text = ""
        self._first = True

    def feed(self, text: str) -> list[Clause]:
        """Add ``text`` and return the clauses that it completes."""
        self._text += text
        clauses: list[Clause] = []
        while (cut := self._cut()) is not None:
            end, ending = cut
            text, self._text = self._text[:end].strip(), self._text[end:].lstrip(" \t")
            if any(character.isalnum() for character in text):
                self._first = False
                clauses.append(Clause(text, ending))
        return clauses

    def finish(self) -> list[Clause]:
        """Return what is left: the text has ended."""
        return self.feed("\n")

    def _cut(self) -> tuple[int, Ending] | None:
        """Return where the next clause ends and how, or None to wait for more text."""
        longest = FIRST_CLAUSE_LONGEST if self._first else CLAUSE_LONGEST
        marks = [(end, Ending.SENTENCE) for end in _sentence_ends(self._text) if end <= longest][:1]
        if self._first:
            marks += _pauses(self._text, FIRST_CLAUSE_SHORTEST, longest)[:1]
        elif not marks and len(self._text) > longest:
            marks += _pauses(self._text, longest // 2, longest)[-1:]
        if marks:
            return min(marks)
        if len(self._text) > longest:
            return _word_boundary(self._text, longest), Ending.RUN_ON
        return None


def _sentence_ends(text: str) -> list[int]:
    return [
        match.end()
        for match in _SENTENCE.finditer(text)
        if not (match.group().startswith(".") and _is_abbreviated(text[: match.start()]))
    ]


def _pauses(text: str, shortest: int, longest: int) -> list[tuple[int, Ending]]:
    """Return where a speaker may pause, in order, with ``shortest`` to ``longest`` characters before it."""
    phrases = [(match.end(), Ending.PHRASE) for match in _PHRASE.finditer(text)]
    conjunctions = [(match.start(), Ending.RUN_ON) for match in _CONJUNCTION.finditer(text)]
    return sorted(mark for mark in phrases + conjunctions if shortest <= mark[0] <= longest)


def _is_abbreviated(before: str) -> bool:
    """Say whether the full stop belongs to the last word: "Dr.", an initial ("J.") or a list number."""
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    last = word.group().lower().lstrip("(\"'“‘")  # noqa: RUF001 - typographic quotes
    initial = len(last) == 1 and last.isalpha() and last != "i"
    list_number = word.start() == 0 and last.isdigit()
    return bool(_ABBREVIATIONS.fullmatch(last)) or initial or list_number


def _word_boundary(text: str, limit: int) -> int:
    """Return the last space before ``limit``, or ``limit`` itself within one endless word."""
    space = text.rfind(" ", 0, limit + 1)
    return space if space > 0 else limit
