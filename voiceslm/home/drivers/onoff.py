"""Switches, sirens and binary sensors: on or off, and little else.

Keys and defaults: https://www.home-assistant.io/integrations/switch.mqtt/ and siren.mqtt, binary_sensor.mqtt.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from voiceslm.home.drivers.codecs import Codec, field, json_object, reported, wording
from voiceslm.home.drivers.properties import command_of, driver_of, measured, property_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.entities import State, Value
    from voiceslm.home.driver import Driver
    from voiceslm.home.drivers.config import Config
    from voiceslm.home.message import Message


def on_off(config: Config) -> Codec:
    """Return the codec of a state with ``payload_on`` and ``payload_off``, reported as ``state_on`` or so."""
    commands = {"on": config.payload("payload_on", "ON"), "off": config.payload("payload_off", "OFF")}
    reports = {"on": config.payload("state_on"), "off": config.payload("state_off")}
    return wording(commands, {state: reports[state] or commands[state] for state in commands})


def switch(config: Config) -> Driver:
    """Return the driver of a switch."""
    config.needs("command_topic")
    return driver_of([property_of(config, "state", on_off(config))])


def binary_sensor(config: Config) -> Driver:
    """Return the driver of a binary sensor."""
    config.needs("state_topic")
    return driver_of(
        [measured(config, "state", reported(on_off(config).decode), "state_topic", "value_template")]
    )


def siren(config: Config) -> Driver:
    """Return the driver of a siren, which is told and may report its state as JSON."""
    config.needs("command_topic")
    codec = on_off(config)
    part = property_of(config, "state", Codec(codec.range, _in_json(codec.decode), codec.encode))
    assert part is not None
    return driver_of([replace(part, message=_siren_message(config, codec))])


def _siren_message(config: Config, codec: Codec) -> Callable[[Value, State], Message]:
    on = command_of(config, "command_topic", "command_template")
    off = command_of(config, "command_topic", "command_off_template")
    assert on is not None
    assert off is not None

    def message(value: Value, _after: State) -> Message:
        command = off if value == "off" and off.template is not None else on
        payload = codec.encode(value)
        return command.message(
            json.dumps({"state": payload}) if command.template is None else payload, state=payload
        )

    return message


def _in_json(decode: Callable[[str], Value | None]) -> Callable[[str], Value | None]:
    """Also read what stands in a JSON object under "state"."""

    def decode_either(text: str) -> Value | None:
        return decode(text) or decode(field(json_object(text), "state"))

    return decode_either
