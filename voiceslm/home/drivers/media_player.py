"""Media players, which Home Assistant's discovery does not have: they are declared by hand.

Keys, made as those of the other components are, with their defaults:

- ``command_topic``, ``command_template``; ``payload_play`` PLAY, ``payload_pause`` PAUSE, ``payload_stop``
  STOP, ``payload_next`` NEXT, ``payload_previous`` PREVIOUS, ``payload_on`` ON, ``payload_off`` OFF; null for
  what it cannot do;
- ``state_topic``, ``value_template``; ``state_playing`` playing, and so ``state_paused``, ``state_idle``,
  ``state_on``, ``state_off``;
- ``volume_command_topic``, ``volume_command_template``, ``volume_state_topic``, ``volume_value_template``;
  ``volume_scale`` 100;
- ``mute_command_topic`` and so on; ``payload_mute_on`` ON, ``payload_mute_off`` OFF;
- ``source_command_topic`` and so on; ``sources``, a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.home.drivers.codecs import choice, percent, wording
from voiceslm.home.drivers.properties import command_of, deeds_of, driver_of, property_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.entities import State, Value
    from voiceslm.home.driver import Driver
    from voiceslm.home.drivers.config import Config

_COMMANDS = {"playing": "play", "paused": "pause", "on": "on", "off": "off"}
"""State -> the command that brings it about."""

_STATES = ("playing", "paused", "idle", "on", "off")


def media_player(config: Config) -> Driver:
    """Return the driver of a media player."""
    commands = {
        state: config.payload(f"payload_{command}", command.upper()) for state, command in _COMMANDS.items()
    }
    state = wording(commands, {state: config.payload(f"state_{state}", state) for state in _STATES})
    muted = wording(
        {"on": config.payload("payload_mute_on", "ON"), "off": config.payload("payload_mute_off", "OFF")}
    )
    deeds = {deed: config.payload(f"payload_{deed}", deed.upper()) for deed in ("stop", "next", "previous")}
    return driver_of(
        [
            property_of(config, "state", state),
            property_of(config, "source", choice(config.words("sources")), prefix="source_"),
            property_of(config, "volume", percent(0, config.number("volume_scale", 100)), prefix="volume_"),
            property_of(config, "muted", muted, prefix="mute_"),
        ],
        deeds=deeds_of(command_of(config, "command_topic", "command_template"), deeds),
        arrange=_arranged,
    )


def _arranged(wants: Mapping[str, Value], _state: State) -> Mapping[str, Value]:
    """Nothing else is set of a player that is turned off."""
    return {"state": "off"} if wants.get("state") == "off" else wants
