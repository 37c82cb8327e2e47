"""What is wanted of a light beyond on and off. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.colors import COLORS
from voiceslm.entities import Change, Span
from voiceslm.home.setting import setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.entities import Entity, State, Value
    from voiceslm.events import Intent

_WHITE = 4000
"""Kelvin of "white" for a light without colours."""


def light_set(intent: Intent, entity: Entity, _state: State) -> Change | None:
    """Return what HassLightSet wants of a light; None where it lacks any of it: nothing is done by halves."""
    slots = intent.slots
    if slots.get("brightness") == 0 or slots.get("color") == "black":
        return setting(entity, "state", "off")
    wants: dict[str, Value] = {}
    for slot, want in _LIGHT_SLOTS.items():
        if slot in slots:
            change = want(intent, entity)
            if change is None:
                return None
            wants |= change.wants
    return Change(entity.id, wants) if wants else None


def _color(intent: Intent, entity: Entity) -> Change | None:
    said = str(intent.slots["color"]).casefold()
    change = setting(entity, "color", COLORS.get(said))
    return change or (_near_kelvin(entity, _WHITE) if said == "white" else None)


def _warmth(intent: Intent, entity: Entity) -> Change | None:
    """Want a temperature: the number that was said, or what comes nearest to a word such as "daylight"."""
    kelvin = intent.slots["temperature"]
    if isinstance(kelvin, str) or str(kelvin) in intent.text.replace(",", ""):
        return setting(entity, "color_temperature", kelvin)
    return _near_kelvin(entity, kelvin)


def _near_kelvin(entity: Entity, kelvin: float) -> Change | None:
    allowed = entity.settable.get("color_temperature")
    if not isinstance(allowed, Span):
        return None
    return setting(entity, "color_temperature", max(allowed.low, min(allowed.high, kelvin)))


_LIGHT_SLOTS: Mapping[str, Callable[[Intent, Entity], Change | None]] = {
    "brightness": lambda intent, entity: setting(entity, "brightness", intent.slots["brightness"]),
    "color": _color,
    "temperature": _warmth,
    "effect": lambda intent, entity: setting(entity, "effect", intent.slots["effect"]),
}
