"""What the home is told of the assistant as it goes: how it is, and what came of each turn. Pure."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voiceslm.events import Ended, Stage
from voiceslm.home.announce import announcement
from voiceslm.home.message import Message
from voiceslm.home.topics import Refused, WakeWord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from voiceslm.events import TurnRecord
    from voiceslm.home.announce import About
    from voiceslm.home.topics import Ask, Command


@dataclass(frozen=True, slots=True)
class Condition:
    """How the assistant is."""

    state: str = "idle"
    """One of `voiceslm.home.announce.STATES`."""

    muted: bool = False
    volume: int = 100
    """0 to 100 %."""

    wake_word: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """A timer or an alarm."""

    name: str
    """Empty where it has none."""

    due: datetime | None
    """With its time zone; None while it is paused."""


class Presence:
    """Remembers what was last told, and makes messages of what is new."""

    def __init__(self, about: About, condition: Condition) -> None:
        """Begin with the assistant in ``condition``, without timers and turns."""
        self.about = about
        self.ignored: Counter[str] = Counter()
        """Commands that were not followed, by reason."""
        self._condition = condition
        self._timers: tuple[Running, ...] = ()
        self._latency: dict[str, Any] | None = None
        self._health: dict[str, Any] = {"degraded": [], "parts": {}}

    @property
    def will(self) -> Message:
        """What holds once the assistant has gone."""
        return self._availability("offline")

    @property
    def filters(self) -> frozenset[str]:
        """What has to be subscribed to."""
        return self.about.topics.commands | {self.about.birth_topic}

    def connected(self) -> list[Message]:
        """Return everything that a broker or a home that has just started does not know."""
        latency = [] if self._latency is None else [self._told("latency", self._latency)]
        return [
            announcement(self.about),
            self._availability("online"),
            self._state(),
            self._running(),
            self._told("health", self._health),
            *latency,
        ]

    def is_birth(self, topic: str, payload: bytes, *, retained: bool) -> bool:
        """Tell whether Home Assistant has just started, so that `connected` has to be told again.

        A retained word of it comes with our own connection, at which everything is told anyway.
        """
        return topic == self.about.birth_topic and payload == b"online" and not retained

    def command(self, topic: str, payload: bytes, *, retained: bool) -> Command | None:
        """Return what a message commands; None, and a count more in `ignored`, for what is not followed."""
        if topic not in self.about.topics.commands:
            return None
        try:
            command = self.about.topics.parse(topic, payload, retained=retained)
        except Refused as reason:
            self.ignored[str(reason)] += 1
            return None
        if isinstance(command, WakeWord) and command.word not in self.about.wake_words:
            self.ignored["unknown wake word"] += 1
            return None
        return command

    def state_changed(
        self,
        *,
        state: str | None = None,
        muted: bool | None = None,
        volume: int | None = None,
        wake_word: str | None = None,
    ) -> list[Message]:
        """Take what has changed (None: has not), and return what is to be published."""
        given = {"state": state, "muted": muted, "volume": volume, "wake_word": wake_word}
        changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        before, self._condition = self._condition, replace(self._condition, **changes)
        return [self._state()] if self._condition != before else []

    def timers_changed(self, timers: Sequence[Running]) -> list[Message]:
        """Take the timers that run now, and return what is to be published."""
        before, self._timers = self._timers, tuple(timers)
        return [self._running()] if self._timers != before else []

    def health_changed(self, health: Mapping[str, Any]) -> list[Message]:
        """Take how the parts are (name -> state, why, since), and return what is to be published."""
        before, self._health = self._health, {"degraded": _degraded(health), "parts": dict(health)}
        return [self._told("health", self._health)] if self._health != before else []

    def turn_ended(self, record: TurnRecord) -> list[Message]:
        """Return the turn's event, without words unless transcripts are wanted, and its latency."""
        latency = _latency_ms(record)
        event = {
            "event_type": record.ended.value,
            "turn": record.turn,
            "route": record.route.value,
            "ended": record.ended.value,
            "latency_ms": latency,
            "actions": list(record.actions),
        }
        if self.about.transcripts:
            event |= {"text": record.transcript, "reply": record.reply}
        messages = [Message(self.about.topics["turn"], _json(event))]
        if latency is not None:
            self._latency = {"latency_ms": latency, "turn": record.turn}
            messages.append(self._told("latency", self._latency))
        return messages

    def answer(self, ask: Ask, record: TurnRecord) -> Message:
        """Return the answer to a question that came over MQTT."""
        answer = {
            "id": ask.id,
            "text": ask.text,
            "reply": record.reply,
            "route": record.route.value,
            "ended": record.ended.value,
            "actions": list(record.actions),
        }
        return Message(self.about.topics["answer"], _json(answer))

    def failed(self, ask: Ask, error: str) -> Message:
        """Return what is answered to a question that came to nothing; ``error`` says why."""
        answer = {"id": ask.id, "text": ask.text, "ended": Ended.FAILED.value, "error": error}
        return Message(self.about.topics["answer"], _json(answer))

    def _availability(self, word: str) -> Message:
        return Message(self.about.topics["availability"], word, qos=1, retain=True)

    def _state(self) -> Message:
        condition = self._condition
        return self._told(
            "state",
            {
                "state": condition.state,
                "muted": condition.muted,
                "volume": condition.volume,
                "wake_word": condition.wake_word,
            },
        )

    def _running(self) -> Message:
        timers = [
            {"name": timer.name, "due": timer.due.isoformat(timespec="seconds") if timer.due else None}
            for timer in self._timers
        ]
        return self._told("timers", {"count": len(timers), "timers": timers})

    def _told(self, name: str, content: dict[str, Any]) -> Message:
        return Message(self.about.topics[name], _json(content), retain=True)


def _degraded(health: Mapping[str, Any]) -> list[str]:
    return [part for part, condition in health.items() if condition["state"] != "ok"]


def _latency_ms(record: TurnRecord) -> int | None:
    """Return milliseconds from the end of the input to the first sound; None where there was none."""
    for stage in (Stage.AUDIBLE, Stage.FIRST_AUDIO):
        if (milliseconds := record.timings_ms.get(stage)) is not None:
            return round(milliseconds)
    return None


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)
