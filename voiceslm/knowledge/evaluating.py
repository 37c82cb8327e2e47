"""What came of questions: how many were answered rightly, how many refused that should be. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceslm.knowledge.judging import is_refusal, right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.knowledge.judging import Asked

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question."""

    asked: Asked
    reply: str
    """What was said; without a model, what an answer could rest on."""

    way: str
    """As `Way` has it, such as answer or refused; whatever else answered, such as a skill."""

    source: str = ""

    @property
    def refused(self) -> bool:
        """Whether it was refused, before a model ran or by the model."""
        return self.way == REFUSED or is_refusal(self.reply)

    @property
    def good(self) -> bool:
        """Whether it is as it should be: right, or refused where nothing is accepted."""
        if not self.asked.accepted:
            return self.refused
        return not self.refused and right(self.reply, self.asked)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All of them."""

    outcomes: Sequence[Outcome]

    @property
    def misses(self) -> list[Outcome]:
        """What is not as it should be."""
        return [one for one in self.outcomes if not one.good]

    @property
    def ways(self) -> dict[str, int]:
        """How many questions went which way."""
        return dict(Counter(one.way for one in self.outcomes).most_common())

    def share(self, *, to_be_refused: bool) -> tuple[int, int]:
        """Return how many are good, and of how many: of those to be refused, or of those to be answered."""
        found = [one for one in self.outcomes if bool(one.asked.accepted) is not to_be_refused]
        return sum(one.good for one in found), len(found)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        answered, asked = self.share(to_be_refused=False)
        refused, strange = self.share(to_be_refused=True)
        return {
            "right": answered,
            "asked": asked,
            "refused": refused,
            "to_be_refused": strange,
            "ways": self.ways,
            "misses": [
                {"question": one.asked.text, "reply": one.reply, "way": one.way, "source": one.source}
                for one in self.misses
            ],
        }
