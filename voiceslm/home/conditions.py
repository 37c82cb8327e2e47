"""How the states of entities are said in English: what they are, and what they were set to. Pure.

What is returned follows "is" or "are": "on at 40 percent", "locked", "set to 21 degrees".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.colors import named
from voiceslm.entities import Kind
from voiceslm.home.units import measured, number, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.entities import Entity, State, Value

UNDER_WAY = frozenset(
    {"opening", "closing", "locking", "unlocking", "arming", "disarming", "pending", "returning"}
)
"""States on the way to another."""

BINARY: Mapping[str, tuple[str, str]] = {
    "battery": ("low", "normal"),
    "battery_charging": ("charging", "not charging"),
    "carbon_monoxide": ("detecting carbon monoxide", "clear"),
    "cold": ("cold", "normal"),
    "connectivity": ("connected", "disconnected"),
    "door": ("open", "closed"),
    "garage_door": ("open", "closed"),
    "gas": ("detecting gas", "clear"),
    "heat": ("hot", "normal"),
    "light": ("detecting light", "detecting no light"),
    "lock": ("unlocked", "locked"),
    "moisture": ("wet", "dry"),
    "motion": ("detecting motion", "detecting no motion"),
    "moving": ("moving", "not moving"),
    "occupancy": ("occupied", "not occupied"),
    "opening": ("open", "closed"),
    "plug": ("plugged in", "unplugged"),
    "power": ("powered", "without power"),
    "presence": ("detecting somebody", "detecting nobody"),
    "problem": ("reporting a problem", "OK"),
    "running": ("running", "not running"),
    "safety": ("unsafe", "safe"),
    "smoke": ("detecting smoke", "clear"),
    "sound": ("detecting sound", "quiet"),
    "tamper": ("reporting tampering", "clear"),
    "update": ("waiting for an update", "up to date"),
    "vibration": ("vibrating", "not vibrating"),
    "window": ("open", "closed"),
}
"""A binary sensor's class -> how its on and its off are said. Classes:
https://www.home-assistant.io/integrations/binary_sensor/."""

_STATES: Mapping[str, str] = {
    "armed_home": "armed in home mode",
    "armed_away": "armed",
    "armed_night": "armed for the night",
    "armed_vacation": "armed in vacation mode",
    "armed_custom_bypass": "armed with a bypass",
    "pending": "about to go off",
    "triggered": "going off",
    "returning": "returning to its dock",
    "error": "reporting an error",
    "stopped": "stopped part way",
    "not_home": "away",
}
_MODES: Mapping[str, str] = {"heat_cool": "heat and cool", "fan_only": "fan only"}
_SWITCHED: Mapping[tuple[str, str], str] = {
    ("muted", "on"): "muted",
    ("muted", "off"): "no longer muted",
    ("oscillating", "on"): "oscillating",
    ("oscillating", "off"): "no longer oscillating",
}
_AMOUNTS: Mapping[str, str] = {
    "brightness": "at {}",
    "color_temperature": "at {}",
    "percentage": "at {}",
    "volume": "at {} volume",
    "humidity": "set to {} humidity",
    "tilt": "tilted to {}",
}
_WIDE = 100
"""Per cent."""


def condition(entity: Entity, state: State) -> str:
    """Return how an entity is; empty if unknown."""
    if entity.kind in {Kind.CLIMATE, Kind.WATER_HEATER}:
        return _climate(entity, state)
    if entity.kind in {Kind.COVER, Kind.VALVE}:
        return _openness(state)
    value = state.get("state")
    if value is None:
        return ""
    if entity.kind is Kind.BINARY_SENSOR:
        return binary(entity, str(value))
    if entity.kind in {Kind.SENSOR, Kind.NUMBER}:
        return measured(value, entity.unit)
    return word(str(value)) + _detail(entity, state)


def word(state: str) -> str:
    """Return how a state is said."""
    return _STATES.get(state, plain(state))


def binary(entity: Entity, value: str) -> str:
    """Return how a binary sensor's on or off is said."""
    on, off = BINARY.get(entity.device_class, ("on", "off"))
    return on if value == "on" else off


def wanted(entity: Entity, name: str, value: Value) -> str:
    """Return how a property that was set is said: "on", "at 40 percent", "red"."""
    if isinstance(value, tuple):
        return named(value)
    if isinstance(value, str):
        return _choice(entity, name, value)
    if name == "position":
        return _position(value)
    return _AMOUNTS.get(name, "set to {}").format(quantity(entity, name, value))


def quantity(entity: Entity, name: str, value: float) -> str:
    """Return a number of a property with its unit: "40 percent", "21.5 degrees"."""
    if name == "state":
        return measured(value, entity.unit)
    if "temperature" in name and name != "color_temperature":
        return measured(value, entity.unit if entity.unit in {"°C", "°F"} else "°C")
    return measured(value, "K" if name == "color_temperature" else "%")


def _choice(entity: Entity, name: str, value: str) -> str:
    if said := _SWITCHED.get((name, value)):
        return said
    if name == "state" and entity.kind is not Kind.SELECT:
        return word(value)
    if name == "mode" and value == "off":
        return "off"
    said = _MODES.get(value, plain(value))
    return f"set to {plain(name)} {said}" if name in {"fan_mode", "swing_mode"} else f"set to {said}"


def _openness(state: State) -> str:
    value, at = state.get("state"), state.get("position")
    if isinstance(at, int | float) and value in {"open", "stopped", None}:
        return _position(at)
    return "" if value is None else word(str(value))


def _position(at: float) -> str:
    if at <= 0:
        return "closed"
    return "open" if at >= _WIDE else f"{number(at)} percent open"


def _detail(entity: Entity, state: State) -> str:
    if state.get("state") in {"off", "unlocked", "locked"}:
        return ""
    shown = {Kind.LIGHT: "brightness", Kind.FAN: "percentage", Kind.MEDIA_PLAYER: "volume"}.get(entity.kind)
    value = state.get(shown) if shown else None
    return f" {wanted(entity, shown, value)}" if shown and isinstance(value, int | float) else ""


def _climate(entity: Entity, state: State) -> str:
    """Tell a mode from what is being done: a thermostat that is set to heat may be idle."""
    mode = "off" if state.get("state") == "off" else state.get("mode", state.get("state"))
    target, now, action = state.get("temperature"), state.get("current_temperature"), state.get("action")
    parts = []
    if isinstance(mode, str):
        parts.append(mode if mode in {"on", "off"} else wanted(entity, "mode", mode))
    if isinstance(target, int | float) and mode != "off":
        at = quantity(entity, "temperature", target)
        parts = [f"{' '.join(parts)} at {at}" if parts else f"set to {at}"]
    if isinstance(action, str) and action not in {"off", mode}:
        parts.append(f"{plain(action)} now")
    said = ", ".join(parts)
    if not isinstance(now, int | float):
        return said
    warm = quantity(entity, "current_temperature", now)
    return f"{said}, and it's {warm} there" if said else f"at {warm}"
