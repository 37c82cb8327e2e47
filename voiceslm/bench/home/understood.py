"""Home Assistant's own sentences, and sentences of which a word is misheard: understood without a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.bench.home.misheard import mishear
from voiceslm.bench.home.part import SEED, Part
from voiceslm.bench.home.sentences import SENTENCES, Miss, by_intent, rows, score
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.intents.recognizer import Recognizer

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.bench.home.part import Bench
    from voiceslm.bench.home.sentences import Score

COMMANDS = frozenset(
    {
        *("HassTurnOn", "HassTurnOff", "HassGetState", "HassLightSet", "HassSetPosition"),
        *("HassGetCurrentDate", "HassGetCurrentTime"),
    }
)
SUBJECTS = (
    *("Cover", "Fan", "Climate", "Lock", "Valve", "Vacuum"),
    *("Scene", "Timer", "List", "Volume", "Media"),
)
"""Intents that must be right: these, and those with one of these words in their name."""

UNDERSTOOD = Target(99.0, at_least=True)
RIGHT = Target(95.0, at_least=True)
NONE = Target(0.0)

SAME = {"date": "HassGetCurrentDate", "time": "HassGetCurrentTime"}
"""The skills' names for Home Assistant's intents."""


async def sentences(bench: Bench) -> Part:
    """Understand each of Home Assistant's sentences in the home it is meant for."""
    found = score(bench.data)
    wanted = [name for name in found.total if _must(name)]
    others = [name for name in found.total if not _must(name)]
    sheet = Sheet("sentences")
    first, misses = _skills_first(bench.data)
    return Part(
        (
            sheet.share("intent and slots right", _hits(found, wanted), UNDERSTOOD),
            sheet.share("the same, the other intents", _hits(found, others)),
            sheet.share("of those that the skills' own sentences take first: intent right", first),
        ),
        misses=(*found.misses, *misses),
        counts=tuple(f"{name}: {right} of {total}" for name, right, total in by_intent(found)),
        notes=(f"the other intents: {', '.join(others) or 'none'}",),
    )


async def misheard(bench: Bench) -> Part:  # noqa: ARG001 - as every part
    """Understand sentences of which a word is changed, as its unchanged form was."""
    heard = mishear(SEED)
    total = sum(heard.total.values())
    right, asked = sum(heard.right.values()), sum(heard.asked.values())
    sheet = Sheet("misheard")
    kinds = [
        f"{kind}: {heard.right.get(kind, 0)} right and {heard.asked.get(kind, 0)} asked about, of {count}"
        for kind, count in heard.total.items()
    ]
    return Part(
        (
            sheet.share("right", _of(right, total), RIGHT),
            sheet.share("asked about", _of(asked, total)),
            sheet.share("not understood", _of(len(heard.nothing), total)),
            sheet.figure("something else, unasked", len(heard.wrong), total, "", NONE),
        ),
        misses=(*heard.wrong, *heard.nothing),
        counts=tuple(kinds),
    )


def _must(intent: str) -> bool:
    return intent in COMMANDS or any(subject in intent for subject in SUBJECTS)


def _hits(found: Score, intents: list[str]) -> list[bool]:
    right = sum(found.right.get(name, 0) for name in intents)
    return _of(right, sum(found.total[name] for name in intents))


def _of(right: int, total: int) -> list[bool]:
    return [index < right for index in range(total)]


def _skills_first(data: Path) -> tuple[list[bool], list[Miss]]:
    """Say of each sentence that the skills recognise, who are asked before the home, whether it is theirs."""
    recognizer = Recognizer()
    hits, misses = [], []
    for row in rows(data / SENTENCES):
        intent = recognizer.recognize(row["text"])
        if intent is None:
            continue
        name = SAME.get(intent.name, intent.name)
        hits.append(name == row["intent"])
        if not hits[-1]:
            misses.append(Miss(row["text"], row["intent"], f"{intent.name}, by the skills' own sentences"))
    return hits, misses
