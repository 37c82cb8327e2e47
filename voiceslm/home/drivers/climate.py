"""Thermostats, water heaters and humidifiers.

Keys and defaults: https://www.home-assistant.io/integrations/climate.mqtt/ and water_heater.mqtt,
humidifier.mqtt.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voiceslm.home.drivers.codecs import choice, number, parsed_number, parsed_text, reported
from voiceslm.home.drivers.onoff import on_off
from voiceslm.home.drivers.properties import driver_of, measured, property_of, reading_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.entities import Value
    from voiceslm.home.driver import Driver
    from voiceslm.home.drivers.codecs import Codec
    from voiceslm.home.drivers.config import Config
    from voiceslm.home.drivers.properties import Property

_CLIMATE_MODES = ("auto", "off", "cool", "heat", "dry", "fan_only")
_HEATER_MODES = ("off", "eco", "electric", "gas", "heat_pump", "high_demand", "performance")
_FAN_MODES = ("auto", "low", "medium", "high")
_CLIMATE_RANGE = {"C": (7, 35), "F": (45, 95)}
_HEATER_RANGE = {"C": (43.3, 60), "F": (110, 140)}

_VALUE = "value_template"
"""Of a climate or water heater: for every property that has no template of its own."""


def climate(config: Config) -> Driver:
    """Return the driver of a thermostat or air conditioner."""
    temperature = _temperature(config, _CLIMATE_RANGE)
    humidity = number(config.number("min_humidity", 30), config.number("max_humidity", 99))
    presets = config.words("preset_modes")
    preset = choice(("none", *presets) if presets else ())
    modes = choice(config.words("modes", _CLIMATE_MODES))
    fan_modes = choice(config.words("fan_modes", _FAN_MODES))
    swing_modes = choice(config.words("swing_modes", ("on", "off")))
    return driver_of(
        [
            _power(config, modes),
            property_of(config, "mode", modes, prefix="mode_", fallback=_VALUE),
            property_of(config, "temperature", temperature, prefix="temperature_", fallback=_VALUE),
            property_of(config, "temperature_low", temperature, prefix="temperature_low_", fallback=_VALUE),
            property_of(config, "temperature_high", temperature, prefix="temperature_high_", fallback=_VALUE),
            property_of(config, "humidity", humidity, prefix="target_humidity_", fallback=_VALUE),
            property_of(config, "preset", preset, prefix="preset_mode_", fallback=_VALUE),
            property_of(config, "fan_mode", fan_modes, prefix="fan_mode_", fallback=_VALUE),
            property_of(config, "swing_mode", swing_modes, prefix="swing_mode_", fallback=_VALUE),
            _current(config, "current_temperature"),
            _current(config, "current_humidity"),
            measured(config, "action", reported(parsed_text), "action_topic", "action_template", _VALUE),
        ]
    )


def water_heater(config: Config) -> Driver:
    """Return the driver of a water heater."""
    temperature = _temperature(config, _HEATER_RANGE)
    modes = choice(config.words("modes", _HEATER_MODES))
    return driver_of(
        [
            _power(config, modes),
            property_of(config, "mode", modes, prefix="mode_", fallback=_VALUE),
            property_of(config, "temperature", temperature, prefix="temperature_", fallback=_VALUE),
            _current(config, "current_temperature"),
        ]
    )


def humidifier(config: Config) -> Driver:
    """Return the driver of a humidifier or dehumidifier."""
    config.needs("command_topic")
    humidity = number(config.number("min_humidity", 0), config.number("max_humidity", 100))
    return driver_of(
        [
            property_of(config, "state", on_off(config)),
            property_of(config, "humidity", humidity, prefix="target_humidity_"),
            property_of(config, "mode", choice(config.words("modes")), prefix="mode_"),
            _current(config, "current_humidity"),
            measured(config, "action", reported(parsed_text), "action_topic", "action_template"),
        ]
    )


def _power(config: Config, modes: Codec) -> Property | None:
    """Return on and off of what has them beside its modes; the mode "off" reports it too."""
    part = property_of(config, "state", on_off(config), prefix="power_", fallback=_VALUE)
    if part is None or part.reading is not None or modes.decode("off") is None:
        return part

    def power(text: str) -> Value | None:
        mode = modes.decode(text)
        return mode if mode is None or mode == "off" else "on"

    return replace(
        part,
        reading=reading_of(
            config, "state", reported(power), "mode_state_topic", "mode_state_template", _VALUE
        ),
    )


def _temperature(config: Config, usual: Mapping[str, tuple[float, float]]) -> Codec:
    low, high = usual["F" if config.text("temperature_unit").strip().upper().endswith("F") else "C"]
    low = config.number("min_temp", low)
    return number(low, config.number("max_temp", max(low, high)), config.number("temp_step", 1))


def _current(config: Config, name: str) -> Property | None:
    return measured(config, name, reported(parsed_number), f"{name}_topic", f"{name}_template", _VALUE)
