"""Fans. Keys and defaults: https://www.home-assistant.io/integrations/fan.mqtt/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.home.drivers.codecs import choice, percent, wording
from voiceslm.home.drivers.onoff import on_off
from voiceslm.home.drivers.properties import driver_of, property_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.entities import State, Value
    from voiceslm.home.driver import Driver
    from voiceslm.home.drivers.config import Config


def fan(config: Config) -> Driver:
    """Return the driver of a fan."""
    config.needs("command_topic")
    slowest, fastest = config.number("speed_range_min", 1), config.number("speed_range_max", 100)
    oscillating = wording(
        {
            "on": config.payload("payload_oscillation_on", "oscillate_on"),
            "off": config.payload("payload_oscillation_off", "oscillate_off"),
        }
    )
    direction = choice(("forward", "reverse"))
    return driver_of(
        [
            property_of(config, "state", on_off(config)),
            property_of(config, "percentage", percent(slowest - 1, fastest, slowest), prefix="percentage_"),
            property_of(config, "preset", choice(config.words("preset_modes")), prefix="preset_mode_"),
            property_of(config, "oscillating", oscillating, prefix="oscillation_"),
            property_of(config, "direction", direction, prefix="direction_"),
        ],
        arrange=_arranged,
    )


def _arranged(wants: Mapping[str, Value], state: State) -> Mapping[str, Value]:
    """At 0 % it is off, and no faster; a fan that is off is turned on before it is told how fast."""
    if wants.get("state") == "off" or wants.get("percentage") == 0:
        return {"state": "off"}
    if state.get("state") == "off":
        return {"state": "on", **wants}
    return wants
