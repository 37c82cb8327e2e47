"""From an intent to what is wanted of one entity. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.entities import Change, Choice, Kind, Span
from voiceslm.home.lights import light_set
from voiceslm.home.setting import doing, setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.entities import Entity, State
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
"""Per cent: "dimmer" and "slower" never turn anything off."""

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
    Kind.ALARM: "disarmed",
}
"""What Home Assistant's HassTurnOn and HassTurnOff mean where it is not on and off: its sentences for "lock"
are of the first."""

_HEATERS = frozenset({Kind.CLIMATE, Kind.WATER_HEATER})
_ROBOTS = frozenset({Kind.VACUUM, Kind.LAWN_MOWER})

_DEEDS: Mapping[Kind, str] = {Kind.SCENE: "activate", Kind.BUTTON: "press"}
"""What is done to turn on what has no state."""

_ARMED = ("armed_away", "armed_home", "armed_night")
"""How an alarm is armed where nobody says how, best first."""

_STILL: Mapping[str, float] = {"brightness": DIMMEST, "percentage": DIMMEST}
"""What there is none of while the entity is off -> the least that "less" makes of it."""

_ENDS: Mapping[str, float] = {"closed": 0, "open": 100}
"""Position, in per cent, where only the state is known."""

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


def _turn(entity: Entity, state: State, *, on: bool) -> Change | None:
    if entity.kind in _DEEDS:
        return doing(entity, _DEEDS[entity.kind]) if on else None
    if entity.kind is Kind.ALARM and on:
        return _armed(entity, state, "")
    word = (_ON if on else _OFF).get(entity.kind, "on" if on else "off")
    if change := setting(entity, "state", word):
        return change
    if entity.kind is Kind.MEDIA_PLAYER and not on:
        return doing(entity, "stop")
    if entity.kind in _HEATERS:
        return setting(entity, "mode", _on_mode(entity, state) if on else "off")
    return None


def _on_mode(entity: Entity, state: State) -> str | None:
    allowed = entity.settable.get("mode")
    options = allowed.options if isinstance(allowed, Choice) else ()
    current = state.get("mode")
    if current in options and current != "off":
        return str(current)
    return next((mode for mode in _HEATS if mode in options), next((o for o in options if o != "off"), None))


def _armed(entity: Entity, state: State, mode: str) -> Change | None:
    """Want an alarm to be armed: where no mode is said, as it is, or else as when everybody leaves."""
    current = str(state.get("state", ""))
    if mode:
        modes: tuple[str, ...] = (f"armed_{mode}",)
    else:
        modes = (current,) if current.startswith("armed_") else _ARMED
    return next((change for mode in modes if (change := setting(entity, "state", mode))), None)


def _turn_on(_intent: Intent, entity: Entity, state: State) -> Change | None:
    return _turn(entity, state, on=True)


def _turn_off(_intent: Intent, entity: Entity, state: State) -> Change | None:
    return _turn(entity, state, on=False)


def _toggle(_intent: Intent, entity: Entity, state: State) -> Change | None:
    if "state" in state:
        off = state["state"] in {"off", "closed", "closing", "unlocked", "docked", "returning"}
        return _turn(entity, state, on=off)
    return _turn(entity, state, on=state.get("mode", "off") == "off")


def _speed(intent: Intent, entity: Entity, state: State) -> Change | None:
    speed = intent.slots.get("percentage")
    return _turn(entity, state, on=False) if speed == 0 else setting(entity, "percentage", speed)


def _position(intent: Intent, entity: Entity, state: State) -> Change | None:
    """Want a position; its ends are also those of what can only be opened and closed."""
    at = intent.slots.get("position")
    if "position" not in entity.settable and at in {0, 100}:
        return _turn(entity, state, on=at == 100)  # noqa: PLR2004 - per cent
    return setting(entity, "position", at)


def _property(name: str, slot: str) -> Command:
    def make(intent: Intent, entity: Entity, _state: State) -> Change | None:
        return setting(entity, name, intent.slots.get(slot))

    return make


def _fixed(name: str, value: str) -> Command:
    def make(_intent: Intent, entity: Entity, _state: State) -> Change | None:
        return setting(entity, name, value)

    return make


def _deed(name: str) -> Command:
    def make(_intent: Intent, entity: Entity, _state: State) -> Change | None:
        return doing(entity, name)

    return make


def _of(kinds: frozenset[Kind], *ways: Command) -> Command:
    """Return the first of ``ways`` that an entity has, for entities of ``kinds`` only."""

    def make(intent: Intent, entity: Entity, state: State) -> Change | None:
        if entity.kind not in kinds:
            return None
        return next((change for way in ways if (change := way(intent, entity, state))), None)

    return make


def _either(first: str, second: str, slot: str) -> Command:
    """Set the property that has the option: what one device calls a mode is another's preset."""

    def make(intent: Intent, entity: Entity, _state: State) -> Change | None:
        value = intent.slots.get(slot)
        return setting(entity, first, value) or setting(entity, second, value)

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
    """Want ``name`` to be a step more, or less, than it is; None where nobody knows how it is."""
    allowed, now = entity.settable.get(name), state.get(name)
    if state.get("state") == "off" and name in _STILL:
        now = 0 if up else None
    elif now is None and name == "position":
        now = _ENDS.get(str(state.get("state")))
    if not isinstance(allowed, Span) or not isinstance(now, int | float):
        return None
    by = step if step is not None else STEPS.get(name, allowed.step)
    least = min(now, max(allowed.low, _STILL.get(name, allowed.low)))
    most = max(now, allowed.high)
    return setting(entity, name, round(max(least, min(most, now + (by if up else -by))), 2))


