"""The driver of an entity that is a set of properties, which nearly every one is.

A property has a state topic, or a command topic, or both; what differs is how its values are written, which
the `codecs` know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from voiceslm.home.driver import Unable
from voiceslm.home.drivers.wants import allowed
from voiceslm.home.message import Message
from voiceslm.home.template_functions import LARGEST
from voiceslm.home.templates import Template, TemplateFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from voiceslm.entities import Change, Range, State, Value
    from voiceslm.home.drivers.codecs import Codec
    from voiceslm.home.drivers.config import Config

UNKNOWN = frozenset({"", "None", "null", "unknown", "unavailable"})
"""Reports that tell nothing; "None" is what a template makes of what is not there."""


_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reading:
    """What one topic tells."""

    topic: str
    names: tuple[str, ...]
    """The properties that it may tell."""
    decode: Callable[[str], Mapping[str, Value]]
    """From what the template made of a payload to properties. Never raises."""
    template: Template | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    """What the template knows besides the payload."""

    def read(self, payload: str) -> Mapping[str, Value]:
        """Return what ``payload`` tells. Never raises."""
        if len(payload) > LARGEST:
            return {}
        try:
            text = payload if self.template is None else self.template.value(payload, **self.variables)
        except TemplateFailed:
            return {}
        text = text.strip()
        return {} if text in UNKNOWN else self.decode(text)


@dataclass(frozen=True, slots=True)
class Command:
    """Where commands are published, and how they are written."""

    topic: str
    template: Template | None = None
    qos: int = 0

    def message(self, value: str | float, **variables: Any) -> Message:
        """Return the message of ``value``; the template has it as ``value``, and ``variables`` besides.

        Raises:
            TemplateFailed: the template has no result.
        """
        payload = str(value) if self.template is None else self.template.render(value=value, **variables)
        return Message(self.topic, payload, self.qos)


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an entity."""

    name: str
    reading: Reading | None = None
    range: Range | None = None
    message: Callable[[Value, State], Message] | None = None
    """From the value that is wanted, and the whole state as it shall be, to the command."""


class PropertyDriver:
    """A `Driver` made of what it reads, what can be set, how that is sent, and deeds."""

    def __init__(
        self,
        *,
        readings: Iterable[Reading] = (),
        settable: Mapping[str, Range] = _NONE,
        send: Callable[[Mapping[str, Value], State], Iterable[Message]] = lambda _wants, _state: (),
        deeds: Mapping[str, Callable[[], Message]] = _NONE,
    ) -> None:
        """Put it together.

        Args:
            readings: where several tell one property by one message, the last of them has the say.
            settable: as in `Entity`.
            send: from valid wants and what is reported now to messages. May raise `Unable`, `TemplateFailed`.
            deeds: deed -> its message. May raise `TemplateFailed`.
        """
        self.settable = settable
        self._send = send
        self._deeds = deeds
        self._readings: dict[str, list[Reading]] = {}
        for reading in readings:
            self._readings.setdefault(reading.topic, []).append(reading)

    @property
    def deeds(self) -> frozenset[str]:
        """As in `Driver`."""
        return frozenset(self._deeds)

    @property
    def reports(self) -> frozenset[str]:
        """As in `Driver`."""
        readings = (reading for group in self._readings.values() for reading in group)
        return frozenset(name for reading in readings for name in reading.names)

    @property
    def topics(self) -> frozenset[str]:
        """As in `Driver`."""
        return frozenset(self._readings)

    def read(self, topic: str, payload: str) -> Mapping[str, Value]:
        """As in `Driver`."""
        found: dict[str, Value] = {}
        for reading in self._readings.get(topic, ()):
            found.update(reading.read(payload))
        return found

    def write(self, change: Change, state: State) -> tuple[Message, ...]:
        """As in `Driver`."""
        try:
            if change.deed:
                messages = [self._deed(change.deed)()]
            else:
                messages = list(self._send(allowed(change.wants, self.settable), state))
            for message in messages:
                message.payload.encode()
        except TemplateFailed:
            raise Unable("its command template fails") from None
        except UnicodeEncodeError:
            raise Unable("its command cannot be encoded") from None
        return tuple(dict.fromkeys(messages))

    def _deed(self, name: str) -> Callable[[], Message]:
        if name not in self._deeds:
            raise Unable(f"it cannot {name}")
        return self._deeds[name]


