"""Vacuums and lawn mowers.

Keys and defaults: https://www.home-assistant.io/integrations/vacuum.mqtt/ and lawn_mower.mqtt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.home.drivers.codecs import choice, field, json_object, reported, wording
from voiceslm.home.drivers.properties import (
    Property,
    Reading,
    command_of,
    deeds_of,
    driver_of,
    joined,
    reading_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.entities import State, Value
    from voiceslm.home.driver import Driver
    from voiceslm.home.drivers.config import Config
    from voiceslm.home.message import Message

_VACUUM_STATES = ("cleaning", "docked", "returning", "paused", "idle", "error")
_VACUUM_FEATURES = ("start", "stop", "return_home")
"""Those that we use of what a vacuum can do that does not say."""

_MOWER_STATES = ("mowing", "docked", "returning", "paused", "error")
_MOWER_COMMANDS = {"mowing": "start_mowing", "docked": "dock"}
"""State -> the action that brings it about, which is also its payload."""


def vacuum(config: Config) -> Driver:
    """Return the driver of a vacuum; its fan's speed is the property ``fan_mode``."""
    config.needs("command_topic", "state_topic")
    features = config.words("supported_features", _VACUUM_FEATURES)
    command = command_of(config, "command_topic")

    def payload(feature: str, key: str, default: str) -> str | None:
        return config.payload(f"payload_{key}", default) if feature in features else None

    state = wording(
        {
            "cleaning": payload("start", "start", "start"),
            "returning": payload("return_home", "return_to_base", "return_to_base"),
        },
        {state: state for state in _VACUUM_STATES},
    )
    deeds = {deed: payload(deed, deed, deed) for deed in ("stop", "pause", "locate")}
    speeds = choice(config.words("fan_speed_list") if "fan_speed" in features else ())
    topic = config.topic("state_topic")

    def decode(text: str) -> Mapping[str, Value]:
        found = json_object(text)
        told = {
            "state": state.decode(field(found, "state")),
            "fan_mode": speeds.decode(field(found, "fan_speed")),
        }
        return {name: value for name, value in told.items() if value is not None}

    names = ("state", "fan_mode") if "fan_speed" in features else ("state",)
    return driver_of(
        [
            joined("state", state, None if topic is None else Reading(topic, names, decode), command),
            joined("fan_mode", speeds, None, command_of(config, "set_fan_speed_topic")),
        ],
        deeds=deeds_of(command, deeds),
    )


def lawn_mower(config: Config) -> Driver:
    """Return the driver of a lawn mower, which has a topic for each command."""
    commands = {
        state: command
        for state, action in _MOWER_COMMANDS.items()
        if (command := command_of(config, f"{action}_command_topic", f"{action}_command_template"))
    }

    def message(value: Value, _after: State) -> Message:
        return commands[str(value)].message(_MOWER_COMMANDS[str(value)])

    known = reported(wording({state: state for state in _MOWER_STATES}).decode)
    reading = reading_of(config, "state", known, "activity_state_topic", "activity_value_template")
    part = Property("state", reading)
    if commands:
        part = Property("state", reading, wording({state: state for state in commands}).range, message)
    pause = command_of(config, "pause_command_topic", "pause_command_template")
    return driver_of([part], deeds=deeds_of(pause, {"pause": "pause"}))
