"""Whether a device can be reached, as it says itself, or its bridge for it.

https://www.home-assistant.io/integrations/mqtt/#using-availability-topics. A bridge says it for hundreds of
entities, so each rule is kept once. ``expire_after`` is not followed: a sensor that has fallen silent stays
available with its last value.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voiceslm.home.templates import ConfigRefused, Template, TemplateFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODES = frozenset({"all", "any", "latest"})
_MOST_RULES = 16
"""Of one entity."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One topic that says whether something can be reached."""

    topic: str
    source: str
    """Of the template; empty for none."""

    online: str
    offline: str
    template: Template | None = field(default=None, compare=False)

    def hears(self, payload: str) -> bool | None:
        """Return what a message on the topic says; None for nothing that is understood."""
        try:
            text = self.template.value(payload) if self.template else payload
        except TemplateFailed:
            return None
        if text == self.online:
            return True
        return False if text == self.offline else None


@dataclass(frozen=True, slots=True)
class Availability:
    """When one entity can be reached."""

    rules: tuple[Rule, ...] = ()
    mode: str = "latest"


def availability_of(config: Mapping[str, Any]) -> Availability:
    """Read it from an entity's configuration.

    Raises:
        ConfigRefused: a topic cannot be subscribed to, a template cannot be used, or there is no such mode.
    """
    listed = config.get("availability")
    if listed is None and config.get("availability_topic") is not None:
        keys = {"topic": "availability_topic", "value_template": "availability_template"}
        names = ("payload_available", "payload_not_available")
        listed = [{name: config.get(keys.get(name, name)) for name in (*keys, *names)}]
    mode = config.get("availability_mode", "latest")
    if not isinstance(mode, str) or mode not in _MODES:
        raise ConfigRefused("an availability_mode that is not all, any or latest")
    if len(listed or ()) > _MOST_RULES:
        raise ConfigRefused(f"more than {_MOST_RULES} availability topics")
    return Availability(tuple(_rule(item) for item in listed or ()), mode)


def _rule(item: Mapping[str, Any]) -> Rule:
    topic = item.get("topic")
    if not isinstance(topic, str) or not subscribable(topic):
        raise ConfigRefused("an availability topic that no message can have")
    source = item.get("value_template") or ""
    if not isinstance(source, str):
        raise ConfigRefused("an availability template that is no text")
    return Rule(
        topic,
        source,
        _payload(item.get("payload_available"), "online"),
        _payload(item.get("payload_not_available"), "offline"),
        Template(source) if source else None,
    )


def subscribable(topic: str) -> bool:
    """Say whether messages can have ``topic``: it is not empty, not too long, without wildcards and NUL."""
    return 0 < len(topic.encode()) < 1 << 16 and not any(character in topic for character in "+#\0")


def _payload(value: Any, default: str) -> str:
    if value is None:
        return default
    if isinstance(value, dict | list):
        raise ConfigRefused("an availability payload that is no text")
    return str(value)


class Heard:
    """What the rules in use have said so far."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._users: dict[str, Counter[Rule]] = {}
        self._said: dict[Rule, tuple[int, bool]] = {}
        self._count = 0

    def add(self, availability: Availability) -> None:
        """Keep its rules; what others have heard of them holds at once."""
        for rule in availability.rules:
            self._users.setdefault(rule.topic, Counter())[rule] += 1

    def remove(self, availability: Availability) -> None:
        """Forget its rules, as far as nobody else has them."""
        for rule in availability.rules:
            users = self._users[rule.topic]
            users[rule] -= 1
            if not users[rule]:
                del users[rule]
                self._said.pop(rule, None)
            if not users:
                del self._users[rule.topic]

    def take(self, topic: str, payload: str) -> None:
        """Let the rules of ``topic`` hear a message."""
        for rule in self._users.get(topic, ()):
            says = rule.hears(payload)
            if says is not None:
                self._count += 1
                self._said[rule] = (self._count, says)

    def holds(self, availability: Availability) -> bool:
        """Say whether the entity can be reached; a rule that has not heard anything yet says no."""
        said = [self._said.get(rule, (0, False)) for rule in availability.rules]
        if not said:
            return True
        match availability.mode:
            case "all":
                return all(online for _, online in said)
            case "any":
                return any(online for _, online in said)
            case _:
                return max(said)[1]