def driver_of(
    properties: Iterable[Property | None],
    *,
    deeds: Mapping[str, Callable[[], Message]] = _NONE,
    arrange: Callable[[Mapping[str, Value], State], Mapping[str, Value]] = lambda wants, _state: wants,
) -> PropertyDriver:
    """Return the driver of properties that are each set by a message of their own.

    Args:
        properties: in the order in which they are sent and read; None for what this entity lacks.
        deeds: deed -> its message.
        arrange: from what is wanted to what is sent, where one property has a bearing on another.
    """
    parts = [part for part in properties if part is not None]

    def send(wants: Mapping[str, Value], state: State) -> Iterable[Message]:
        sent = arrange(wants, state)
        after = {**state, **sent}
        return [
            part.message(sent[part.name], after)
            for part in parts
            if part.name in sent and part.message is not None
        ]

    return PropertyDriver(
        readings=[part.reading for part in parts if part.reading is not None],
        settable={
            part.name: part.range for part in parts if part.range is not None and part.message is not None
        },
        send=send,
        deeds=deeds,
    )


def property_of(
    config: Config, name: str, codec: Codec, *, prefix: str = "", fallback: str = ""
) -> Property | None:
    """Return the property whose keys begin with ``prefix``; None where it has no topic.

    They are ``command_topic`` and ``command_template``, ``state_topic`` and ``state_template`` or
    ``value_template``.

    Args:
        config: of the entity.
        name: the property.
        codec: how its values are written.
        prefix: of the keys, with its underscore.
        fallback: key of the template that is used where the property has none of its own.

    Raises:
        ConfigRefused: a topic or template cannot be used.
    """
    templates = (f"{prefix}state_value_template", f"{prefix}state_template", f"{prefix}value_template")
    reading = reading_of(config, name, codec, f"{prefix}state_topic", *templates, fallback)
    command = command_of(config, f"{prefix}command_topic", f"{prefix}command_template")
    return joined(name, codec, reading, command)


def joined(name: str, codec: Codec, reading: Reading | None, command: Command | None) -> Property | None:
    """Return the property that ``reading`` and ``command`` make together; None where neither is there."""
    if command is None or codec.range is None:
        return None if reading is None else Property(name, reading)
    return Property(name, reading, codec.range, lambda value, _after: command.message(codec.encode(value)))


def reading_of(
    config: Config, name: str, codec: Codec, topic_key: str, *template_keys: str
) -> Reading | None:
    """Return the reading of one property; None where there is no such topic.

    Raises:
        ConfigRefused: the topic or the template cannot be used.
    """
    topic = config.topic(topic_key)
    if topic is None:
        return None

    return Reading(topic, (name,), telling(name, codec), config.template(*template_keys))


def telling(name: str, codec: Codec) -> Callable[[str], Mapping[str, Value]]:
    """Return the decoding of one property alone."""

    def decode(text: str) -> Mapping[str, Value]:
        value = codec.decode(text)
        return {} if value is None else {name: value}

    return decode


def measured(config: Config, name: str, codec: Codec, topic_key: str, *template_keys: str) -> Property | None:
    """Return the property that is only read; None where there is no such topic."""
    return joined(name, codec, reading_of(config, name, codec, topic_key, *template_keys), None)


def command_of(config: Config, topic_key: str, template_key: str = "") -> Command | None:
    """Return the command; None where there is no such topic.

    Raises:
        ConfigRefused: the topic or the template cannot be used.
    """
    topic = config.topic(topic_key)
    return None if topic is None else Command(topic, config.template(template_key), config.qos)


def deeds_of(command: Command | None, payloads: Mapping[str, str | None]) -> dict[str, Callable[[], Message]]:
    """Return the deeds that ``command`` does by one payload each; without those that have none."""
    if command is None:
        return {}
    return {
        deed: lambda payload=payload: command.message(payload)  # type: ignore[misc]
        for deed, payload in payloads.items()
        if payload is not None
    }
