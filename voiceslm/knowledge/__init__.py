"""What one home or business knows: documents in, answers with their source out.

`reading` makes a `Pack` of files, `passages` cuts text, `words` says which words count, `matching` finds what
a question is about, `deciding` how it is answered, and `scope` what may be said of it.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Pack", "Pair", "Passage"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with its answer, as somebody wrote them."""

    question: str
    answer: str
    source: str
    """File, and where in it."""

    @property
    def as_passage(self) -> Passage:
        """What is known of it, to be read."""
        return Passage(f"{self.question} {self.answer}", "", self.source)


@dataclass(frozen=True, slots=True)
class Passage:
    """A few sentences that belong together."""

    text: str
    heading: str
    """What they are about; empty where nothing says it."""

    source: str
    """File, and the heading."""


@dataclass(frozen=True, slots=True)
class Pack:
    """All that is known."""

    pairs: tuple[Pair, ...] = ()
    passages: tuple[Passage, ...] = ()

    def __bool__(self) -> bool:
        """Say whether anything is known."""
        return bool(self.pairs or self.passages)
