"""Covers and valves: open, closed, or in between.

Keys and defaults: https://www.home-assistant.io/integrations/cover.mqtt/ and valve.mqtt.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from voiceslm.entities import Choice
from voiceslm.home.drivers.codecs import Codec, as_number, field, json_object, percent, wording
from voiceslm.home.drivers.properties import (
    Command,
    Property,
    Reading,
    command_of,
    deeds_of,
    driver_of,
    joined,
    property_of,
    telling,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.entities import State, Value
    from voiceslm.home.driver import Driver
    from voiceslm.home.drivers.config import Config
    from voiceslm.home.message import Message

_SHUT, _WIDE = 0, 100
"""Percent."""

_ENDS = {"open": _WIDE, "closed": _SHUT}

_SCALES = {"position_closed": _SHUT, "position_open": _WIDE, "tilt_min": 0, "tilt_max": 100}
"""Keys of how a device counts, with their defaults; its templates know them, too."""

_STATES = ("open", "closed", "opening", "closing")


def cover(config: Config) -> Driver:
    """Return the driver of a cover.

    Where it reports its position, a position says whether it is open or closed, and "stopped", which says
    neither, is left out.
    """
    scales = _scales(config)
    position = percent(scales["position_closed"], scales["position_open"])
    tilt = percent(scales["tilt_min"], scales["tilt_max"])
    move = command_of(config, "set_position_topic", "set_position_template")
    turn = command_of(config, "tilt_command_topic", "tilt_command_template")
    parts = [
        _moved("position", position, _position_reading(config, position, tilt, scales), move, scales),
        _cover_state(config, None if move is None else _moving(move, position, "position", scales)),
        _moved("tilt", tilt, _tilt_reading(config, tilt, scales), turn, scales),
    ]
    stop = deeds_of(command_of(config, "command_topic"), {"stop": config.payload("payload_stop", "STOP")})
    return driver_of(parts, deeds=stop, arrange=_arranged)


def valve(config: Config) -> Driver:
    """Return the driver of a valve; one that reports its position is moved by positions only."""
    by_position = config.flag("reports_position")
    scales = _scales(config)
    position = percent(scales["position_closed"], scales["position_open"])
    state = wording(_commands(config), _reports(config, _STATES))
    command = command_of(config, "command_topic", "command_template")
    reading = _valve_reading(config, state, position if by_position else None, scales)
    parts = [joined("state", state, reading, command)]
    if by_position and command is not None:
        move = _moving(command, position, "position", scales)
        parts = [Property("position", reading, position.range, move), _at_the_ends(None, move)]
    deeds = deeds_of(command, {"stop": config.payload("payload_stop")})
    return driver_of(parts, deeds=deeds, arrange=_arranged)


def _scales(config: Config) -> dict[str, float]:
    return {key: config.number(key, default) for key, default in _SCALES.items()}


def _commands(config: Config) -> dict[str, str | None]:
    return {
        "open": config.payload("payload_open", "OPEN"),
        "closed": config.payload("payload_close", "CLOSE"),
    }


def _reports(config: Config, states: tuple[str, ...]) -> dict[str, str | None]:
    return {state: config.payload(f"state_{state}", state) for state in states}


def _moving(
    command: Command, codec: Codec, name: str, scales: Mapping[str, Any]
) -> Callable[[Value, State], Message]:
    """Return the command to a position; its template knows the position in percent as ``name``, too."""
    return lambda value, _after: command.message(codec.encode(value), **{**scales, name: as_number(value)})


def _moved(
    name: str, codec: Codec, reading: Reading | None, command: Command | None, scales: Mapping[str, Any]
) -> Property:
    if command is None:
        return Property(name, reading)
    variable = "position" if name == "position" else "tilt_position"
    return Property(name, reading, codec.range, _moving(command, codec, variable, scales))


def _at_the_ends(reading: Reading | None, move: Callable[[Value, State], Message]) -> Property:
    """Return the state of what is opened and closed by its position."""
    return Property(
        "state", reading, Choice(tuple(_ENDS)), lambda value, after: move(_ENDS[str(value)], after)
    )


def _cover_state(config: Config, move: Callable[[Value, State], Message] | None) -> Property | None:
    codec = wording(_commands(config), _reports(config, (*_STATES, "stopped")))
    if config.has("position_topic"):
        codec = replace(codec, decode=_unless_stopped(codec.decode))
    part = property_of(config, "state", codec)
    if config.has("command_topic") or move is None:
        return part
    return _at_the_ends(None if part is None else part.reading, move)


def _unless_stopped(decode: Callable[[str], Value | None]) -> Callable[[str], Value | None]:
    def decode_others(text: str) -> Value | None:
        state = decode(text)
        return None if state == "stopped" else state

    return decode_others


def _position_reading(
    config: Config, position: Codec, tilt: Codec, scales: Mapping[str, Any]
) -> Reading | None:
    """Return what a position tells; a template may make a JSON object of position and tilt of it."""
    topic = config.topic("position_topic")
    if topic is None:
        return None

    def decode(text: str) -> Mapping[str, Value]:
        found = json_object(text)
        told = _position_and_state(position.decode(field(found, "position") or text))
        return {**told, **telling("tilt", tilt)(field(found, "tilt_position"))}

    return Reading(topic, ("position", "state"), decode, config.template("position_template"), scales)


def _position_and_state(position: Value | None) -> Mapping[str, Value]:
    if position is None:
        return {}
    return {"position": position, "state": "closed" if position == _SHUT else "open"}


def _tilt_reading(config: Config, tilt: Codec, scales: Mapping[str, Any]) -> Reading | None:
    topic = config.topic("tilt_status_topic")
    if topic is None:
        return None
    return Reading(topic, ("tilt",), telling("tilt", tilt), config.template("tilt_status_template"), scales)


def _valve_reading(
    config: Config, state: Codec, position: Codec | None, scales: Mapping[str, Any]
) -> Reading | None:
    """Return what a valve tells: a state or a position, or both in a JSON object."""
    topic = config.topic("state_topic")
    if topic is None:
        return None

    def decode(text: str) -> Mapping[str, Value]:
        found = json_object(text)
        told = position and _position_and_state(position.decode(field(found, "position") or text))
        return {**(told or {}), **telling("state", state)(field(found, "state") or text)}

    names = ("state",) if position is None else ("state", "position")
    return Reading(topic, names, decode, config.template("value_template"), scales)


def _arranged(wants: Mapping[str, Value], _state: State) -> Mapping[str, Value]:
    """A position says more than "open" does."""
    return {name: value for name, value in wants.items() if name != "state" or "position" not in wants}
