"""What lights of all schemas have in common, and which schema one has.

Keys and defaults: https://www.home-assistant.io/integrations/light.mqtt/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.home.drivers.codecs import LEAST_KELVIN, MIRED, MOST_KELVIN, Codec, kelvin, mired

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.entities import State, Value
    from voiceslm.home.drivers.config import Config


def lit(wants: Mapping[str, Value], _state: State | None = None) -> Mapping[str, Value]:
    """Return ``wants`` with what they imply: at 0 % it is off, and whatever else is set turns it on."""
    if wants.get("state") == "off" or wants.get("brightness") == 0:
        return {"state": "off"}
    return {**wants, "state": "on"}


def temperature(config: Config) -> Codec:
    """Return the codec of a light's colour temperature, which it is sent in mired unless it says kelvin.

    Raises:
        ConfigRefused: there is no such temperature.
    """
    if config.flag("color_temp_kelvin"):
        return kelvin(config.number("min_kelvin", LEAST_KELVIN), config.number("max_kelvin", MOST_KELVIN))
    cold = config.number("min_mireds", MIRED / MOST_KELVIN)
    return mired(cold, config.number("max_mireds", MIRED / LEAST_KELVIN))


def level(state: State) -> float:
    """Return the brightness in percent of a light in ``state`` once it is on; full where nobody knows."""
    value = state.get("brightness")
    return value if isinstance(value, int | float) and value > 0 else 100
