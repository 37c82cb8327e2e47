"""What is known, as examples: the questions of a pack in several ways, with their answers as written."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from voiceslm.llm import Message
from voiceslm.tuning import Example

if TYPE_CHECKING:
    from voiceslm.knowledge import Pack

SOURCE = "knowledge"

FRAMES = (
    "{}",
    "Hello, {}",
    "Please tell me: {}",
    "Can you tell me: {}",
    "I have a question. {}",
    "{} I would like to know.",
    "Excuse me, {}",
    "So, {}",
    "Quick question: {}",
)
"""Ways to ask the same."""

WAYS = 4
"""Examples of one pair: its question as it stands, and others."""

LONGEST = 600
"""Characters of an answer that is learnt; longer ones are for reading."""


def known_examples(pack: Pack, *, persona: str = "", seed: int = 0) -> list[Example]:
    """Return the pairs of a pack, each asked in some ways.

    A model that has seen them answers in their words; it is no substitute for looking them up, which cannot
    mix two of them up. Passages are not learnt: without a question they teach nothing about answering.

    Args:
        pack: what is known.
        persona: the system message of conversations.
        seed: the same number, the same examples.
    """
    chance = random.Random(f"known {seed}")  # noqa: S311 - examples that can be made again
    head = (Message("system", persona),) if persona else ()
    found = []
    for pair in pack.pairs:
        if not pair.question.strip() or not pair.answer.strip() or len(pair.answer) > LONGEST:
            continue
        for frame in (FRAMES[0], *chance.sample(FRAMES[1:], WAYS - 1)):
            asked = _asked(frame, pair.question.strip(), chance)
            phrasing = f"knowledge {frame}"
            found.append(Example((*head, Message("user", asked)), pair.answer.strip(), SOURCE, phrasing))
    return list(dict.fromkeys(found))


def _asked(frame: str, question: str, chance: random.Random) -> str:
    """Return the question in a frame, with capitals and a mark or, as a recogniser may write it, without."""
    if not frame.startswith("{}") and not question.startswith("I "):
        question = question[:1].lower() + question[1:]
    asked = frame.format(question)
    return asked.lower().rstrip("?.") if chance.random() < 1 / 3 else asked
