"""From an intent to what is wanted of one entity. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.entities import Change, Choice, Kind, Span
from voiceslm.home.colors import COLORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.entities import Entity, State, Value
    from voiceslm.events import Intent

    Command = Callable[[Intent, Entity, State], Change | None]

STEPS: Mapping[str, float] = {
    "brightness": 20.0,
    "percentage": 20.0,
    "volume": 10.0,
    "position": 20.0,
    "tilt": 20.0,
    "temperature": 1.0,
    "humidity": 5.0,
    "color_temperature": 500.0,
}
"""By how much "brighter", "louder", "warmer" changes a property, in its unit."""

DIMMEST = 5.0
"""Per cent: "dimmer" never turns a light off."""

_ON: Mapping[Kind, str] = {
    Kind.COVER: "open",
    Kind.VALVE: "open",
    Kind.LOCK: "locked",
    Kind.VACUUM: "cleaning",
    Kind.LAWN_MOWER: "mowing",
}
_OFF: Mapping[Kind, str] = {
    Kind.COVER: "closed",
    Kind.VALVE: "closed",
    Kind.LOCK: "unlocked",
    Kind.VACUUM: "returning",
    Kind.LAWN_MOWER: "docked",
}
"""What Home Assistant's HassTurnOn and HassTurnOff mean where it is not on and off: its sentences for "lock"
are of the first."""

_HEATS = ("heat_cool", "auto", "heat", "cool")
"""Modes in which a climate is turned on, where it does not know its last one, best first."""


def command(intent: Intent, entity: Entity, state: State) -> Change | None:
    """Return what ``intent`` wants of ``entity``; None where the entity has no such thing.

    Args:
        intent: one that changes something.
        entity: what it is about.
        state: what the entity reports now, for changes that are relative to it.
    """
    make = _COMMANDS.get(intent.name)
    return make(intent, entity, state) if make else None


def changes(intent: Intent) -> bool:
    """Say whether ``intent`` is one that changes something."""
    return intent.name in _COMMANDS


def _set(entity: Entity, name: str, value: Value | None) -> Change | None:
    """Want ``name`` to be ``value``, brought into the range of what can be set."""
    allowed = entity.settable.get(name)
    if allowed is None or value is None:
        return None
    if isinstance(allowed, Span):
        return Change(entity.id, {name: _whole(float(value))}) if isinstance(value, int | float) else None
    if isinstance(value, tuple):
        return Change(entity.id, {name: value})
    option = next((known for known in allowed.options if known.casefold() == str(value).casefold()), None)
    return None if option is None else Change(entity.id, {name: option})


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _turn(entity: Entity, state: State, *, on: bool) -> Change | None:
    if on and entity.kind is Kind.SCENE:
        return Change(entity.id, deed="activate")
    if on and entity.kind is Kind.BUTTON:
        return Change(entity.id, deed="press")
    if "state" in entity.settable:
        words = _ON if on else _OFF
        return _set(entity, "state", words.get(entity.kind, "on" if on else "off"))
    if "mode" in entity.settable:
        return _set(entity, "mode", _on_mode(entity, state) if on else "off")
    return None


def _on_mode(entity: Entity, state: State) -> str | None:
    allowed = entity.settable["mode"]
    options = allowed.options if isinstance(allowed, Choice) else ()
    current = state.get("mode")
    if current not in {None, "off"}:
        return str(current)
    return next((mode for mode in _HEATS if mode in options), next((o for o in options if o != "off"), None))


def _turn_on(_intent: Intent, entity: Entity, state: State) -> Change | None:
    return _turn(entity, state, on=True)


def _turn_off(_intent: Intent, entity: Entity, state: State) -> Change | None:
    return _turn(entity, state, on=False)


def _toggle(_intent: Intent, entity: Entity, state: State) -> Change | None:
    if "state" in state:
        off = state["state"] in {"off", "closed", "closing", "unlocked", "docked", "returning"}
        return _turn(entity, state, on=off)
    return _turn(entity, state, on=state.get("mode", "off") == "off")


def _light(intent: Intent, entity: Entity, _state: State) -> Change | None:
    slots = intent.slots
    if "brightness" in slots:
        return _set(entity, "brightness", slots["brightness"])
    if "color" in slots:
        color = COLORS.get(str(slots["color"]).casefold())
        return _set(entity, "color", color) or (
            _set(entity, "color_temperature", 4000) if slots["color"] == "white" else None
        )
    if "temperature" in slots:
        return _set(entity, "color_temperature", slots["temperature"])
    return _set(entity, "effect", slots.get("effect"))


def _property(name: str, slot: str) -> Command:
    def make(intent: Intent, entity: Entity, _state: State) -> Change | None:
        return _set(entity, name, intent.slots.get(slot))

    return make


def _fixed(name: str, value: str) -> Command:
    def make(_intent: Intent, entity: Entity, _state: State) -> Change | None:
        return _set(entity, name, value)

    return make


def _deed(name: str) -> Command:
    def make(_intent: Intent, entity: Entity, _state: State) -> Change | None:
        return Change(entity.id, deed=name) if name in entity.deeds else None

    return make


def _volume(intent: Intent, entity: Entity, state: State) -> Change | None:
    step = intent.slots.get("volume_step")
    if isinstance(step, str):
        return _adjusted(entity, state, "volume", up=step == "up", step=None)
    return _adjusted(
        entity, state, "volume", up=float(step or 0) > 0, step=abs(float(step or STEPS["volume"]))
    )


def _adjust(intent: Intent, entity: Entity, state: State) -> Change | None:
    slots = intent.slots
    step = slots.get("step")
    return _adjusted(
        entity,
        state,
        str(slots.get("property", "")),
        up=slots.get("direction") == "up",
        step=abs(float(step)) if isinstance(step, int | float) else None,
    )


def _adjusted(entity: Entity, state: State, name: str, *, up: bool, step: float | None) -> Change | None:
    """Want ``name`` to be a step more, or less, than it is."""
    allowed, now = entity.settable.get(name), state.get(name)
    if not isinstance(allowed, Span):
        return None
    if now is None and name == "brightness":
        now = 0 if state.get("state") == "off" else 100
    if not isinstance(now, int | float):
        return None
    low = DIMMEST if name == "brightness" else allowed.low
    by = step if step is not None else STEPS.get(name, allowed.step)
    return _set(entity, name, round(max(low, min(allowed.high, now + (by if up else -by))), 2))


def _mow(_intent: Intent, entity: Entity, _state: State) -> Change | None:
    return _set(entity, "state", "mowing")


_COMMANDS: Mapping[str, Command] = {
    "HassTurnOn": _turn_on,
    "HassTurnOff": _turn_off,
    "HassToggle": _toggle,
    "HassLightSet": _light,
    "HassSetPosition": _property("position", "position"),
    "HassSetTilt": _property("tilt", "tilt"),
    "HassStopMoving": _deed("stop"),
    "HassFanSetSpeed": _property("percentage", "percentage"),
    "HassSetPreset": _property("preset", "preset"),
    "HassClimateSetTemperature": _property("temperature", "temperature"),
    "HassClimateSetFanMode": _property("fan_mode", "fan_mode"),
    "HassSetMode": _property("mode", "mode"),
    "HassSetHumidity": _property("humidity", "humidity"),
    "HassSetOption": _property("state", "option"),
    "HassSetValue": _property("state", "value"),
    "HassVacuumStart": _fixed("state", "cleaning"),
    "HassVacuumCleanArea": _fixed("state", "cleaning"),
    "HassVacuumReturnToBase": _fixed("state", "returning"),
    "HassLawnMowerStartMowing": _mow,
    "HassLawnMowerDock": _fixed("state", "docked"),
    "HassMediaNext": _deed("next"),
    "HassMediaPrevious": _deed("previous"),
    "HassMediaStop": _deed("stop"),
    "HassMediaPause": _fixed("state", "paused"),
    "HassMediaUnpause": _fixed("state", "playing"),
    "HassMediaPlayerMute": _fixed("muted", "on"),
    "HassMediaPlayerUnmute": _fixed("muted", "off"),
    "HassMediaSource": _property("source", "source"),
    "HassSetVolume": _property("volume", "volume_level"),
    "HassSetVolumeRelative": _volume,
    "HassAdjust": _adjust,
}
