"""The assistant's own volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.skills.skill import Reply, number, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.events import Intent
    from voiceslm.skills.skill import Context, Skill

STEP = 10
SOFTEST, LOUDEST = 10, 100
"""Percent. "Quieter" stops before silence, or nobody could hear that it worked."""


@dataclass(frozen=True, slots=True)
class VolumeControl:
    """How the volume of what the assistant says is read and set."""

    get: Callable[[], int]
    """Percent, 0 to 100."""

    set: Callable[[int], None]
    """Percent, 0 to 100; quick."""


class VolumeSkill:
    """Answers volume_set, volume_up, volume_down and volume_get, and Home Assistant's that name no player."""

    def __init__(self, control: VolumeControl) -> None:
        """Set ``control``."""
        self._control = control

    def skills(self) -> dict[str, Skill]:
        """Return the skill for each intent."""
        return {
            "volume_set": self._set,
            "volume_up": self._up,
            "volume_down": self._down,
            "volume_get": self._get,
            "HassSetVolume": self._set,
            "HassSetVolumeRelative": self._by,
        }

    def _set(self, intent: Intent, _context: Context) -> Reply | None:
        level = number(intent.slots, "level")
        if level is None:
            level = number(intent.slots, "volume_level")
        if level is None or _names_another(intent):
            return None
        if not 0 <= level <= LOUDEST:
            return Reply("My volume goes from 0 to 100 percent.")
        return self._to(level)

    def _up(self, _intent: Intent, _context: Context) -> Reply:
        return self._step(STEP)

    def _down(self, _intent: Intent, _context: Context) -> Reply:
        return self._step(-STEP)

    def _by(self, intent: Intent, _context: Context) -> Reply | None:
        if _names_another(intent):
            return None
        step = {"up": STEP, "down": -STEP}.get(said(intent.slots, "volume_step"))
        step = step or number(intent.slots, "volume_step")
        return self._step(step) if step else None

    def _get(self, _intent: Intent, _context: Context) -> Reply:
        return Reply(f"My volume is {self._control.get()} percent.")

    def _step(self, step: int) -> Reply:
        now = self._control.get()
        if step > 0 and now >= LOUDEST:
            return Reply("I can't speak any louder.")
        if step < 0 and now <= SOFTEST:
            return Reply("I can't speak any more quietly.")
        return self._to(min(max(now + step, SOFTEST), LOUDEST))

    def _to(self, level: int) -> Reply:
        return Reply(f"Volume {level} percent.", lambda: self._control.set(level))


def _names_another(intent: Intent) -> bool:
    """Whether a player, a room or a floor is meant, not the assistant."""
    return any(said(intent.slots, slot) for slot in ("name", "area", "floor")) or bool(intent.entities)
