"""From Home Assistant's states and attributes to the properties of `voiceslm.entities`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.entities import Value

_BRIGHTEST = 255
"""Home Assistant's full brightness."""

_BLACK = (0, 0, 0)
"""The colour of a lamp that has been given none."""

_FALSE_AND_TRUE = {"cover": ("closed", "open"), "valve": ("closed", "open"), "lock": ("unlocked", "locked")}
"""What an inventory means by a state of false or true; off and on for any other kind."""

_WORDS = {("vacuum", "off"): "idle", ("vacuum", "on"): "cleaning"}
"""States that an inventory uses and no device reports."""

_STATE_IS_MODE = ("climate", "water_heater")


def _on_off(value: Any) -> Value:
    return "on" if value in (True, "on") else "off"


def _same(value: Any) -> Value:
    return value if isinstance(value, str | int | float) else str(value)


def _percent(value: Any) -> Value:
    return round(float(value))


def _colour(value: Any) -> Value:
    red, green, blue = (int(part) for part in value[:3])
    return red, green, blue


ATTRIBUTES: Mapping[str, tuple[str, Callable[[Any], Value]]] = {
    "brightness": ("brightness", lambda value: round(100 * float(value) / _BRIGHTEST)),
    "rgb_color": ("color", _colour),
    "rgbw_color": ("color", _colour),
    "color_temp_kelvin": ("color_temperature", _percent),
    "effect": ("effect", _same),
    "current_position": ("position", _percent),
    "current_tilt_position": ("tilt", _percent),
    "percentage": ("percentage", _percent),
    "preset_mode": ("preset", _same),
    "oscillating": ("oscillating", _on_off),
    "direction": ("direction", _same),
    "hvac_mode": ("mode", _same),
    "operation_mode": ("mode", _same),
    "hvac_action": ("action", _same),
    "temperature": ("temperature", _same),
    "target_temperature": ("temperature", _same),
    "target_temp_low": ("temperature_low", _same),
    "target_temp_high": ("temperature_high", _same),
    "current_temperature": ("current_temperature", _same),
    "humidity": ("humidity", _same),
    "current_humidity": ("current_humidity", _same),
    "fan_mode": ("fan_mode", _same),
    "swing_mode": ("swing_mode", _same),
    "volume_level": ("volume", lambda value: round(100 * float(value))),
    "is_volume_muted": ("muted", _on_off),
    "source": ("source", _same),
    "media_track": ("track", int),
    "native_value": ("state", _same),
}
"""Attribute -> the property that says the same, and how its value is translated.

``track`` is the simulation's own property: which piece a media player plays."""


def canonical(key: str, state: Any, attributes: Mapping[str, Any] | None = None) -> dict[str, Value]:
    """Translate; what has no property of ours, or no value, is left out.

    Args:
        key: ``kind.name``.
        state: a word, a number, false or true; None where it is not said.
        attributes: Home Assistant's, with its units: brightness to 255, volume to 1.
    """
    kind = key.partition(".")[0]
    properties: dict[str, Value] = {}
    if state is not None:
        properties["mode" if kind in _STATE_IS_MODE else "state"] = _state(kind, state)
    for name, value in (attributes or {}).items():
        if name in ATTRIBUTES and value is not None:
            ours, translate = ATTRIBUTES[name]
            properties[ours] = translate(value)
    if properties.get("color") == _BLACK:
        del properties["color"]
    return properties


def _state(kind: str, state: Any) -> Value:
    if isinstance(state, bool):
        return _FALSE_AND_TRUE.get(kind, ("off", "on"))[state]
    if kind in ("sensor", "number", "todo"):
        try:
            number = float(state)
        except ValueError:
            return str(state)
        return int(number) if number == int(number) else number
    return _WORDS.get((kind, str(state)), str(state))
