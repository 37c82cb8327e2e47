"""Whether a reply is right, a refusal, or made up. Pure.

It looks at replies in its own way, not in that of what gave them: numbers in words are numbers, words count
whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.knowledge.numerals import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Accepted = tuple[tuple[str, ...], ...]
"""What makes a reply right: one of several, and of that all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question."""

    text: str
    accepted: Accepted
    """What makes an answer right; nothing where it is to be refused."""


_YES = ("yes", "yeah", "yep", "sure", "of course", "certainly", "absolutely")
_NO = ("no", "nope", "unfortunately not", "sorry no", "i am afraid not")
_BEGINNINGS = {"yes": _YES, "no": _NO}

_REFUSALS = (
    *("do not know", "not know that", "not sure", "no information", "not have information", "not have that"),
    *("do not have any information", "can not help", "can not answer", "not able to", "could not find"),
    *("not mentioned", "not provided", "not specified", "no source for", "ask somebody here", "unable to"),
)
_SHORT = 3
"""Words of a reply that need not say again what it is about."""

_STEM = 4
"""Letters that two forms of a word have in common."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z][^\W\d_]+")
_EMPTY = frozenset(
    {
        *("a", "an", "the", "is", "are", "was", "it", "its", "s", "and", "or", "of", "for", "to", "in", "on"),
        *(
            "at",
            "by",
            "with",
            "we",
            "our",
            "you",
            "your",
            "i",
            "they",
            "their",
            "that",
            "this",
            "there",
            "do",
        ),
        *(
            "does",
            "have",
            "has",
            "can",
            "will",
            "be",
            "as",
            "from",
            "not",
            "also",
            "which",
            "who",
            "he",
            "she",
        ),
    }
)
"""Words that state nothing alone."""


def parsed(text: str) -> Accepted:
    """Return what makes a reply right, from "49 / ^yes / walnuts + !no"; empty for what is to be refused."""
    found = (tuple(part.strip() for part in one.split(" + ")) for one in text.split(" / "))
    return tuple(one for one in found if any(one))


def right(reply: str, asked: Asked) -> bool:
    """Say whether ``reply`` holds what is accepted, and does not refuse."""
    words = words_of(reply)
    if is_refusal(reply):
        return False
    about = len(words) <= _SHORT or bool(_stems(reply) & _stems(asked.text))
    return any(
        all(_fulfilled(part, words) and (about or not part.startswith("^")) for part in one)
        for one in asked.accepted
    )


def is_refusal(reply: str) -> bool:
    """Say whether ``reply`` says that it has no answer."""
    words = words_of(reply)
    return any(_holds(words, phrase.split()) for phrase in _REFUSALS)


def strange_figures(reply: str, known: Iterable[str]) -> set[str]:
    """Return the numbers of ``reply`` that are in none of the texts that are ``known``, in digits."""
    there = {form for text in known for word in words_of(text) for form in _forms(word)}
    return {word for word in words_of(reply) if word[0].isdigit() and word not in there and word != "1"}


def invented(reply: str, known: Sequence[str]) -> bool:
    """Say whether ``reply``, to a question of which nothing is known, states what nobody wrote.

    A refusal states nothing, unless there are figures in it that are not known. All else must be what stands
    in one of the texts: a sentence with a number or a name may have no word that its text has not. Yes is
    always made up.
    """
    if is_refusal(reply):
        return bool(strange_figures(reply, known))
    if any(_holds(words_of(reply)[: len(start.split())], start.split()) for start in _YES):
        return True
    sources = [{form for word in words_of(text) for form in _forms(word)} for text in known]
    return any(_states(one) and not _stands_in(one, sources) for one in _SENTENCE.split(reply.strip()))


def _stems(text: str) -> set[str]:
    """Return the beginnings of the words that state something."""
    return {word[:_STEM] for word in words_of(text) if word not in _EMPTY}


def _states(sentence: str) -> bool:
    figures = any(word[0].isdigit() for word in words_of(sentence))
    return figures or _NAME.search(sentence) is not None


def _stands_in(sentence: str, sources: Sequence[set[str]]) -> bool:
    words = {word for word in words_of(sentence) if word not in _EMPTY}
    return any(words <= source for source in sources)


def _fulfilled(part: str, words: list[str]) -> bool:
    if part.startswith("!"):
        return not _fulfilled(part[1:], words)
    if part.startswith("^"):
        starts = [words_of(start) for start in _BEGINNINGS.get(part[1:], (part[1:],))]
        return any(words[: len(start)] == start for start in starts)
    return _holds(words, words_of(part))


def _holds(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Say whether one is a stretch of the other."""
    return any([*words[at : at + len(phrase)]] == [*phrase] for at in range(len(words) - len(phrase) + 1))


def _forms(word: str) -> set[str]:
    """Return how a word may be said: 18:30 is half past six as well, 16:00 is four."""
    hour, colon, minutes = word.partition(":")
    if not (colon and hour.isdigit()):
        return {word}
    hours = {hour, str((int(hour) - 1) % 12 + 1)}
    return {f"{one}:{minutes}" for one in hours} | (hours if minutes == "00" else set())
