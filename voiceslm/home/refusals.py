"""Why an entity cannot do what is wanted, in English. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.colors import COLORS
from voiceslm.entities import Choice, Kind, Span
from voiceslm.home.conditions import quantity
from voiceslm.home.phrases import be, begun, listed, together
from voiceslm.home.units import number, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.entities import Change, Entity, State
    from voiceslm.events import Intent

OPTIONS = 6
"""So many options are read out; of more none."""

UNABLE = "can't do that"

_CANNOT: Mapping[str, str] = {
    "brightness": "can't be dimmed",
    "color": "can't change colour",
    "color_temperature": "can't change between warm and cool",
    "effect": "has no effects",
    "position": "can only be opened and closed",
    "tilt": "can't be tilted",
    "percentage": "has no speed to set",
    "oscillating": "can't oscillate",
    "temperature": "has no temperature to set",
    "humidity": "has no humidity to set",
    "fan_mode": "has no fan mode to set",
    "swing_mode": "can't swing",
    "mode": "has no modes",
    "preset": "has no presets",
    "volume": "has no volume to set",
    "muted": "can't be muted",
    "source": "has no sources to choose from",
}
"""Property -> what is said of an entity that lacks it."""

_PROPERTIES: Mapping[str, tuple[str, str]] = {
    "HassSetPosition": ("position", "position"),
    "HassSetTilt": ("tilt", "tilt"),
    "HassFanSetSpeed": ("percentage", "percentage"),
    "HassSetOscillation": ("oscillating", "oscillating"),
    "HassSetPreset": ("preset", "preset"),
    "HassSetMode": ("mode", "mode"),
    "HassSetSwingMode": ("swing_mode", "swing_mode"),
    "HassClimateSetTemperature": ("temperature", "temperature"),
    "HassClimateSetFanMode": ("fan_mode", "fan_mode"),
    "HassSetHumidity": ("humidity", "humidity"),
    "HassSetOption": ("state", "option"),
    "HassSetValue": ("state", "value"),
    "HassMediaPlayerMute": ("muted", ""),
    "HassMediaPlayerUnmute": ("muted", ""),
    "HassMediaSource": ("source", "source"),
    "HassSetVolume": ("volume", "volume_level"),
    "HassSetVolumeRelative": ("volume", "volume_step"),
}
"""Intent -> the property that it sets, and the slot that says to what."""

_VERBS: Mapping[str, str] = {
    "HassTurnOn": "be turned on",
    "HassTurnOff": "be turned off",
    "HassToggle": "be turned on and off",
    "HassStopMoving": "be stopped",
    "HassMediaNext": "skip",
    "HassMediaPrevious": "go back",
    "HassMediaPause": "be paused",
    "HassMediaUnpause": "be told to play",
    "HassMediaStop": "be stopped",
    "HassVacuumPause": "be paused",
    "HassVacuumStop": "be stopped",
    "HassVacuumLocate": "make itself heard",
    "HassAlarmArm": "be armed that way",
    "HassArm": "be armed that way",
}
_OPENED: Mapping[Kind, tuple[str, str]] = {
    Kind.COVER: ("be opened", "be closed"),
    Kind.VALVE: ("be opened", "be closed"),
    Kind.LOCK: ("be locked", "be unlocked"),
}
_UNKNOWN: Mapping[str, str] = {
    "brightness": "how bright {names} {be}",
    "color_temperature": "how warm the light of {names} is",
    "percentage": "how fast {names} {be}",
    "position": "how far {names} {be} open",
    "tilt": "how {names} {be} tilted",
    "temperature": "what {names} {be} set to",
    "humidity": "what {names} {be} set to",
    "volume": "how loud {names} {be}",
}
_RELATIVE = frozenset({"HassAdjust", "HassSetVolumeRelative"})


def refusal(intent: Intent, things: Sequence[Entity], state: State) -> str:
    """Return why ``things`` cannot do what ``intent`` wants; ``state`` is that of the first of them."""
    thing, names = things[0], together(things)
    name, slot = _property(intent)
    if not name:
        return begun(f"{names} can't {_verb(intent, thing)}.")
    if name == "color" and str(intent.slots.get("color", "")).casefold() not in COLORS:
        return "I don't know that colour."
    allowed = thing.settable.get(name)
    if intent.name in _RELATIVE and isinstance(allowed, Span):
        if state.get("state") == "off":
            return begun(f"{names} {be(things)} off.")
        unknown = _UNKNOWN.get(name, "what {names} {be} set to")
        return f"I don't know {unknown.format(names=names, be=be(things))} now."
    if isinstance(allowed, Choice) and allowed.options and slot:
        return begun(f"{names} {_choice(allowed)}.")
    return begun(f"{names} {_CANNOT.get(name, UNABLE)}.")


def beyond(entity: Entity, change: Change) -> str:
    """Return what is said of an entity that does not take the values of ``change``; empty where it does."""
    for name, value in change.wants.items():
        allowed = entity.settable.get(name)
        if not isinstance(allowed, Span) or not isinstance(value, int | float):
            continue
        if not allowed.low <= value <= allowed.high:
            return f"can only be set from {number(allowed.low)} to {quantity(entity, name, allowed.high)}"
    return ""


def _property(intent: Intent) -> tuple[str, str]:
    """Return the property that ``intent`` sets, and the slot with its value; empty where it is none."""
    slots = intent.slots
    if intent.name == "HassAdjust":
        return str(slots.get("property", "")), ""
    if intent.name == "HassLightSet":
        slot = next((slot for slot in ("color", "temperature", "effect") if slot in slots), "brightness")
        return ("color_temperature" if slot == "temperature" else slot), slot
    return _PROPERTIES.get(intent.name, ("", ""))


def _verb(intent: Intent, thing: Entity) -> str:
    if thing.kind in _OPENED and intent.name in {"HassTurnOn", "HassTurnOff"}:
        return _OPENED[thing.kind][intent.name == "HassTurnOff"]
    return _VERBS.get(intent.name, "do that")


def _choice(allowed: Choice) -> str:
    if len(allowed.options) > OPTIONS:
        return "can't be set to that"
    return f"can only be set to {listed([plain(option) for option in allowed.options], 'or')}"
