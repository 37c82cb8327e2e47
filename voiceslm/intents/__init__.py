"""A sentence that is a command -> what is wanted, without a language model."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Intent"]


@dataclass(frozen=True, slots=True)
class Intent:
    """What a sentence asks for."""

    name: str
    """As in the sentence file: time, date, stop, repeat, never_mind."""

    slots: dict[str, str] = field(default_factory=dict)
    """What the sentence names, such as a room; empty where there is nothing to name."""
