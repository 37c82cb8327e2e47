"""How simulated fans, climates, humidifiers and water heaters speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.bench.home.dialect import Dialect, Tells
from voiceslm.entities import Span

if TYPE_CHECKING:
    from voiceslm.bench.home.dialect import Config
    from voiceslm.entities import State


def fan(config: Config) -> Dialect:
    """Return the dialect of a fan: standing still, its speed is 0 %."""
    dialect = Dialect.on_off(config, "payload_on", "payload_off")
    low, high = dialect.number("speed_range_min", 1), dialect.number("speed_range_max", 100)
    steps = high - low + 1
    dialect.level(
        "percentage",
        Span(0, high),
        0,
        at=dialect.place("percentage"),
        to=lambda raw: round(100 * (raw - low + 1) / steps) if raw else 0,
        back=lambda percent: round(percent * steps / 100) + low - 1 if percent else 0,
    )
    dialect.modes("preset", "preset_mode", "preset_modes")
    swings = {
        "off": dialect.word("payload_oscillation_off", "oscillate_off"),
        "on": dialect.word("payload_oscillation_on", "oscillate_on"),
    }
    dialect.choice("oscillating", swings, at=dialect.place("oscillation"))
    dialect.choice("direction", {"forward": "forward", "reverse": "reverse"}, at=dialect.place("direction"))
    return dialect


def climate(config: Config) -> Dialect:
    """Return the dialect of a climate."""
    dialect = Dialect(config)
    modes = dialect.words("modes", ("off", "heat", "cool", "auto", "dry", "fan_only"))
    _tempered(dialect, modes)
    span = _temperatures(dialect, 7, 35)
    for name, first in (("temperature_low", 19), ("temperature_high", 24)):
        dialect.level(name, span, first, at=dialect.place(name))
    dialect.modes("fan_mode", "fan_mode", "fan_modes", ("auto", "low", "medium", "high"))
    dialect.modes("swing_mode", "swing_mode", "swing_modes", ("off", "on"))
    dialect.modes("preset", "preset_mode", "preset_modes")
    _humid(dialect)
    if "action_topic" in config:
        dialect.state["action"] = "off"
        place = dialect.word("action_topic"), dialect.word("action_template")
        dialect.tells.append(Tells("action", *place, str))
    return dialect


def water_heater(config: Config) -> Dialect:
    """Return the dialect of a water heater."""
    dialect = Dialect(config)
    every = ("off", "eco", "electric", "gas", "heat_pump", "high_demand", "performance")
    _tempered(dialect, dialect.words("modes", every), first=50, low=43, high=60)
    return dialect


def humidifier(config: Config) -> Dialect:
    """Return the dialect of a humidifier."""
    dialect = Dialect.on_off(config, "payload_on", "payload_off")
    _humid(dialect)
    dialect.modes("mode", "mode", "modes")
    return dialect


def _tempered(
    dialect: Dialect, modes: tuple[str, ...], *, first: float = 21, low: float = 7, high: float = 35
) -> None:
    dialect.choice("mode", {mode: mode for mode in modes}, at=dialect.place("mode"))
    dialect.level("temperature", _temperatures(dialect, low, high), first, at=dialect.place("temperature"))
    if "current_temperature_topic" in dialect.config:
        place = dialect.word("current_temperature_topic"), dialect.word("current_temperature_template")
        dialect.tells.append(Tells("current_temperature", *place, str))
        dialect.state["current_temperature"] = 21.5
    power = dialect.word("power_command_topic")
    if power:
        on = next((mode for mode in modes if mode != "off"), "off")
        words = dialect.word("payload_on", "ON"), dialect.word("payload_off", "OFF")
        meanings: dict[str, State] = {words[0]: {"mode": on}, words[1]: {"mode": "off"}}
        dialect.hear(power, dialect.word("power_command_template"), meanings)


def _temperatures(dialect: Dialect, low: float, high: float) -> Span:
    return Span(
        dialect.number("min_temp", low),
        dialect.number("max_temp", high),
        min(0.5, dialect.number("temp_step", 1) or 1),
    )


def _humid(dialect: Dialect) -> None:
    span = Span(dialect.number("min_humidity", 0), dialect.number("max_humidity", 100))
    dialect.level("humidity", span, 50, at=dialect.place("target_humidity"))
    if "current_humidity_topic" in dialect.config:
        place = dialect.word("current_humidity_topic"), dialect.word("current_humidity_template")
        dialect.tells.append(Tells("current_humidity", *place, str))
        dialect.state["current_humidity"] = 46
