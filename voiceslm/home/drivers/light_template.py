"""Lights of the schema "template": one payload for all properties, both ways, of any form.

Keys and defaults: https://www.home-assistant.io/integrations/light.mqtt/#template-schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voiceslm.entities import Choice
from voiceslm.home.drivers import colors
from voiceslm.home.drivers.codecs import Codec, choice, parsed_number, percent, wording
from voiceslm.home.drivers.light import lit, temperature
from voiceslm.home.drivers.properties import PropertyDriver, Reading, command_of, telling
from voiceslm.home.templates import TemplateFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from voiceslm.entities import State, Value
    from voiceslm.home.driver import Driver
    from voiceslm.home.drivers.config import Config
    from voiceslm.home.message import Message
    from voiceslm.home.templates import Template

_CHANNELS = ("red", "green", "blue")


def template_light(config: Config) -> Driver:
    """Return the driver of a light that is spoken to through templates."""
    for key in ("command_topic", "command_on_template", "command_off_template"):
        config.needs(key)
    on = command_of(config, "command_topic", "command_on_template")
    off = command_of(config, "command_topic", "command_off_template")
    assert on is not None
    assert off is not None
    codecs = _codecs(config)
    channels = [template for name in _CHANNELS if (template := config.template(f"{name}_template"))]
    colored = len(channels) == len(_CHANNELS)

    def send(wants: Mapping[str, Value], _state: State) -> Iterable[Message]:
        wanted = lit(wants)
        if wanted["state"] == "off":
            return [off.message("off", state=False)]
        variables = {
            _VARIABLES[name]: codecs[name].encode(value)
            for name, value in wanted.items()
            if name in _VARIABLES
        }
        return [on.message("on", state=True, **variables, **_color_variables(wanted.get("color")))]

    settable = {name: codec.range for name, codec in codecs.items() if codec.range is not None}
    if colored:
        settable["color"] = Choice(())
    return PropertyDriver(
        readings=_readings(config, codecs, channels if colored else []), settable=settable, send=send
    )


_VARIABLES = {"brightness": "brightness", "color_temperature": "color_temp", "effect": "effect"}
"""Property -> what templates and the keys of templates call it."""


def _codecs(config: Config) -> dict[str, Codec]:
    """Return the codec of everything but the colour."""
    codecs = {"state": wording({"on": "on", "off": "off"})}
    if config.has("brightness_template"):
        codecs["brightness"] = percent(0, 255, 1)
    if config.has("color_temp_template"):
        codecs["color_temperature"] = temperature(config)
    if config.has("effect_list"):
        codecs["effect"] = choice(config.words("effect_list"))
    return codecs


def _color_variables(color: Value | None) -> dict[str, Any]:
    if not isinstance(color, tuple):
        return {}
    hue, saturation = colors.hs_from_rgb(color)
    return {**dict(zip(_CHANNELS, color, strict=True)), "hue": hue, "sat": saturation}


def _readings(config: Config, codecs: Mapping[str, Codec], channels: list[Template]) -> list[Reading]:
    topic = config.topic("state_topic")
    if topic is None:
        return []
    readings = []
    for name, codec in codecs.items():
        template = config.template(f"{_VARIABLES.get(name, name)}_template")
        if template is not None:
            readings.append(Reading(topic, (name,), telling(name, codec), template))
    if channels:
        readings.append(Reading(topic, ("color",), lambda payload: _color(payload, channels)))
    return readings


def _color(payload: str, channels: list[Template]) -> Mapping[str, Value]:
    try:
        values = [parsed_number(template.value(payload)) for template in channels]
    except TemplateFailed:
        return {}
    known = [value for value in values if value is not None]
    return {"color": colors.rgb(known)} if len(known) == len(channels) else {}