def _arm(intent: Intent, entity: Entity, state: State) -> Change | None:
    return _armed(entity, state, str(intent.slots.get("mode", "")))


_COMMANDS: Mapping[str, Command] = {
    "HassTurnOn": _turn_on,
    "HassTurnOff": _turn_off,
    "HassToggle": _toggle,
    "HassLightSet": _of(frozenset({Kind.LIGHT}), light_set),
    "HassSetPosition": _position,
    "HassSetTilt": _property("tilt", "tilt"),
    "HassStopMoving": _of(frozenset({Kind.COVER, Kind.VALVE, Kind.VACUUM}), _deed("stop")),
    "HassFanSetSpeed": _of(frozenset({Kind.FAN}), _speed),
    "HassSetOscillation": _property("oscillating", "oscillating"),
    "HassSetPreset": _either("preset", "mode", "preset"),
    "HassSetMode": _either("mode", "preset", "mode"),
    "HassSetSwingMode": _property("swing_mode", "swing_mode"),
    "HassClimateSetTemperature": _of(_HEATERS, _property("temperature", "temperature")),
    "HassClimateSetFanMode": _of(_HEATERS, _property("fan_mode", "fan_mode")),
    "HassSetHumidity": _property("humidity", "humidity"),
    "HassSetOption": _of(frozenset({Kind.SELECT}), _property("state", "option")),
    "HassSetValue": _of(frozenset({Kind.NUMBER}), _property("state", "value")),
    "HassVacuumStart": _fixed("state", "cleaning"),
    "HassVacuumCleanArea": _fixed("state", "cleaning"),
    "HassVacuumReturnToBase": _fixed("state", "returning"),
    "HassVacuumPause": _of(_ROBOTS, _deed("pause"), _deed("stop")),
    "HassVacuumStop": _of(_ROBOTS, _deed("stop"), _deed("pause")),
    "HassVacuumLocate": _of(_ROBOTS, _deed("locate")),
    "HassLawnMowerStartMowing": _fixed("state", "mowing"),
    "HassLawnMowerDock": _fixed("state", "docked"),
    "HassAlarmArm": _of(frozenset({Kind.ALARM}), _arm),
    "HassAlarmDisarm": _fixed("state", "disarmed"),
    "HassArm": _of(frozenset({Kind.ALARM}), _arm),
    "HassDisarm": _fixed("state", "disarmed"),
    "HassMediaNext": _deed("next"),
    "HassMediaPrevious": _deed("previous"),
    "HassMediaStop": _of(frozenset({Kind.MEDIA_PLAYER}), _deed("stop"), _fixed("state", "paused")),
    "HassMediaPause": _fixed("state", "paused"),
    "HassMediaUnpause": _fixed("state", "playing"),
    "HassMediaPlayerMute": _fixed("muted", "on"),
    "HassMediaPlayerUnmute": _fixed("muted", "off"),
    "HassMediaSource": _property("source", "source"),
    "HassSetVolume": _property("volume", "volume_level"),
    "HassSetVolumeRelative": _volume,
    "HassAdjust": _adjust,
}
