"""Where one sentence may hold several commands, and how the later ones borrow words of the earlier. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.intents.names import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voiceslm.intents.matching import Reading
    from voiceslm.intents.words import Words

MOST = 6
"""Commands in one sentence; a sentence with more is none that people say."""

_COMMA = re.compile(r"(?<!\d)[,;]|[,;](?!\d)|[.!?]\s+(?=\w)")
_KEPT = "\x1f"
"""Stands for a space that no sentence is split at."""


def split(text: str, words: Words, kept: Iterable[str] = ()) -> list[str]:
    """Return the parts of ``text``, each canonical, that joints and commas separate.

    Args:
        text: as it was said.
        words: of the language.
        kept: names, in lower case, that are not split although a joint stands in them.
    """
    parts = []
    for clause in _COMMA.split(text):
        said = canonical(clause)
        for name in kept:
            said = re.sub(
                rf"(?<!\w){re.escape(name)}(?!\w)",
                lambda found: found[0].replace(" ", _KEPT),
                said,
                flags=re.IGNORECASE,
            )
        joint = "|".join(re.escape(word) for word in words.joints)
        parts += re.split(rf"(?:^|\s)(?:{joint})(?:\s(?:{joint}))*(?=\s|$)", said, flags=re.IGNORECASE)
    found = [part.replace(_KEPT, " ").strip() for part in parts]
    return [part for part in found if not words.fillers.issuperset(part.casefold().split())]


def at_verbs(part: str, words: Words) -> list[str]:
    """Return ``part`` split before each verb but the first: "turn off the lamp close the blinds".

    What says nothing of what is to be done, such as "can you", belongs to the verb after it.
    """
    telling = words.verbs | words.endings
    found: list[list[str]] = [[]]
    for word in part.split():
        if word.casefold() in words.openings and any(said.casefold() in telling for said in found[-1]):
            found.append([])
        found[-1].append(word)
    return [" ".join(words) for words in found]


def whole(part: str, words: Words) -> bool:
    """Say whether ``part`` stands for itself: it begins with a verb or asks, or ends in what is to be."""
    said = [word for word in part.casefold().split() if word not in words.fillers]
    if not said:
        return False
    return said[0] in words.verbs | words.questions or said[-1] in words.endings


def borrowed(part: str, before: Reading, words: Words) -> Iterator[str]:
    """Yield what ``part`` may mean after ``before``, of which it repeats neither the verb nor the thing.

    In "turn off the lights in the kitchen and the bedroom" that is "turn off the lights in the bedroom"; in
    "turn on the lamp and the fan" it is "turn on the fan".
    """
    said = before.intent.text
    article = re.compile(r"(?:the|my|our)\s+", re.IGNORECASE)
    bare = article.sub("", part, count=1) if article.match(part) else part
    for slot in ("name", "area", "floor"):
        if slot in before.spans:
            start, end = before.spans[slot]
            yield f"{said[:start]}{bare} {said[end:].lstrip()}".strip()
    verb = _verb(said, words)
    if verb:
        yield f"{verb} {part}"
        start = max((end for _, end in before.spans.values()), default=0)
        tail = said[start:].strip()
        if tail:
            yield f"{verb} {part} {tail}"


def lent(part: str, after: str) -> Iterator[str]:
    """Yield ``part`` with the end of the next: "turn the lamp" and "the fan off" is "turn the lamp off"."""
    following = after.split()
    for count in range(1, min(3, len(following)) + 1):
        yield f"{part} {' '.join(following[-count:])}"


def _verb(said: str, words: Words) -> str:
    """Return the verb with which ``said`` begins and the particle that belongs to it: "turn off"."""
    found: list[str] = []
    for word in said.split():
        low = word.casefold()
        if not found and low in words.fillers:
            continue
        if low not in (words.endings if found else words.verbs):
            break
        found.append(word)
    return " ".join(found)
