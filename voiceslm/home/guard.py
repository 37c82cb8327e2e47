"""Which changes let somebody in, or out: those need more than a voice. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.entities import Kind

if TYPE_CHECKING:
    from voiceslm.entities import Change, Entity

ENTRANCES = frozenset({"garage", "garage_door", "gate", "door"})
"""Device classes of covers through which somebody can come in; a window's or a blind's is none."""

_OPENED = frozenset({"open", "opening"})


def guarded(entity: Entity, change: Change) -> bool:
    """Say whether ``change`` unlocks, opens or disarms: locking, closing and arming are never guarded."""
    state = change.wants.get("state")
    match entity.kind:
        case Kind.LOCK:
            return state == "unlocked" or change.deed == "open"
        case Kind.ALARM:
            return state == "disarmed"
        case Kind.VALVE:
            return _opens(change)
        case Kind.COVER:
            return entity.device_class in ENTRANCES and _opens(change)
        case _:
            return False


def _opens(change: Change) -> bool:
    if change.wants.get("state") in _OPENED:
        return True
    return any(_above_zero(change.wants.get(name)) for name in ("position", "tilt"))


def _above_zero(value: object) -> bool:
    return isinstance(value, int | float) and value > 0
