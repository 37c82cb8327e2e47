"""How numbers and their units are said in English. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.entities import Value

LONGEST = 80
"""Characters of a text that a device reports and that is read aloud."""

UNITS: Mapping[str, str] = {
    "°C": "degrees",
    "°F": "degrees",
    "°": "degrees",
    "K": "kelvin",
    "%": "percent",
    "W": "watts",
    "mW": "milliwatts",
    "kW": "kilowatts",
    "Wh": "watt hours",
    "kWh": "kilowatt hours",
    "MWh": "megawatt hours",
    "V": "volts",
    "mV": "millivolts",
    "A": "amperes",
    "mA": "milliamperes",
    "VA": "volt amperes",
    "var": "volt amperes reactive",
    "Hz": "hertz",
    "lx": "lux",
    "lm": "lumens",
    "W/m²": "watts per square metre",
    "Pa": "pascals",
    "hPa": "hectopascals",
    "kPa": "kilopascals",
    "mbar": "millibars",
    "bar": "bars",
    "psi": "pounds per square inch",
    "mmHg": "millimetres of mercury",
    "inHg": "inches of mercury",
    "ppm": "parts per million",
    "ppb": "parts per billion",
    "µg/m³": "micrograms per cubic metre",
    "μg/m³": "micrograms per cubic metre",
    "mg/m³": "milligrams per cubic metre",
    "m³": "cubic metres",
    "m³/h": "cubic metres per hour",
    "L": "litres",
    "l": "litres",
    "mL": "millilitres",
    "L/min": "litres per minute",
    "gal": "gallons",
    "m": "metres",
    "cm": "centimetres",
    "mm": "millimetres",
    "mm/h": "millimetres per hour",
    "km": "kilometres",
    "in": "inches",
    "ft": "feet",
    "mi": "miles",
    "km/h": "kilometres per hour",
    "m/s": "metres per second",
    "mph": "miles per hour",
    "kg": "kilograms",
    "g": "grams",
    "lb": "pounds",
    "oz": "ounces",
    "dB": "decibels",
    "dBm": "decibel milliwatts",
    "ms": "milliseconds",
    "s": "seconds",
    "min": "minutes",
    "h": "hours",
    "d": "days",
    "MB/s": "megabytes per second",
    "Mbit/s": "megabits per second",
    "kB": "kilobytes",
    "MB": "megabytes",
    "GB": "gigabytes",
    "TB": "terabytes",
    "€": "euros",
    "EUR": "euros",
    "$": "dollars",
    "USD": "dollars",
    "€/kWh": "euros per kilowatt hour",
    "EUR/kWh": "euros per kilowatt hour",
}
"""Unit, as Home Assistant writes it -> how it is read aloud; others are left out of a sentence."""

_SINGULARS: Mapping[str, str] = {"feet": "foot", "inches": "inch"}


def number(value: float) -> str:
    """Return a number as a voice reads it well: one decimal, or two digits below one."""
    size = abs(float(value))
    rounded = round(size, 1) if size >= 1 else float(f"{size:.2g}")
    text = f"{rounded:.6f}".rstrip("0").rstrip(".")
    return f"minus {text}" if value < 0 and text != "0" else text


def measured(value: Value, unit: str) -> str:
    """Return a value with its unit: "21.5 degrees"; a text as words."""
    if not isinstance(value, int | float):
        return plain(str(value))
    amount = number(value)
    return f"{amount} {_counted(amount, UNITS.get(unit, ''))}".strip()


def plain(text: str) -> str:
    """Return what a device reports or takes as words: "fan_only" as "fan only"."""
    return " ".join(text.replace("_", " ").split())[:LONGEST]


def _counted(amount: str, unit: str) -> str:
    """Return ``unit`` in the singular after one."""
    if amount not in {"1", "minus 1"}:
        return unit
    for joint in (" per ", " of "):
        head, found, rest = unit.partition(joint)
        if found:
            return f"{_singular(head)}{joint}{rest}"
    return _singular(unit)


def _singular(unit: str) -> str:
    return _SINGULARS.get(unit, unit.removesuffix("s"))
