"""What a discovery message says: which entities a device has, and the configuration of each. Pure.

The format is Home Assistant's, https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery: an entity a
topic (``<prefix>/<component>/[<node>/]<object>/config``) or a device a topic (``<prefix>/device/…``), short
names for most keys, ``~`` for the beginning or end of topics, and nothing at all for "gone". Values are left
as they came: whoever reads one knows what it should be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voiceslm.entities import Kind
from voiceslm.home.abbreviations import ABBREVIATIONS, DEVICE_ABBREVIATIONS, ORIGIN_ABBREVIATIONS
from voiceslm.home.template_functions import parsed_json
from voiceslm.home.templates import ConfigRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LARGEST_PAYLOAD = 256_000
"""Bytes."""

DEEPEST = 16
"""Objects within objects; real messages have five."""

MOST_COMPONENTS = 200
"""Of one device."""

_SHARED = (
    *("command_topic", "device", "encoding", "origin", "qos", "state_topic"),
    *("payload_available", "payload_not_available"),
)
"""What a device's message may say once for all its components."""

_SHARED_AVAILABILITY = ("availability", "availability_mode", "availability_template", "availability_topic")
"""The same, for those components that say nothing of it themselves."""

_FALSE = frozenset({"false", "no", "off", "disable", "0"})
_SURROGATE = re.compile("[\ud800-\udfff]")
_KINDS = {str(kind): kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Discovered:
    """One entity as its device announces it."""

    key: str
    """Unique and lasting: the topic, and for a part of a device its name therein."""

    component: Kind

    config: Mapping[str, Any]
    """With the keys' full names and topics, and ``device`` with ``identifiers`` as a list of strings."""

    area: str = ""
    """As the configuration file has it; no message says it."""

    aliases: tuple[str, ...] = ()
    """The same."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """All that is at one topic now; what was there before and is not in ``found`` is gone."""

    found: tuple[Discovered, ...] = ()

    refused: tuple[tuple[str, str], ...] = ()
    """Keys of what cannot be used, and why. Of these, what was known before stays."""

    ignored: int = 0
    """Parts that are no entities here: triggers, tags, cameras …, or not enabled by default."""


def discovery_filters(prefix: str) -> tuple[str, str]:
    """Return the filters that match all discovery topics below ``prefix``."""
    return f"{prefix}/+/+/config", f"{prefix}/+/+/+/config"


def component_of(topic: str, prefix: str) -> str:
    """Return the component in a discovery topic; empty for a topic that is none."""
    if not topic.startswith(f"{prefix}/"):
        return ""
    match topic[len(prefix) + 1 :].split("/"):
        case [component, object_id, "config"] if object_id:
            return component
        case [component, node, object_id, "config"] if node and object_id:
            return component
    return ""


def parse(topic: str, payload: bytes, prefix: str) -> Parsed:
    """Read a discovery message.

    Raises:
        ConfigRefused: it is too large, or not what a discovery message is.
    """
    component = component_of(topic, prefix)
    if component != "device" and component not in _KINDS:
        return Parsed(ignored=1)
    if not payload.strip():
        return Parsed()
    message = _message(payload)
    if not message:
        return Parsed()
    if component == "device":
        return _device(topic, message)
    config = _expanded(message)
    return Parsed() if config.get("migrate_discovery") is True else _one(topic, component, config)


def declared(number: int, config: Mapping[str, Any]) -> Parsed:
    """Read a device of the configuration file: a discovery message with ``component``, ``area``, ``aliases``.

    Raises:
        ConfigRefused: it has no component that there is, or is not what a discovery message is.
    """
    message = _checked(dict(config))
    component = message.pop("component", "")
    if component not in _KINDS:
        raise ConfigRefused(f"no component {_shown(component)}")
    area, aliases = message.pop("area", ""), message.pop("aliases", ())
    parsed = _one(f"configuration file, device {number}", component, _expanded(message))
    return replace(
        parsed, found=tuple(replace(one, area=area, aliases=tuple(aliases)) for one in parsed.found)
    )


def _message(payload: bytes) -> dict[str, Any]:
    if len(payload) > LARGEST_PAYLOAD:
        raise ConfigRefused(f"more than {LARGEST_PAYLOAD} bytes")
    try:
        return _checked(parsed_json(payload.decode()))
    except ValueError:
        raise ConfigRefused("not JSON") from None


def _checked(message: Any) -> dict[str, Any]:
    """Refuse what is no object, is nested too deeply, or has text in it that cannot be written."""
    if not isinstance(message, dict):
        raise ConfigRefused("not an object")
    level: list[Any] = [message]
    for _depth in range(DEEPEST):
        if any(isinstance(value, str) and _SURROGATE.search(value) for value in level):
            raise ConfigRefused("text that is not Unicode")
        level = [part for value in level for part in _parts(value)]
    if level:
        raise ConfigRefused(f"more than {DEEPEST} objects within one another")
    return message


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _device(topic: str, message: dict[str, Any]) -> Parsed:
    device = _expanded(message)
    components = device.get("components")
    if not isinstance(components, dict):
        raise ConfigRefused("a device without components")
    base = message.get("~")
    found: list[Discovered] = []
    refused: list[tuple[str, str]] = []
    ignored = 0
    for count, (name, config) in enumerate(components.items()):
        key = f"{topic}#{name}"
        try:
            if count >= MOST_COMPONENTS:
                raise ConfigRefused(f"more than {MOST_COMPONENTS} components in a device")  # noqa: TRY301
            part = _component(key, config, device, base)
        except ConfigRefused as reason:
            refused.append((key, str(reason)))
        else:
            found += part.found
            ignored += part.ignored
    return Parsed(tuple(found), tuple(refused), ignored)


def _component(key: str, config: Any, device: Mapping[str, Any], base: Any) -> Parsed:
    if not isinstance(config, dict):
        raise ConfigRefused("a component that is not an object")
    config = _abbreviations_replaced(config, ABBREVIATIONS)
    platform = config.pop("platform", None)
    if not config:
        return Parsed()
    if not isinstance(platform, str):
        raise ConfigRefused("a component without a platform")
    shared = {name: device[name] for name in _SHARED if name in device}
    if not any(name in config for name in _SHARED_AVAILABILITY):
        shared |= {name: device[name] for name in _SHARED_AVAILABILITY if name in device}
    return _one(key, platform, _expanded(shared | config, base))


def _one(key: str, component: str, config: dict[str, Any]) -> Parsed:
    if component not in _KINDS or _is_false(config.get("enabled_by_default")):
        return Parsed(ignored=1)
    return Parsed((Discovered(key, _KINDS[component], config),))


def _expanded(message: dict[str, Any], base: Any = None) -> dict[str, Any]:
    """Write keys and topics out, and bring the device and the availability into one form.

    ``base`` is what ``~`` stands for where the message does not say.
    """
    config = _abbreviations_replaced(message, ABBREVIATIONS)
    for name, abbreviations in (("device", DEVICE_ABBREVIATIONS), ("origin", ORIGIN_ABBREVIATIONS)):
        part = config.pop(name, None)
        if isinstance(part, dict):
            config[name] = _abbreviations_replaced(part, abbreviations)
    if "device" in config:
        identifiers = config["device"].get("identifiers", [])
        listed = identifiers if isinstance(identifiers, list) else [identifiers]
        config["device"]["identifiers"] = [str(item) for item in listed]
    base = config.pop("~", base)
    availability = config.pop("availability", None)
    if availability is not None:
        listed = availability if isinstance(availability, list) else [availability]
        config["availability"] = [_availability(item, base) for item in listed]
    return _with_base(config, base)


def _availability(item: Any, base: Any) -> dict[str, Any]:
    if isinstance(item, str):
        item = {"topic": item}
    if not isinstance(item, dict):
        raise ConfigRefused("an availability that is not an object")
    return _with_base(_abbreviations_replaced(item, ABBREVIATIONS), base)


def _abbreviations_replaced(part: dict[str, Any], abbreviations: Mapping[str, str]) -> dict[str, Any]:
    """Write the keys out; a key that is also there in full wins over its short form."""
    full = {abbreviations[key]: value for key, value in part.items() if key in abbreviations}
    return full | {key: value for key, value in part.items() if key not in abbreviations}


def _with_base(config: dict[str, Any], base: Any) -> dict[str, Any]:
    if not isinstance(base, str):
        return config
    return {key: _topic(value, base) if key.endswith("topic") else value for key, value in config.items()}


def _topic(value: Any, base: str) -> Any:
    if not isinstance(value, str):
        return value
    if value.startswith("~"):
        return base + value[1:]
    return value[:-1] + base if value.endswith("~") else value


def _is_false(value: Any) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower() in _FALSE)


def _shown(value: Any) -> str:
    return ascii(value)[:40]
