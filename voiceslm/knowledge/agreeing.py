"""What contradicts what: questions with two answers, sentences that differ by a figure only. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.knowledge.faults import Fault
from voiceslm.knowledge.passages import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voiceslm.knowledge import Pair, Passage

_WORD = re.compile(r"\w+(?:[:.,]\d+)*")
_FIGURE = re.compile(r"\d+(?:[:.,]\d+)*")
_FEWEST_WORDS = 4
"""Of a sentence that says enough to be contradicted."""


def once(pairs: Iterable[Pair]) -> tuple[list[Pair], list[Fault]]:
    """Return each question once, with its first answer, and where another one stands."""
    found: dict[str, Pair] = {}
    faults: list[Fault] = []
    for pair in pairs:
        first = found.setdefault(_words(pair.question), pair)
        if _words(first.answer) != _words(pair.answer):
            why = f'"{pair.question}" is answered in another way at {first.source}, which counts'
            faults.append(Fault(pair.source, why))
    return list(found.values()), faults


def contradictions(passages: Iterable[Passage]) -> list[Fault]:
    """Return which sentences say the same of the same thing, but for one figure.

    Both are kept: which one is right, and whether they speak of one thing, only their owner knows.
    """
    found: dict[tuple[str, str], tuple[str, Passage]] = {}
    faults: list[Fault] = []
    for passage in passages:
        for sentence in sentences(passage.text):
            figures = _FIGURE.findall(sentence)
            if len(figures) != 1 or len(sentence.split()) < _FEWEST_WORDS or _names_by_figure(sentence):
                continue
            key = _words(_FIGURE.sub("0", sentence)), passage.heading.casefold()
            figure, first = found.setdefault(key, (figures[0], passage))
            if figure != figures[0]:
                why = f'it says "{sentence}", but {first.source} says {figure}'
                faults.append(Fault(passage.source, why))
    return faults


def _names_by_figure(sentence: str) -> bool:
    """Say whether the figure is somebody's name: room 12, bus 7, page 3."""
    before = sentence[: _FIGURE.search(sentence).start()].split()  # type: ignore[union-attr]  # there is one
    return len(before) <= 1 or before[-1][:1].isupper()


def _words(text: str) -> str:
    """Return the words of ``text`` alone, as it does not matter how they are written."""
    return " ".join(_WORD.findall(text.casefold()))
