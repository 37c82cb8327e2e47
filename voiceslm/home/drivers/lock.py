"""Locks and alarm control panels.

Keys and defaults: https://www.home-assistant.io/integrations/lock.mqtt/ and alarm_control_panel.mqtt.
Codes are left out: who may unlock and disarm is decided before a driver is asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voiceslm.home.drivers.codecs import wording
from voiceslm.home.drivers.properties import command_of, deeds_of, driver_of, property_of

if TYPE_CHECKING:
    from voiceslm.entities import State, Value
    from voiceslm.home.driver import Driver
    from voiceslm.home.drivers.config import Config
    from voiceslm.home.message import Message

_LOCK_STATES = ("locked", "unlocked", "locking", "unlocking", "jammed")

_ARMED = {
    "armed_home": "arm_home",
    "armed_away": "arm_away",
    "armed_night": "arm_night",
    "armed_vacation": "arm_vacation",
    "armed_custom_bypass": "arm_custom_bypass",
}
"""State -> the feature that brings it about."""

_ALARM_STATES = ("disarmed", *_ARMED, "arming", "pending", "disarming", "triggered")


def lock(config: Config) -> Driver:
    """Return the driver of a lock."""
    config.needs("command_topic")
    codec = wording(
        {
            "locked": config.payload("payload_lock", "LOCK"),
            "unlocked": config.payload("payload_unlock", "UNLOCK"),
        },
        {state: config.payload(f"state_{state}", state.upper()) for state in _LOCK_STATES},
    )
    command = command_of(config, "command_topic", "command_template")
    return driver_of(
        [property_of(config, "state", codec)],
        deeds=deeds_of(command, {"open": config.payload("payload_open")}),
    )


def alarm(config: Config) -> Driver:
    """Return the driver of an alarm control panel."""
    config.needs("command_topic")
    features = config.words("supported_features", tuple(_ARMED.values()))
    commands = {"disarmed": config.payload("payload_disarm", "DISARM")} | {
        state: config.payload(f"payload_{feature}", feature.upper())
        for state, feature in _ARMED.items()
        if feature in features
    }
    codec = wording(commands, {state: state for state in _ALARM_STATES})
    part = property_of(config, "state", codec)
    command = command_of(config, "command_topic", "command_template")
    assert part is not None
    assert command is not None

    def message(value: Value, _after: State) -> Message:
        payload = codec.encode(value)
        return command.message(payload, action=payload, code="")

    return driver_of([replace(part, message=message)])
