"""How entities, values and lists of them are said in English. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.entities import Kind
from voiceslm.home.colors import named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.entities import Entity, State, Value

UNITS: Mapping[str, str] = {
    "°C": "degrees",
    "°F": "degrees",
    "K": "kelvin",
    "%": "percent",
    "W": "watts",
    "kW": "kilowatts",
    "Wh": "watt hours",
    "kWh": "kilowatt hours",
    "V": "volts",
    "A": "amperes",
    "mA": "milliamperes",
    "VA": "volt amperes",
    "Hz": "hertz",
    "lx": "lux",
    "hPa": "hectopascals",
    "mbar": "millibars",
    "ppm": "parts per million",
    "ppb": "parts per billion",
    "µg/m³": "micrograms per cubic metre",
    "m³": "cubic metres",
    "L": "litres",
    "m": "metres",
    "cm": "centimetres",
    "mm": "millimetres",
    "km": "kilometres",
    "km/h": "kilometres per hour",
    "m/s": "metres per second",
    "mph": "miles per hour",
    "kg": "kilograms",
    "g": "grams",
    "dB": "decibels",
    "dBm": "decibel milliwatts",
    "s": "seconds",
    "min": "minutes",
    "h": "hours",
    "d": "days",
    "MB/s": "megabytes per second",
    "Mbit/s": "megabits per second",
    "MB": "megabytes",
    "GB": "gigabytes",
}
"""Unit -> how it is read aloud; others are left out of a sentence."""

BINARY: Mapping[str, tuple[str, str]] = {
    "battery": ("low", "normal"),
    "battery_charging": ("charging", "not charging"),
    "carbon_monoxide": ("detected", "clear"),
    "cold": ("cold", "normal"),
    "connectivity": ("connected", "disconnected"),
    "door": ("open", "closed"),
    "garage_door": ("open", "closed"),
    "gas": ("detected", "clear"),
    "heat": ("hot", "normal"),
    "light": ("light detected", "no light"),
    "lock": ("unlocked", "locked"),
    "moisture": ("wet", "dry"),
    "motion": ("detecting motion", "detecting no motion"),
    "moving": ("moving", "not moving"),
    "occupancy": ("occupied", "not occupied"),
    "opening": ("open", "closed"),
    "plug": ("plugged in", "unplugged"),
    "power": ("powered", "without power"),
    "presence": ("home", "away"),
    "problem": ("having a problem", "OK"),
    "running": ("running", "not running"),
    "safety": ("unsafe", "safe"),
    "smoke": ("detecting smoke", "clear"),
    "sound": ("detecting sound", "quiet"),
    "tamper": ("tampered with", "clear"),
    "update": ("waiting for an update", "up to date"),
    "vibration": ("vibrating", "not vibrating"),
    "window": ("open", "closed"),
}
"""A binary sensor's class -> how its on and its off are said."""

_ARTICLE = re.compile(r"(?:the|my|our|a|an)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"^\w+['’]s\b")  # noqa: RUF001 - typographic apostrophe
_PERSONAL = frozenset({Kind.SCENE, Kind.BUTTON})
_STATES: Mapping[str, str] = {
    "armed_home": "armed at home",
    "armed_away": "armed",
    "armed_night": "armed for the night",
    "fan_only": "fan only",
    "heat_cool": "heating and cooling automatically",
}


def the(entity: Entity) -> str:
    """Return the entity as part of a sentence: "the kitchen light"."""
    name = entity.name
    if _ARTICLE.match(name) or _POSSESSIVE.match(name):
        return name
    return f"the {name}"


def located(entity: Entity) -> str:
    """Return the entity with its room, unless its name says it: "the lamp in the bedroom"."""
    name = the(entity)
    if not entity.area or entity.area.casefold() in name.casefold():
        return name
    return f"{name} in the {entity.area}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def begun(sentence: str) -> str:
    """Return ``sentence`` with a capital first letter, the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def number(value: float) -> str:
    """Return a number as a voice reads it well: at most one decimal, none where it is whole."""
    rounded = round(float(value), 1)
    if abs(rounded) < 1 and value:
        rounded = float(f"{value:.2g}")
    return str(int(rounded)) if rounded == int(rounded) else str(rounded)


def measured(value: Value, unit: str) -> str:
    """Return a value with its unit: "21.5 degrees"."""
    if not isinstance(value, int | float):
        return str(value)
    said = UNITS.get(unit, "")
    if value == 1 and said.endswith("s"):
        said = said.removesuffix("s")
    return f"{number(value)} {said}".strip()


def condition(entity: Entity, state: State) -> str:
    """Return how an entity is, to follow "is": "on at 40 percent", "locked"; empty if unknown."""
    value = state.get("state")
    if entity.kind is Kind.CLIMATE or (entity.kind is Kind.WATER_HEATER and "mode" in state):
        return _climate(entity, state)
    if value is None:
        return f"{number(float(at))} percent open" if isinstance(at := state.get("position"), int) else ""
    if entity.kind is Kind.BINARY_SENSOR:
        return binary(entity, str(value))
    if entity.kind in {Kind.SENSOR, Kind.NUMBER}:
        return measured(value, entity.unit)
    return _STATES.get(str(value), str(value).replace("_", " ")) + _detail(entity, state)


def binary(entity: Entity, value: str) -> str:
    """Return how a binary sensor's on or off is said."""
    on, off = BINARY.get(entity.device_class, ("on", "off"))
    return on if value == "on" else off


def _detail(entity: Entity, state: State) -> str:
    on = state.get("state") not in {"off", "closed", "unlocked", "locked"}
    if entity.kind is Kind.LIGHT and on and isinstance(level := state.get("brightness"), int | float):
        return f" at {number(level)} percent"
    if entity.kind is Kind.FAN and on and isinstance(speed := state.get("percentage"), int | float):
        return f" at {number(speed)} percent"
    if entity.kind in {Kind.COVER, Kind.VALVE} and isinstance(at := state.get("position"), int | float):
        return f" at {number(at)} percent" if 0 < at < 100 else ""  # noqa: PLR2004 - per cent
    return ""


def _climate(entity: Entity, state: State) -> str:
    parts = []
    mode = state.get("mode", state.get("state"))
    if mode is not None:
        parts.append({"heat": "heating", "cool": "cooling"}.get(str(mode), str(mode).replace("_", " ")))
    if mode != "off" and isinstance(target := state.get("temperature"), int | float):
        parts.append(f"set to {measured(target, entity.unit or '°C')}")
    if isinstance(now := state.get("current_temperature"), int | float):
        parts.append(f"at {measured(now, entity.unit or '°C')} now")
    return ", ".join(parts)


def wanted(entity: Entity, name: str, value: Value) -> str:
    """Return how a property that was set is said, to follow "is" or "are": "on", "at 40 percent", "red"."""
    if isinstance(value, tuple):
        return named(value)
    if name in {"state", "mode"}:
        return _STATES.get(str(value), str(value).replace("_", " "))
    if name.startswith("temperature"):
        return f"set to {measured(value, entity.unit or '°C')}"
    if name == "muted":
        return "muted" if value == "on" else "no longer muted"
    if isinstance(value, str):
        return f"set to {value}"
    return f"at {number(value)} {'kelvin' if name == 'color_temperature' else 'percent'}"
