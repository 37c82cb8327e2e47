"""Is a sentence about this home, and does it only ask? For English. Pure.

To take a sentence for a request to the home that is none may cost a wrong action; one that is missed becomes
conversation. So every word that neither the home nor these lists explain counts against it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.llm.retrieve import resembling, weights, words_of
from voiceslm.llm.words import CLASS_WORDS, COMMON, CUES, GENERIC, KIND_WORDS, STATES, VERBS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from voiceslm.entities import Entity

_ASKING = re.compile(
    r"""^(?:(?:hey|hi|hello|ok|okay|so|and|but|well|um|uh|oh|please|now|excuse\ me)[,\s]+)*
    (?: (?:is|are|was|were|am|do|does|did|has|have|had|isn't|aren't|didn't|doesn't|hasn't)\b
      | (?:who|what|which|when|where|why|how|whose)(?:'s|'re|'d)?\b
      | (?:tell|show|give|let)\ me\b.*\b(?:if|whether|what|what's|which|who|when|where)\b
      | (?:tell|show|give|let)\ me\b.*\b(?:how|how's|status|state|update)\b
      | (?:check|see)\ (?:if|whether|what|how|on)\b
      | (?:find\ out|i\ wonder|i\ (?:want|need)\ to\ know|i'd\ like\ to\ know|do\ you\ know)\b
      | any\ (?:idea|news)\b
      | (?:current\ )?(?:status|state)\ of\b
      | (?:can|could|would|will)\ you\ (?:please\ )?
        (?:tell|check|see|look|inform|name|update|let\ me\ know|give\ me\ an?\ update|find\ out)\b
      | (?:may|can|could)\ i\ (?:know|get|have|ask\ (?!you\ to))\b )""",
    re.VERBOSE,
)
_POLITE = re.compile(r"^(?:\w+,? )?(?:can|could|would|will|won't|can't|shall|should|may|might|let's)\b")
_AND_ACT = re.compile(rf"(?:,|\band\b|\bthen\b)\s*(?:please\s+)?(?:{'|'.join(sorted(VERBS))})\b")

_OTHERS = re.compile(
    r"""\b(?:who|why|whose|tomorrow|yesterday|(?:will|should|do|would)\ i
      | how\ (?:do|does|did|to|can|could|should|much|long|far|old|tall|often|come|about)
      | how\ many\ (?!\w*\ ?(?:lights|lamps|doors|windows|devices|blinds))
      | what\ (?:do|does)\ (?:you|it)
      | (?:remind|wake|call|email|text|translate|order|buy|teach|explain|sing|read)\ ?(?:me|my|to|an?|the)?
      | alarms?\ (?:for|at)|reminders?|timers?|calendar|appointments?|meetings?|schedule|e-?mails?
      | facebook|tweet|post
      | lists?|recipes?|weather|forecast|jokes?|story|stories|spell|define|definition|meaning|mean|means
      | accounts?|cards?|bank|flights?|tickets?|restaurants?|cost|price|invented|best|favou?rite|think|say
      | (?:don't|do\ not|never)\ (?:turn|switch|open|close|unlock|lock|set|start|stop|touch|dim|let|make|put)
      )\b
    | ^where\b
    | ^(?:i|we|he|she|they|you|my\ \w+)\ (?:just\ )?
      (?:had|was|were|went|saw|bought|broke|(?!need|want)\w+ed)\b""",
    re.VERBOSE,
)
"""What belongs to another skill or to conversation, and what is not wanted."""

_NOT_NOW = re.compile(
    r"\b(?:when|if|after|before|until|unless|once|whenever|tonight|later|every|o'clock"
    r"|(?:in|for) \w+ (?:second|minute|hour|day)s?"
    r"|at (?:\d+(?::\d+| ?[ap]\.?m\.?)|noon|night|midnight|sunset|sunrise))\b"
)
"""What is wanted at another time or under a condition: that cannot be done, and now would be wrong."""

_MEASURES = frozenset(["temperature", "humidity", "status", "state", "battery"])
"""With neither a verb nor a number, these alone are a question."""

_MUSIC = frozenset(
    {"play", "song", "music", "radio", "track", "station", "album", "playlist", "audio", "media"}
    | {"movie", "show"}
)
"""Mostly wanted of a music service, so a player has to be named."""

_ALL = frozenset({"all", "both", "each", "everything"})

STRANGE_SHARE = 0.5
"""Unexplained words that a request may have, for each that the home explains."""


def is_question(text: str) -> bool:
    """Say whether ``text`` only wants to know something: "can you turn on the light?" wants more."""
    plain = _simple(text)
    if _ASKING.search(plain):
        return not _AND_ACT.search(plain)
    said = words_of(plain)
    if _MEASURES & set(said) and not any(word in VERBS or word.isdigit() for word in said):
        return True
    return plain.endswith("?") and not _POLITE.search(plain) and said[:1] != [] and said[0] not in VERBS


def about_home(text: str, candidates: Sequence[tuple[Entity, float]]) -> bool:
    """Say whether ``text`` is for the home at all.

    Args:
        text: a sentence.
        candidates: the entities it may be about, from `Finder`.
    """
    plain = _simple(text)
    said = words_of(plain)
    question = is_question(text)
    if _OTHERS.search(plain) or (not question and _NOT_NOW.search(plain)):
        return False
    explained, firmly = _explained(said, candidates)
    if not explained or (_MUSIC & set(said) and not firmly):
        return False
    known = explained | COMMON | STATES | VERBS
    strange = [word for word in said if word not in known and not word.isdigit()]
    if question:
        return not strange and bool(STATES & set(said))
    return bool((VERBS | STATES) & set(said)) and len(strange) <= STRANGE_SHARE * len(explained)


def is_vague(text: str, candidates: Sequence[tuple[Entity, float]]) -> bool:
    """Say whether a request names neither a device nor a room, and could be for any of several candidates.

    "Turn the light on" in a home with eight: a model would take the first.
    """
    said = words_of(_simple(text))
    return len(candidates) > 1 and not _ALL & set(said) and not _explained(said, candidates)[1]


def _explained(said: Sequence[str], candidates: Sequence[tuple[Entity, float]]) -> tuple[set[str], bool]:
    """Return the words that say which device is meant, and whether one is named or its room is."""
    explained: set[str] = set()
    firmly = False
    for entity, _ in candidates:
        known = weights(entity)
        fit = {word: _means(word, known) for word in said if word not in COMMON and not word.isdigit()}
        fit |= {word: word for word in said if word in COMMON}
        means = {meant for meant in fit.values() if meant}
        named = any(_named(name, means) for name in (entity.name, *entity.aliases))
        placed = bool(entity.area) and set(words_of(entity.area)) <= set(said)
        called = means & _hints(entity)
        if named or placed or called:
            explained |= {word for word, meant in fit.items() if meant} - COMMON
            firmly |= named or placed
    return explained, firmly


def _means(word: str, known: Mapping[str, float]) -> str | None:
    return word if word in known else next(iter(resembling(word, known.keys())), None)


def _hints(entity: Entity) -> frozenset[str]:
    """Return the words that tell what kind of thing an entity is."""
    empty: frozenset[str] = frozenset()
    return (
        KIND_WORDS.get(entity.kind, empty)
        | CUES.get(entity.kind, empty)
        | CLASS_WORDS.get(entity.device_class, empty)
    )


def _named(name: str, means: Collection[str]) -> bool:
    """Say whether most words of ``name`` were said that do not tell its kind; what plays is seldom one."""
    words = {word for word in words_of(name) if not word.isdigit()}
    words = words - GENERIC or words
    if words <= set(means):
        return not words <= _MUSIC | VERBS
    return 2 * len((words & set(means)) - VERBS - _MUSIC) > len(words)


def _simple(text: str) -> str:
    return text.strip().lower().replace("\u2019", "'").rstrip(".!")
