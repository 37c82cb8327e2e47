"""What becomes of a simulated thing when something is changed about it, whatever the words on the wire. Pure.

Besides the properties of `voiceslm.entities` a thing may have ``track`` (of a media player: which piece is
played, a number) and ``color_mode`` (of a light: what was set last, color or color_temperature).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.entities import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.entities import State, Value

    Rule = Callable[[State, dict[str, Value], Mapping[str, Value]], None]
    """Adjusts the second, what it is now, by what it was before and what was changed."""

DEED = "deed"
"""Key under which a change holds a deed instead of a property."""

FULL = 100

_ACTIONS = {"off": "off", "heat": "heating", "cool": "cooling", "dry": "drying", "fan_only": "fan"}
"""What a climate does in each mode; in every other it idles."""

_MOVING = {
    Kind.COVER: {"open": "opening", "closed": "closing"},
    Kind.VALVE: {"open": "opening", "closed": "closing"},
    Kind.LOCK: {"locked": "locking", "unlocked": "unlocking"},
}

_ARRIVING = {Kind.VACUUM: {"returning": "docked"}, Kind.LAWN_MOWER: {"returning": "docked"}}


def changed(kind: Kind, before: State, changes: Mapping[str, Value]) -> dict[str, Value]:
    """Return the state after ``changes``, with all that follows from them."""
    after = {**before, **{name: value for name, value in changes.items() if name != DEED}}
    rule = _RULES.get(kind)
    if rule is not None:
        rule(before, after, changes)
    return after


def journey(kind: Kind, before: State, after: State) -> tuple[State, State] | None:
    """Return the state on the way and the one at the end, where getting there takes time; None where not."""
    state = str(after.get("state"))
    if before.get("state") == state:
        return None
    moving = _MOVING.get(kind, {}).get(state)
    if moving is not None:
        kept = {name: before[name] for name in ("position",) if name in before}
        return {**after, **kept, "state": moving}, after
    arriving = _ARRIVING.get(kind, {}).get(state)
    return None if arriving is None else (after, {**after, "state": arriving})


def _light(before: State, after: dict[str, Value], changes: Mapping[str, Value]) -> None:
    if changes.get("brightness") == 0:
        after["state"], after["brightness"] = "off", before.get("brightness", 0)
    if after.get("state") == "on" and after.get("brightness") == 0:
        after["brightness"] = FULL
    for mode in ("color", "color_temperature"):
        if mode in changes:
            after["color_mode"] = mode


def _opening(before: State, after: dict[str, Value], changes: Mapping[str, Value]) -> None:
    if changes.get(DEED) == "stop":
        if before.get("state") in ("opening", "closing"):
            after["state"] = "stopped"
            if "position" in before:
                after["position"] = FULL // 2
    elif "position" in changes:
        after["state"] = "open" if changes["position"] else "closed"
    elif "position" in after and changes.get("state") in ("open", "closed"):
        after["position"] = FULL if after["state"] == "open" else 0


def _fan(_before: State, after: dict[str, Value], changes: Mapping[str, Value]) -> None:
    if "percentage" in changes:
        after["state"] = "on" if changes["percentage"] else "off"
    elif "percentage" in after and "state" in changes:
        if after["state"] == "off":
            after["percentage"] = 0
        elif not after["percentage"]:
            after["percentage"] = FULL


def _climate(_before: State, after: dict[str, Value], changes: Mapping[str, Value]) -> None:
    if "mode" in changes and "action" in after:
        after["action"] = _ACTIONS.get(str(after["mode"]), "idle")


def _lock(_before: State, after: dict[str, Value], changes: Mapping[str, Value]) -> None:
    if changes.get(DEED) == "open":
        after["state"] = "unlocked"


def _player(_before: State, after: dict[str, Value], changes: Mapping[str, Value]) -> None:
    step = {"next": 1, "previous": -1}.get(str(changes.get(DEED)), 0)
    track = after.get("track", 1)
    if step and isinstance(track, int):
        after["track"] = max(1, track + step)
    if changes.get("muted") == "on":
        after["volume"] = 0
    elif changes.get("volume"):
        after["muted"] = "off"


_RULES: dict[Kind, Rule] = {
    Kind.CLIMATE: _climate,
    Kind.COVER: _opening,
    Kind.FAN: _fan,
    Kind.LIGHT: _light,
    Kind.LOCK: _lock,
    Kind.MEDIA_PLAYER: _player,
    Kind.VALVE: _opening,
}
