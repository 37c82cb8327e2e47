"""What is known, in a conversation: what is said of it without a model, and what a model is told and may say.

In a strict scope whatever is said stands in a document, word by word; a model only says whether a sentence
that may answer the question does. In an open one it answers in its own words, which are judged.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from voiceslm.conversation.decision import Decision
from voiceslm.events import Route
from voiceslm.knowledge import prompt
from voiceslm.knowledge.deciding import LIKELIER, Taken, Way, decide
from voiceslm.knowledge.scope import REFUSAL, UNSURE, Scope
from voiceslm.llm import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.conversation.speaking import Judge
    from voiceslm.knowledge.library import Library

OUT_OF_SCOPE = "out of scope"

_IN_OWN_WORDS = frozenset({Way.PREFIX, Way.RETRIEVE})


class Knowing:
    """A library, and how it is spoken of."""

    def __init__(self, library: Library, persona: str, *, strict: bool, prompt_tokens: int) -> None:
        """Know what the library holds.

        Args:
            library: what is known; may change at any time.
            persona: what the model is told about itself.
            strict: whether nothing else is spoken of.
            prompt_tokens: most tokens that all of it may take in the prompt.
        """
        self.library = library
        self.strict = strict
        self._told = persona
        self._prompt_tokens = prompt_tokens

    @property
    def in_prompt(self) -> bool:
        """Whether all that is known stands in the prompt."""
        return not self.strict and 0 < self.library.tokens <= self._prompt_tokens

    @property
    def persona(self) -> str:
        """What the model is told before anything else."""
        return prompt.head(self._told, self.library.text if self.in_prompt else "")

    @property
    def head(self) -> Sequence[Message]:
        """What a model reads before it checks; empty where it never does."""
        return prompt.checking() if self.strict else ()

    def take(self, text: str) -> Taken | None:
        """Say how ``text`` is answered; None leaves it to the conversation."""
        index = self.library.index
        if index is None:
            return Taken(Way.REFUSED) if self.strict else None
        return decide(text, index, strict=self.strict, in_prompt=self.in_prompt)

    def decision(self, taken: Taken | None) -> Decision | None:
        """Return what to say where that takes no more thought; None where it does, or is for others."""
        if taken is None or taken.way in _IN_OWN_WORDS:
            return None
        if taken.way is Way.REFUSED:
            return Decision(Route.REFUSED, OUT_OF_SCOPE, REFUSAL)
        return Decision(Route.KNOWLEDGE, taken.way, taken.text, sources=taken.sources)

    def questions(self, text: str, taken: Taken) -> list[list[Message]]:
        """Return what a model is asked of each sentence that may answer ``text``."""
        return [[*self.head, Message("user", prompt.check(one, text))] for one in taken.passages]

    def checked(self, taken: Taken, weights: Sequence[float]) -> Taken:
        """Return what is left of ``taken``, given the model's yes over its no for its first sentences."""
        weight, at = max(((weight, -at) for at, weight in enumerate(weights)), default=(-math.inf, 0))
        if weight < LIKELIER:
            return replace(taken, way=Way.REFUSED, passages=())
        answer = taken.passages[-at]
        return replace(taken, text=answer.text, passages=(answer,))

    def asked(self, text: str, taken: Taken | None) -> str:
        """Return ``text`` as the model is asked it."""
        return prompt.late(taken.passages, text) if taken and taken.way is Way.RETRIEVE else text

    def opening(self, words: str) -> str:
        """Return how the message will most likely begin that begins with ``words``."""
        taken = self.take(words) if words else None
        if taken and taken.way is Way.CHECKED and taken.passages:
            return prompt.check(taken.passages[0], words)
        return self.asked(words, taken)

    def judge(self, text: str, taken: Taken) -> Judge | None:
        """Return who says of each clause of an answer to ``text`` whether it may be said; None: all may."""
        index = self.library.index
        if index is None:
            return None
        rests_on = " ".join(f"{one.heading} {one.text}" for one in taken.passages)
        scope = Scope(rests_on, text, taken.strange, index.unknown)
        return lambda clause: None if scope.allows(clause) else UNSURE
