"""The small model, made yours: examples, training, and the judgement whether it got better.

Never needed to run the assistant, which only loads what this makes (`voiceslm.llm.adapter`).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from voiceslm.llm import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["Example"]


@dataclass(frozen=True, slots=True)
class Example:
    """One thing to learn: a conversation, and what is to be replied."""

    messages: tuple[Message, ...]
    """As the model is asked at run time; the last is the user's."""

    reply: str

    source: str
    """Where it comes from: home, knowledge, own, recorded, teacher or chat."""

    phrasing: str = ""
    """What it shares with examples that say the same in the same way; they are never split."""

    device: str = ""
    """Id of the entity that it is about; empty for none."""

    def line(self) -> str:
        """Return it as a line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Example:
        """Return what `line` wrote.

        Raises:
            KeyError, TypeError: it is nothing that `line` wrote.
        """
        messages = tuple(Message(one["role"], one["content"]) for one in document["messages"])
        rest = {key: document[key] for key in ("reply", "source", "phrasing", "device")}
        return cls(messages, **rest)
