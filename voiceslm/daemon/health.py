"""How each part of the running assistant is: well, or degraded, why, and since when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime


class Part(StrEnum):
    """What can be well or not."""

    MICROPHONE = "microphone"
    LOUDSPEAKER = "loudspeaker"
    STT = "stt"
    LLM = "llm"
    VOICE = "voice"
    TURN = "turn"
    """The turn model."""

    BROKER = "broker"
    """The connection with the home."""

    STATE = "state"
    """The folder in which timers, lists and manner are kept."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How one part is."""

    why: str
    """What is wrong, without anyone's words; empty while it is well."""

    since: datetime
    """When that began, aware."""

    @property
    def ok(self) -> bool:
        """Whether it is well."""
        return not self.why

    def __str__(self) -> str:
        """Return it in words."""
        return "ok" if self.ok else f"degraded: {self.why}"


class Health:
    """The condition of every part that there is."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Know of no part yet; ``now`` gives aware times."""
        self._now = now
        self._conditions: dict[Part, Condition] = {}
        self.noticed: set[Part] = set()
        """Parts of which somebody in the room was told."""

    def take(self, found: Mapping[Part, str]) -> dict[Part, Condition]:
        """Take what was found of the parts that there are (part -> what is wrong, or nothing).

        Returns:
            The conditions that are news: what was not well and is, what is not well in another way, and at
            first what is not well.
        """
        before, now = self._conditions, self._now()
        self._conditions = {
            part: before[part] if part in before and before[part].why == why else Condition(why, now)
            for part, why in found.items()
        }
        return {
            part: condition
            for part, condition in self._conditions.items()
            if condition.why != (before[part].why if part in before else "")
        }

    @property
    def degraded(self) -> dict[Part, Condition]:
        """The parts that are not well."""
        return {part: condition for part, condition in self._conditions.items() if not condition.ok}

    @property
    def conditions(self) -> dict[Part, Condition]:
        """Every part that there is."""
        return dict(self._conditions)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it: part -> state (ok, degraded), why, since (ISO 8601)."""
        return {
            part.value: {
                "state": "ok" if condition.ok else "degraded",
                "why": condition.why,
                "since": condition.since.isoformat(timespec="seconds"),
            }
            for part, condition in self._conditions.items()
        }
