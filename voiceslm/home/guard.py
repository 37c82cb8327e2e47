"""Which changes let somebody in, or out: those need more than a voice. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.entities import Kind

if TYPE_CHECKING:
    from voiceslm.entities import Change, Entity

HURRIED = "too many commands in a minute"
"""Reason of what is refused for coming too fast, not for being guarded or forbidden."""

ENTRANCES = frozenset({"garage", "garage_door", "gate", "door"})
"""Device classes of covers through which somebody can come in; a window's or a blind's is none."""

_ENTRANCE = re.compile(r"\b(?:garage|gate|door)s?\b", re.IGNORECASE)
_OPENER = re.compile(
    r"\b(?:open|opener|unlock|release|buzzer|strike|relay)\b|\b(?:gate|door)s?$", re.IGNORECASE
)
_HARMLESS = re.compile(
    r"\b(?:blind|curtain|shade|shutter|light|lamp|bell|fridge|oven|close)s?\b", re.IGNORECASE
)
"""Names tell where classes do not: a cover without one, a relay or a button that opens a door."""


def guarded(entity: Entity, change: Change) -> bool:
    """Say whether ``change`` unlocks, opens or disarms: locking, closing and arming are never guarded."""
    state = str(change.wants.get("state", "")).casefold()
    name = entity.name.replace("_", " ").strip()
    match entity.kind:
        case Kind.LOCK:
            return state not in {"", "locked"} or change.deed == "open"
        case Kind.ALARM:
            return bool(state) and not state.startswith("armed_")
        case Kind.VALVE:
            return _opens(state, change)
        case Kind.COVER:
            named = not entity.device_class and _entrance(name)
            return (entity.device_class in ENTRANCES or named) and _opens(state, change)
        case Kind.SWITCH | Kind.BUTTON:
            opens = state == "on" or change.deed == "press"
            return opens and _entrance(name) and _OPENER.search(name) is not None
        case _:
            return False


def _entrance(name: str) -> bool:
    return _ENTRANCE.search(name) is not None and _HARMLESS.search(name) is None


def _opens(state: str, change: Change) -> bool:
    if state not in {"", "closed"}:
        return True
    return any(_above_zero(change.wants.get(name)) for name in ("position", "tilt"))


def _above_zero(value: object) -> bool:
    return isinstance(value, int | float) and value > 0
