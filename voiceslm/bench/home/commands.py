"""Commands to the things of a simulated home, each from a state in which it changes something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.bench.home.part import dice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.bench.home.devices import SimulatedHome
    from voiceslm.bench.home.homes import Home
    from voiceslm.entities import State, Value

ROUNDING = 1
"""Percent that are lost on the way: the wire counts to 254 or 255."""

_ON: State = {"state": "on"}
_OFF: State = {"state": "off"}
_OPEN: State = {"state": "open", "position": 100}
_CLOSED: State = {"state": "closed", "position": 0}

_FORMS: Mapping[str, tuple[tuple[str, State, State], ...]] = {
    "light": (
        ("turn on the {}", _OFF, _ON),
        ("turn the {} off", _ON, _OFF),
        ("switch the {} on", _OFF, _ON),
        ("please turn off the {}", _ON, _OFF),
        ("set the {} to 40 percent", {**_ON, "brightness": 90}, {**_ON, "brightness": 40}),
        ("set the brightness of the {} to 70 percent", {**_ON, "brightness": 20}, {**_ON, "brightness": 70}),
    ),
    "switch": (
        ("turn on the {}", _OFF, _ON),
        ("turn off the {}", _ON, _OFF),
        ("switch the {} on", _OFF, _ON),
        ("can you switch off the {}", _ON, _OFF),
    ),
    "cover": (
        ("open the {}", _CLOSED, {"state": "open"}),
        ("close the {}", _OPEN, {"state": "closed"}),
        ("set the {} to 30 percent", _OPEN, {"position": 30}),
    ),
    "fan": (
        ("turn on the {}", _OFF, _ON),
        ("turn off the {}", _ON, _OFF),
        ("set the {} to 50 percent", {**_ON, "percentage": 100}, {"percentage": 50}),
    ),
    "climate": (
        ("set the {} to 19 degrees", {"mode": "heat", "temperature": 22}, {"temperature": 19}),
        ("set the {} to 23 degrees", {"mode": "heat", "temperature": 20}, {"temperature": 23}),
    ),
    "lock": (("lock the {}", {"state": "unlocked"}, {"state": "locked"}),),
    "media_player": (
        ("pause the {}", {"state": "playing"}, {"state": "paused"}),
        ("set the volume of the {} to 20 percent", {"state": "playing", "volume": 50}, {"volume": 20}),
    ),
}
"""Kind -> what can be said to one, the state before it, and what it shall be after it."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something to say to one thing."""

    text: str

    key: str
    """Of the simulated thing."""

    before: State
    after: State

    def came_about(self, before: Mapping[str, State], after: Mapping[str, State]) -> bool:
        """Say whether the home came from one state to the other by this command alone."""
        others = (key for key in after if key != self.key)
        return self.done(after) and all(before[key] == after[key] for key in others)

    def done(self, states: Mapping[str, State]) -> bool:
        """Say whether the thing is as it shall be."""
        return all(_near(value, states[self.key].get(name)) for name, value in self.after.items())

    async def prepare(self, home: SimulatedHome) -> None:
        """Put the thing into the state before."""
        await home.set(self.key, **self.before)


def commands(home: Home, simulated: SimulatedHome) -> list[Command]:
    """Return every command that the home's things can take, shuffled, the same for the same home."""
    states = simulated.states
    found = [
        Command(form.format(home.names[key].lower()), key, before, after)
        for key in states
        for form, before, after in _FORMS.get(key.partition(".")[0], ())
        if {*before, *after} <= states[key].keys() and key in home.names
    ]
    dice("commands").shuffle(found)
    return found


def _near(wanted: Value, found: Value | None) -> bool:
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return abs(wanted - found) <= ROUNDING
    return wanted == found
