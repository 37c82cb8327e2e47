"""Which of a skill's options an answer to "which one?" picks: timers and alarms go by numbers. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.conversation import leaning
from voiceslm.conversation.followup import OKAY
from voiceslm.llm.words import ROUND_NUMBERS, TENS, UNITS
from voiceslm.skills import Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

_KINDS = "timer timers alarm alarms"
"""What may be said of any option: "the pizza timer" is "pizza"."""

_WORD = re.compile(r"[^\W\d_]+|\d+")
_UNIT = re.compile(r"^(hour|minute|second)s$")
_TEENS = {word: number for word, number in ROUND_NUMBERS.items() if number in range(11, 20)}
_NUMBERS = {**UNITS, **_TEENS, **TENS}


def picked(options: Sequence[tuple[str, Reply]], text: str) -> tuple[Reply, ...]:
    """Return the replies of the options that ``text`` picks; none where it is no answer.

    Args:
        options: each answer, as it may be said, and the reply that it leads to.
        text: what was said.
    """
    if not options:
        return ()
    if leaning.is_neither(text):
        return (Reply(OKAY),)
    if leaning.is_both(text):
        return tuple(reply for _, reply in options)
    names = [f"{_plain(name)} {_KINDS}" for name, _ in options]
    index = 0 if leaning.is_either(text) else leaning.named(_plain(text), names)
    return () if index is None else (options[index][1],)


def _plain(text: str) -> str:
    """Return the words of ``text`` in lower case, its numbers in digits and its units in the singular."""
    said: list[str] = []
    tens = False
    for word in _WORD.findall(text.casefold().replace("a.m.", "am").replace("p.m.", "pm")):
        if tens and word in UNITS:
            said[-1] = str(int(said[-1]) + UNITS[word])
        elif word in _NUMBERS and word != "one":
            said.append(str(_NUMBERS[word]))
        else:
            said.append(_UNIT.sub(r"\1", word))
        tens = word in TENS
    return " ".join(said)
