"""A stream of text into clauses that can be spoken on their own: pure, no sound.

The first clause decides how long the user waits, so it ends at the first comma, or before the conjunction,
verb or preposition, that leaves something worth saying; later ones are spoken while it plays and are whole
sentences.
How the text was cut into tokens makes no difference, as long as no cut is inside a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

FIRST_CLAUSE_SHORTEST = 10
"""Characters. A shorter first clause is over before the second is ready, which is heard as a gap."""

RUN_ON_SHORTEST = 14
"""Characters before a break without a mark: a long subject is a breath of its own, a short one is not."""

FIRST_CLAUSE_LONGEST = 60
"""Characters. Without any mark the first clause ends at the last word before this."""

CLAUSE_LONGEST = 130
"""Characters in one synthesis, eight seconds of speech: Piper keeps the memory of the longest."""

_ABBREVIATIONS = re.compile(
    r"mr|mrs|ms|dr|prof|sr|jr|st|vs|etc|e\.g|i\.e|u\.s|u\.k|approx|dept|est|inc|ltd|a\.m|p\.m|fig|vol"
)
_BREATH_BEFORE = (
    "and|but|or|because|which|who|that|when|while|where|if|so|as|is|are|was|were|has|have|can|will"
    "|in|on|at|by|for|from|with|into|through|during|between"
)
"""English conjunctions, verbs and prepositions after a long beginning. Other languages wait for a mark, or
for a number: each of its digits is a token."""

_SENTENCE = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]|\n+")  # noqa: RUF001 - full-width marks
_PHRASE = re.compile(r"[,;:—–][\"'”’)\]]*(?=\s)|[，、；：]|\s[—–-](?=\s)")  # noqa: RUF001 - full-width marks
_BREATH = re.compile(rf"(?=\s(?:(?:{_BREATH_BEFORE})\s|\d))")
_SENTENCE_SO_FAR = re.compile(r"[^\W\d_]{3,}[.!?]$")
"""A whole word and its full stop at the end of what there is: no need to wait a token for the white space."""

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
            if not marks and _ends_so_far(self._text) and len(self._text) <= longest:
                marks.append((len(self._text), Ending.SENTENCE))
            marks += _phrases(self._text, FIRST_CLAUSE_SHORTEST, longest)[:1]
            marks += _breaths(self._text, RUN_ON_SHORTEST, longest)[:1]
        elif not marks and len(self._text) > longest:
            marks += _phrases(self._text, longest // 2, longest)[-1:]
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


def _ends_so_far(text: str) -> bool:
    return bool(_SENTENCE_SO_FAR.search(text)) and not (text.endswith(".") and _is_abbreviated(text[:-1]))


def _phrases(text: str, shortest: int, longest: int) -> list[tuple[int, Ending]]:
    """Return the ends of phrases with ``shortest`` to ``longest`` characters before them, in order."""
    ends = (match.end() for match in _PHRASE.finditer(text))
    return [(end, Ending.PHRASE) for end in ends if shortest <= end <= longest]


def _breaths(text: str, shortest: int, longest: int) -> list[tuple[int, Ending]]:
    """Return where a speaker breathes without a mark, likewise."""
    starts = (match.start() for match in _BREATH.finditer(text))
    return [(start, Ending.RUN_ON) for start in starts if shortest <= start <= longest]


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
