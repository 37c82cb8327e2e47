"""What lights of all schemas have in common, and which schema one has.

Keys and defaults: https://www.home-assistant.io/integrations/light.mqtt/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.home.drivers.codecs import Codec, kelvin, mired

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.entities import State, Value
    from voiceslm.home.drivers.config import Config

KELVIN = (2000, 6535)
MIREDS = (153, 500)
"""What a light can do that does not say; Home Assistant's defaults."""


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
        return kelvin(config.number("min_kelvin", KELVIN[0]), config.number("max_kelvin", KELVIN[1]))
    return mired(config.number("min_mireds", MIREDS[0]), config.number("max_mireds", MIREDS[1]))


def level(state: State) -> float:
    """Return the brightness in percent of a light in ``state`` once it is on; full where nobody knows."""
    value = state.get("brightness")
    return value if isinstance(value, int | float) and value > 0 else 100
