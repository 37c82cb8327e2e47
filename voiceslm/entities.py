"""The vocabulary of a home, which every room shares: what is there, what it can do, what is wanted of it.

A property is something of an entity that has a value. The properties, their values and their units:

========================  ==========================================================================
``state``                 light, switch, fan, siren, humidifier, binary_sensor: on, off
                          cover, valve: open, closed, opening, closing, stopped
                          lock: locked, unlocked, locking, unlocking, jammed
                          vacuum: cleaning, docked, returning, paused, idle, error
                          lawn_mower: mowing, docked, returning, paused, error
                          media_player: playing, paused, idle, on, off
                          alarm_control_panel: disarmed, armed_home, armed_away, armed_night, triggered …
                          sensor: its value, a number where it is one; number: a number; select: a choice
``brightness``            0 to 100 %
``color``                 red, green, blue, each 0 to 255
``color_temperature``     kelvin
``effect``                a choice
``position``, ``tilt``    0 (closed) to 100 % (open)
``percentage``            0 to 100 %: a fan's speed
``preset``                a choice
``oscillating``           on, off
``direction``             forward, reverse
``mode``                  a choice; of a climate or water heater: off, heat, cool, auto, dry, fan_only …
``action``                what a climate is doing: heating, cooling, idle, off …
``temperature``           the target, in the entity's own unit
``temperature_low``, ``temperature_high``  the targets where there are two
``current_temperature``   in the entity's own unit
``humidity``              the target, 0 to 100 %
``current_humidity``      0 to 100 %
``fan_mode``, ``swing_mode``  a choice
``volume``                0 to 100 %
``muted``                 on, off
``source``                a choice
========================  ==========================================================================

A deed is something that is done and leaves no lasting value: ``press`` (button), ``activate`` (scene),
``stop`` (cover, valve, vacuum, media_player), ``next``, ``previous`` (media_player), ``pause`` (vacuum,
lawn_mower), ``locate`` (vacuum), ``open`` (a lock's latch).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Value: TypeAlias = str | int | float | tuple[int, int, int]
    State: TypeAlias = Mapping[str, Value]
    """Property -> its value as the device last reported it; what was never reported is absent."""

    Range: TypeAlias = "Span | Choice"


class Kind(StrEnum):
    """What an entity is: Home Assistant's words, so that discovery's component is the kind."""

    ALARM = "alarm_control_panel"
    BINARY_SENSOR = "binary_sensor"
    BUTTON = "button"
    CLIMATE = "climate"
    COVER = "cover"
    FAN = "fan"
    HUMIDIFIER = "humidifier"
    LAWN_MOWER = "lawn_mower"
    LIGHT = "light"
    LOCK = "lock"
    MEDIA_PLAYER = "media_player"
    NUMBER = "number"
    SCENE = "scene"
    SELECT = "select"
    SENSOR = "sensor"
    SIREN = "siren"
    SWITCH = "switch"
    VACUUM = "vacuum"
    VALVE = "valve"
    WATER_HEATER = "water_heater"


@dataclass(frozen=True, slots=True)
class Span:
    """A property that takes a number."""

    low: float
    high: float
    step: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """A property that takes one of several words; no ``options`` means a colour."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing that can be asked about or acted upon."""

    id: str
    """``kind.name``, of a to z, 0 to 9 and _, at most 80 characters: unique in this home and the same after a
    restart."""

    kind: Kind

    name: str
    """As people say it, such as "kitchen ceiling light"; at most 80 printable characters."""

    aliases: tuple[str, ...] = ()

    area: str = ""
    """Name of the room it is in; empty where nobody knows."""

    floor: str = ""
    """Name of the floor of that room."""

    device: str = ""
    """Name of the device that it is a part of; several entities may be of one."""

    device_class: str = ""
    """Home Assistant's: curtain, garage, temperature, door …; empty for none."""

    unit: str = ""
    """Of a sensor's or number's state, or of a climate's temperatures: °C, °F, %, W, kWh …"""

    settable: Mapping[str, Range] = field(default_factory=dict)
    """What can be set, and to what. ``state`` is a `Choice` of the states that can be commanded."""

    deeds: frozenset[str] = frozenset()

    reports: frozenset[str] = frozenset()
    """Properties whose value the device itself reports."""

    auxiliary: bool = False
    """Of interest to whoever maintains the device (Home Assistant's entity_category): never part of "all"."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is wanted of one entity."""

    entity: str
    """Its id."""

    wants: Mapping[str, Value] = field(default_factory=dict)
    """Property -> the value it shall have."""

    deed: str = ""
    """What shall be done, where it is a deed; then ``wants`` is empty."""


class Result(StrEnum):
    """What came of a change."""

    DONE = "done"
    """The device reports what was wanted."""
    SENT = "sent"
    """It was sent; this device reports nothing."""
    ALREADY = "already"
    """It was so before; nothing was sent."""
    SILENT = "silent"
    """It was sent, and the device has not reported it in time."""
    UNAVAILABLE = "unavailable"
    """The device says, or its bridge says, that it is offline."""
    OFFLINE = "offline"
    """There is no connection to the broker."""
    UNABLE = "unable"
    """The device cannot do that, or there is no such device."""
    REFUSED = "refused"
    """It is guarded or forbidden, or too much was asked for in too short a time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one change."""

    change: Change
    result: Result
    before: Mapping[str, Value] = field(default_factory=dict)
    """The entity's state before."""
    after: Mapping[str, Value] = field(default_factory=dict)
    reason: str = ""
    """For the log; holds no user words."""
