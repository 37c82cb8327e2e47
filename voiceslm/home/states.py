"""Whether what a device reports is what was wanted of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.entities import State, Value

TOLERANCES: Mapping[str, float] = {
    "brightness": 2.0,
    "position": 3.0,
    "tilt": 3.0,
    "percentage": 4.0,
    "volume": 2.0,
    "humidity": 1.0,
    "temperature": 0.26,
    "temperature_low": 0.26,
    "temperature_high": 0.26,
}
"""By how much what is reported may differ, in the property's unit: devices count in steps of their own (a fan
of 33 speeds, a thermostat of half degrees)."""

COLOR_TEMPERATURE_SHARE = 0.03
"""The same for kelvin, as a share: 1 mired is 4 K at 2000 K and 42 K at 6500 K."""

COLOR_DISTANCE = 40
"""Largest difference of one of red, green and blue: lamps report the nearest colour they can make."""

UNDER_WAY: Mapping[str, frozenset[str]] = {
    "open": frozenset({"opening"}),
    "closed": frozenset({"closing"}),
    "returning": frozenset({"docked"}),
    "docked": frozenset({"returning"}),
    "on": frozenset({"playing", "paused", "idle", "buffering"}),
    "off": frozenset({"standby"}),
    "playing": frozenset({"buffering", "on"}),
    "paused": frozenset({"idle"}),
    "armed_home": frozenset({"arming", "pending"}),
    "armed_away": frozenset({"arming", "pending"}),
    "armed_night": frozenset({"arming", "pending"}),
    "armed_vacation": frozenset({"arming", "pending"}),
    "armed_custom_bypass": frozenset({"arming", "pending"}),
}
"""Wanted state -> those that mean that the device obeys, or has obeyed already."""

_MOVING = frozenset({"opening", "closing"})

_ELSEWHERE = frozenset({"playing", "paused", *(state for state in UNDER_WAY if state.startswith("armed_"))})
"""States of which only a command says that they are under way: a player that is on may play nothing."""

_LIT = frozenset({"brightness", "color", "color_temperature", "effect", "percentage"})
"""What nothing has while it is off, though it is still reported."""


def reached(wants: Mapping[str, Value], state: State) -> bool:
    """Say whether ``state``, reported after a command, is what ``wants`` asks for, or is on its way there."""
    moving = state.get("state") in _MOVING
    return all(
        (moving and name in {"position", "tilt"}) or _holds(name, value, state)
        for name, value in wants.items()
    )


def already(wants: Mapping[str, Value], state: State) -> bool:
    """Say whether ``state``, reported before any command, makes one needless."""
    moving = state.get("state") in _MOVING
    return not any(
        (moving and name in {"position", "tilt"})
        or (value in _ELSEWHERE and state.get(name) != value)
        or not _holds(name, value, state)
        for name, value in wants.items()
    )


def _holds(name: str, wanted: Value, state: State) -> bool:
    found = state.get(name)
    if name in _LIT and state.get("state") == "off":
        return wanted == 0
    if found is None:
        return False
    if name == "state":
        return found == wanted or found in UNDER_WAY.get(str(wanted), ())
    if isinstance(wanted, tuple):
        return isinstance(found, tuple) and all(
            abs(a - b) <= COLOR_DISTANCE for a, b in zip(found, wanted, strict=True)
        )
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        slack = COLOR_TEMPERATURE_SHARE * wanted if name == "color_temperature" else TOLERANCES.get(name, 0)
        return abs(found - wanted) <= slack
    return found == wanted
