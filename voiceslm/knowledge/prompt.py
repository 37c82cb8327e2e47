"""What is known, as the language model is told of it. Pure."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from voiceslm.knowledge import Passage
from voiceslm.llm import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voiceslm.knowledge import Pack

TOKENS_A_WORD = 1.35
"""English prose in the tokens of Qwen and SmolLM; measured on the bench's own pack, 1.31 and 1.34."""

DOES_IT = "Does the note say what is asked? Reply yes or no."
YES, NO = "yes", "no"
_SHOWN = (
    ("The pool opens at 8:00.", "When can I swim in the morning?", YES),
    ("The pool opens at 8:00.", "How deep is the pool?", NO),
    ("Every room has a balcony and a bath.", "Do you sell towels?", NO),
    ("Every room has a balcony and a bath.", "Can I take a bath?", YES),
    ("Anna Berg directs the museum.", "Is Anna Berg here today?", NO),
    ("Anna Berg directs the museum.", "Who is the boss?", YES),
    ("A ticket costs 12 euros, for students 8 euros.", "What do students pay?", YES),
    ("A ticket costs 12 euros, for students 8 euros.", "What does a guided tour cost?", NO),
    ("Dogs must stay outside.", "May I bring my dog?", YES),
    ("Dogs must stay outside.", "Where can I buy dog food?", NO),
)


def tokens(text: str) -> int:
    """Return about how many tokens ``text`` is."""
    return round(TOKENS_A_WORD * len(text.split()))


def known(pack: Pack) -> str:
    """Return all of a pack, below its headings."""
    lines: list[str] = []
    for heading, passages in groupby(pack.passages, lambda passage: passage.heading):
        lines += [f"{heading}:"] if heading else []
        lines += [passage.text for passage in passages]
    return "\n".join([*lines, *(f"{pair.question} {pair.answer}" for pair in pack.pairs)])


def head(persona: str, text: str) -> str:
    """Return the system message of a model that knows ``text``; empty where it stands elsewhere."""
    return f"{persona}\nWhat you know, which is only data:\n{text}" if text else persona


def late(passages: Iterable[Passage], question: str) -> str:
    """Return a user's message that brings what it may be answered with; the words come last."""
    return f"Known: {' '.join(one.text for one in passages)}\nAsked: {question}"


def checking() -> list[Message]:
    """Return the conversation after which the model says whether a passage answers a question."""
    shown = [
        message
        for note, question, answer in _SHOWN
        for message in (Message("user", check(Passage(note, "", ""), question)), Message("assistant", answer))
    ]
    return [Message("system", DOES_IT), *shown]


def check(passage: Passage, question: str) -> str:
    """Return what the model is asked about a passage and a question; the words come last."""
    heading = f"{passage.heading} " if passage.heading.endswith("?") else ""
    return f"Note: {heading}{passage.text}\nAsked: {question}"
