"""Lights of the schema "json": one JSON object for all properties, both ways.

Keys and defaults: https://www.home-assistant.io/integrations/light.mqtt/#json-schema.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from voiceslm.entities import Choice
from voiceslm.home.drivers import colors
from voiceslm.home.drivers.codecs import Codec, choice, field, json_object, percent, wording
from voiceslm.home.drivers.light import level, lit, temperature
from voiceslm.home.drivers.properties import PropertyDriver, Reading, command_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from voiceslm.entities import State, Value
    from voiceslm.home.driver import Driver
    from voiceslm.home.drivers.colors import RGB
    from voiceslm.home.drivers.config import Config
    from voiceslm.home.message import Message

_COLOR_MODES = ("rgb", "rgbw", "rgbww", "hs", "xy")
"""In the order in which one is chosen."""

_LEGACY = ("rgb", "hs", "xy")
"""Those that are also switched on by a key of their own; then all of them are sent."""

_STATE = wording({"on": "ON", "off": "OFF"})

_KEYS = {"color_temperature": "color_temp"}
"""What a property is called in the JSON object, where the name differs."""

_NEVER_CONFIRMED = frozenset({"effect"})
"""Read, but not counted on: Zigbee2MQTT's lights take effects and never say which they show."""


def json_light(config: Config) -> Driver:
    """Return the driver of a light that speaks JSON."""
    config.needs("command_topic")
    command = command_of(config, "command_topic")
    assert command is not None
    modes = config.words("supported_color_modes")
    codecs = _codecs(config, modes)
    written = _written_color_modes(config, modes)
    white = "white" in modes

    def send(wants: Mapping[str, Value], state: State) -> Iterable[Message]:
        wanted = lit(wants)
        message: dict[str, Any] = {
            _KEYS.get(name, name): codecs[name].encode(wanted[name]) for name in codecs if name in wanted
        }
        color = wanted.get("color")
        if isinstance(color, tuple) and white and min(color) == max(color):
            message.pop("brightness", None)
            message["white"] = codecs["brightness"].encode(level({**state, **wanted}))
        elif isinstance(color, tuple):
            message["color"] = _written(color, written)
        return [command.message(json.dumps(message))]

    settable = {name: codec.range for name, codec in codecs.items() if codec.range is not None}
    if written:
        settable["color"] = Choice(())
    return PropertyDriver(
        readings=_readings(config, codecs, colored="color" in settable), settable=settable, send=send
    )


def _codecs(config: Config, modes: tuple[str, ...]) -> dict[str, Codec]:
    """Return the codec of everything but the colour."""
    codecs = {"state": _STATE}
    if config.flag("brightness") or set(modes) - {"onoff"}:
        codecs["brightness"] = percent(0, config.number("brightness_scale", 255), 1)
    if "color_temp" in modes or config.flag("color_temp"):
        codecs["color_temperature"] = temperature(config)
    if config.flag("effect"):
        codecs["effect"] = choice(config.words("effect_list"))
    return codecs


def _written_color_modes(config: Config, modes: tuple[str, ...]) -> tuple[str, ...]:
    chosen = next((mode for mode in _COLOR_MODES if mode in modes), None)
    return (chosen,) if chosen else tuple(mode for mode in _LEGACY if config.flag(mode))


def _written(color: RGB, modes: tuple[str, ...]) -> dict[str, float]:
    """Return ``color`` as it stands under "color"."""
    written: dict[str, float] = {}
    for mode in modes:
        match mode:
            case "rgb":
                written |= zip("rgb", color, strict=True)
            case "rgbw":
                written |= zip("rgbw", colors.white_apart(color), strict=True)
            case "rgbww":
                *rest, white = colors.white_apart(color)
                written |= zip("rgbcw", (*rest, white, white), strict=True)
            case "hs":
                written |= zip("hs", colors.hs_from_rgb(color), strict=True)
            case "xy":
                written |= zip("xy", colors.xy_from_rgb(color), strict=True)
    return written


def _readings(config: Config, codecs: Mapping[str, Codec], *, colored: bool) -> list[Reading]:
    topic = config.topic("state_topic")
    if topic is None:
        return []

    def decode(text: str) -> Mapping[str, Value]:
        found = json_object(text)
        mode = field(found, "color_mode")
        told: dict[str, Value | None] = {
            name: codec.decode(field(found, _KEYS.get(name, name))) for name, codec in codecs.items()
        }
        if colored:
            told["color"] = _read_color(found.get("color"), mode)
        if mode:
            told.pop("color" if mode == "color_temp" else "color_temperature", None)
        return {name: value for name, value in told.items() if value is not None}

    names = [name for name in codecs if name not in _NEVER_CONFIRMED]
    return [Reading(topic, (*names, *(["color"] if colored else [])), decode)]


def _read_color(found: Any, mode: str) -> RGB | None:
    """Return the colour under "color": in the notation of ``mode``, else in any that is there."""
    if not isinstance(found, dict):
        return None
    ways = {
        "rgb": ("r", "g", "b"),
        "rgbw": ("r", "g", "b", "w"),
        "rgbww": ("r", "g", "b", "c", "w"),
        "hs": ("h", "s"),
        "xy": ("x", "y"),
        "hue": ("hue", "saturation"),
    }
    makers: Mapping[str, Any] = {
        "hs": colors.rgb_from_hs,
        "hue": colors.rgb_from_hs,
        "xy": colors.rgb_from_xy,
    }
    for way in dict.fromkeys((mode, "rgbww", "rgbw", "rgb", "xy", "hs", "hue")):
        numbers = _numbers(found, ways.get(way, ()))
        if numbers:
            color: RGB | None = makers.get(way, colors.white_mixed)(*numbers)
            return color
    return None


def _numbers(found: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[float, ...]:
    """Return the numbers under ``keys``; none where one of them is not there."""
    numbers = colors.numbers(" ".join(field(found, key) for key in keys), len(keys))
    return numbers or ()
