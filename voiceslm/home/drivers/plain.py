"""Numbers, choices, sensors, scenes and buttons: one value, or one deed.

Keys and defaults: https://www.home-assistant.io/integrations/number.mqtt/ and select.mqtt, sensor.mqtt,
scene.mqtt, button.mqtt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.home.drivers.codecs import choice, number, parsed_number, parsed_text, reported
from voiceslm.home.drivers.properties import command_of, deeds_of, driver_of, measured, property_of

if TYPE_CHECKING:
    from voiceslm.entities import Value
    from voiceslm.home.driver import Driver
    from voiceslm.home.drivers.config import Config

_TEXTUAL = frozenset({"", "timestamp", "date", "enum"})
"""Device classes of sensors whose value is no number, and none."""


def number_entity(config: Config) -> Driver:
    """Return the driver of a number."""
    config.needs("command_topic")
    codec = number(config.number("min", 1), config.number("max", 100), config.number("step", 1))
    return driver_of([property_of(config, "state", codec)])


def select(config: Config) -> Driver:
    """Return the driver of a choice."""
    config.needs("command_topic")
    config.needs("options")
    return driver_of([property_of(config, "state", choice(config.words("options")))])


def sensor(config: Config) -> Driver:
    """Return the driver of a sensor.

    Its value is a number where the config says so (it has a unit, a state class or a class of numbers), or
    where the text is what the number would be written as: the version "2.10" is none.
    """
    config.needs("state_topic")
    measures = config.has("unit_of_measurement") or config.has("state_class")
    decode = _measure if measures or config.text("device_class") not in _TEXTUAL else _measure_or_text
    return driver_of([measured(config, "state", reported(decode), "state_topic", "value_template")])


def scene(config: Config) -> Driver:
    """Return the driver of a scene."""
    config.needs("command_topic")
    command = command_of(config, "command_topic", "command_template")
    return driver_of([], deeds=deeds_of(command, {"activate": config.payload("payload_on", "ON")}))


def button(config: Config) -> Driver:
    """Return the driver of a button."""
    config.needs("command_topic")
    command = command_of(config, "command_topic", "command_template")
    return driver_of([], deeds=deeds_of(command, {"press": config.payload("payload_press", "PRESS")}))


def _measure(text: str) -> Value | None:
    value = parsed_number(text)
    return parsed_text(text) if value is None else value


def _measure_or_text(text: str) -> Value | None:
    value = parsed_number(text)
    return value if value is not None and str(value) == text else parsed_text(text)
