"""What the words of a transcript say about where it came from: pure text, no sound."""

from __future__ import annotations

import re
from itertools import takewhile

from rapidfuzz import fuzz

ECHO_SHARE = 0.75
"""Share of a transcript's words that, in order, were just spoken by the assistant: whisper mishears some."""

SAME = 70.0
"""Of 100: how alike two transcripts of one sound are. "The whole we like" and "the hallway light" are 74."""

UNSURE_WORDS = 2
"""Words at the end of a partial transcript that the next one is likely to change."""

ECHO_WORDS = 24
"""Words just heard from the loudspeaker among which an echo is looked for: eight seconds of speech."""

ECHO_AHEAD = 2
"""Words after those: the clock of letters by which they are counted is not exact."""

INTERRUPTION = {"en": "Stop! Stop talking. Wait. Be quiet. Stop."}
"""What people most likely say into a reply, by language: told whisper-base, "start talking" becomes "stop
talking" 15 times of 15, and noise stays noise (docs/latency.md)."""

_BACKCHANNEL = frozenset(
    {
        "mm",
        "mmm",
        "mhm",
        "hmm",
        "hm",
        "uh",
        "huh",
        "ah",
        "aha",
        "oh",
        "ok",
        "okay",
        "yeah",
        "yep",
        "right",
        "wow",
        "i",
        "see",
        "sure",
        "cool",
    }
)
"""What listeners say to mean "go on" (English)."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 - typographic apostrophe


def words(text: str) -> list[str]:
    """Return the words of ``text`` in lower case, without punctuation."""
    return [word.lower() for word in _WORD.findall(text)]


def is_backchannel(text: str) -> bool:
    """Say whether ``text`` is nothing, or only what listeners hum while someone else speaks."""
    return all(word in _BACKCHANNEL for word in words(text))


def is_echo(text: str, spoken: str) -> bool:
    """Say whether ``text`` is what the assistant itself has ``spoken``, overheard."""
    heard, said = words(text), words(spoken)
    heard = [word for word, before in zip(heard, ["", *heard], strict=False) if word != before]  # a rewind
    return bool(heard) and _common(heard, said) >= ECHO_SHARE * len(heard)


def same(text: str, again: str) -> bool:
    """Say whether two transcripts may be of the same words, heard with different things in mind."""
    return fuzz.ratio(" ".join(words(text)), " ".join(words(again))) >= SAME


def lately(text: str, heard: str) -> str:
    """Return the words of a reply ``text`` that were audible last, when ``heard`` of it has been played."""
    said, count = text.split(), len(heard.split())
    return " ".join(said[max(0, count - ECHO_WORDS) : count + ECHO_AHEAD])


def stable(earlier: str, later: str) -> str:
    """Return the beginning of ``later`` that will most likely stay.

    That is what two hypotheses on end agree on, and all of the later one but its last words.
    """
    before, now = earlier.split(), later.split()
    agreed = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, now, strict=False)))
    return " ".join(now[: max(min(agreed, len(now)), len(now) - UNSURE_WORDS)])


def _common(a: list[str], b: list[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for word in a:
        diagonal = 0
        for index, other in enumerate(b, 1):
            diagonal, row[index] = (
                row[index],
                diagonal + 1 if word == other else max(row[index], row[index - 1]),
            )
    return row[-1]
