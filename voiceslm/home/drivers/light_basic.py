"""Lights of the schema "basic": a topic for each property.

Keys and defaults: https://www.home-assistant.io/integrations/light.mqtt/#default-schema.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voiceslm.entities import Choice, Span
from voiceslm.home.drivers import colors
from voiceslm.home.drivers.codecs import choice, percent
from voiceslm.home.drivers.light import level, lit, temperature
from voiceslm.home.drivers.onoff import on_off
from voiceslm.home.drivers.properties import Property, Reading, command_of, driver_of, property_of
from voiceslm.home.templates import ConfigRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.entities import State, Value
    from voiceslm.home.driver import Driver
    from voiceslm.home.drivers.colors import RGB
    from voiceslm.home.drivers.config import Config
    from voiceslm.home.message import Message


@dataclass(frozen=True, slots=True)
class _Notation:
    """A way in which colours are written: numbers with commas between them."""

    names: tuple[str, ...]
    """Of the numbers, as command templates know them."""
    numbers: Callable[[RGB], tuple[float, ...]]
    color: Callable[..., RGB | None]


def _with_two_whites(color: RGB) -> tuple[float, ...]:
    *rest, white = colors.white_apart(color)
    return (*rest, white, white)


_RGB = ("red", "green", "blue")

_NOTATIONS = {
    "rgb": _Notation(_RGB, lambda color: color, lambda *channels: colors.rgb(channels)),
    "rgbw": _Notation((*_RGB, "white"), colors.white_apart, colors.white_mixed),
    "rgbww": _Notation((*_RGB, "cold_white", "warm_white"), _with_two_whites, colors.white_mixed),
    "hs": _Notation(("hue", "sat"), colors.hs_from_rgb, colors.rgb_from_hs),
    "xy": _Notation(("x", "y"), colors.xy_from_rgb, colors.rgb_from_xy),
}
"""In the order in which one is chosen."""

_DIMMING = frozenset({"rgb", "rgbw", "rgbww"})
"""Notations that also say how bright the light is, where it has no topic for that."""


def basic_light(config: Config) -> Driver:
    """Return the driver of a light with a topic for each property."""
    config.needs("command_topic")
    scale = percent(0, config.number("brightness_scale", 255), 1)
    brightness = property_of(config, "brightness", scale, prefix="brightness_")
    notation = next((name for name in _NOTATIONS if config.has(f"{name}_command_topic")), "")
    dims = notation in _DIMMING and not config.has("brightness_command_topic")
    color = _color(config, notation, dims=dims)
    if dims and color is not None:
        brightness = _brightness_in(color, None if brightness is None else brightness.reading)
    effects = choice(config.words("effect_list"))
    styles = [
        *(Property("color", reading) for reading in _color_readings(config, dims=dims)),
        color,
        brightness,
        property_of(config, "color_temperature", temperature(config), prefix="color_temp_"),
        property_of(config, "effect", effects, prefix="effect_"),
    ]
    return driver_of(_in_order(config, styles, brightness), arrange=lit)


def _in_order(
    config: Config, styles: list[Property | None], brightness: Property | None
) -> list[Property | None]:
    """Put the command to be on before the others, after them or in their stead, by ``on_command_type``."""
    state = property_of(config, "state", on_off(config), fallback="value_template")
    assert state is not None
    order = config.text("on_command_type", "last")
    if order not in {"first", "last", "brightness"}:
        raise ConfigRefused("on_command_type is not first, last or brightness")
    if order == "brightness" and brightness is not None and brightness.message is not None:
        state = replace(state, message=_by_brightness(state.message, brightness.message))
    return [state, *styles] if order == "first" else [*styles, state]


def _by_brightness(
    switch: Callable[[Value, State], Message] | None, dim: Callable[[Value, State], Message]
) -> Callable[[Value, State], Message]:
    assert switch is not None
    return lambda value, after: switch(value, after) if value == "off" else dim(level(after), after)


def _color(config: Config, name: str, *, dims: bool) -> Property | None:
    """Return how the colour is set in the notation ``name``; greys by the light's white, where it has one."""
    white = command_of(config, "white_command_topic")
    whiteness = percent(0, config.number("white_scale", 255), 1)
    command = command_of(config, f"{name}_command_topic", f"{name}_command_template") if name else None
    if command is None:
        return None
    notation = _NOTATIONS[name]

    def message(value: Value, after: State) -> Message:
        assert isinstance(value, tuple)
        if white is not None and min(value) == max(value):
            return white.message(whiteness.encode(level(after)))
        color = colors.scaled(value, level(after)) if dims else value
        numbers = notation.numbers(color)
        text = ",".join(f"{number:g}" for number in numbers)
        return command.message(text, **dict(zip(notation.names, numbers, strict=True)))

    return Property("color", None, Choice(()), message)


def _brightness_in(color: Property, reading: Reading | None) -> Property:
    """Return the brightness of a light that has it in its colour."""
    send = color.message
    assert send is not None
    return Property(
        "brightness",
        reading,
        Span(0, 100),
        lambda _value, after: send(after.get("color", colors.WHITE), after),
    )


def _color_readings(config: Config, *, dims: bool) -> list[Reading]:
    readings = []
    for name, notation in _NOTATIONS.items():
        topic = config.topic(f"{name}_state_topic")
        if topic is not None:
            template = config.template(f"{name}_value_template")
            bright = dims and name in _DIMMING
            names = ("color", "brightness") if bright else ("color",)
            readings.append(Reading(topic, names, _color_decoder(notation, bright=bright), template))
    return readings


def _color_decoder(notation: _Notation, *, bright: bool) -> Callable[[str], Mapping[str, Value]]:
    def decode(text: str) -> Mapping[str, Value]:
        numbers = colors.numbers(text, len(notation.names))
        color = None if numbers is None else notation.color(*numbers)
        if color is None:
            return {}
        if not bright:
            return {"color": color}
        full, brightness = colors.brightest(color)
        return {"color": full, "brightness": brightness} if brightness else {"brightness": 0}

    return decode
