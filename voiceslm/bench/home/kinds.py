"""How the simulated things of every kind speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.bench.home.air import climate, fan, humidifier, water_heater
from voiceslm.bench.home.dialect import Dialect, Hears, Place, Tells
from voiceslm.bench.home.lights import light
from voiceslm.bench.home.openings import cover, lock, valve
from voiceslm.bench.home.templates import parsed
from voiceslm.entities import Kind, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.bench.home.dialect import Config
    from voiceslm.entities import State

_SENSED: dict[str, str | float] = {
    "battery": 87,
    "energy": 12.4,
    "enum": "idle",
    "humidity": 46,
    "illuminance": 320,
    "power": 23.5,
    "pressure": 1013,
    "signal_strength": -61,
    "temperature": 21.5,
    "timestamp": "2026-01-02T03:04:05+00:00",
    "voltage": 230,
}
"""Device class -> what a sensor reports at first; any other reports 1."""

_VACUUM_FEATURES = ("start", "stop", "return_home", "clean_spot")
"""Of those heard here, what a vacuum can do where its configuration does not say."""


def switch(config: Config) -> Dialect:
    """Return the dialect of a switch."""
    return Dialect.on_off(config, "state_on", "state_off")


def binary_sensor(config: Config) -> Dialect:
    """Return the dialect of a binary sensor."""
    dialect = Dialect.on_off(config, "payload_on", "payload_off")
    if dialect.word("device_class") == "connectivity":
        dialect.state["state"] = "on"
    return dialect


def siren(config: Config) -> Dialect:
    """Return the dialect of a siren, which without a template is told JSON."""
    dialect = Dialect.on_off(config, "state_on", "state_off")
    words = {dialect.word("payload_on", "ON"): "on", dialect.word("payload_off", "OFF"): "off"}

    def meaning(payload: str) -> State | None:
        document = parsed(payload)
        state = words.get(str(document.get("state"))) if isinstance(document, dict) else None
        return None if state is None else {"state": state}

    if dialect.word("command_topic") and not dialect.word("command_template"):
        dialect.hears.append(Hears(dialect.word("command_topic"), meaning))
    return dialect


def sensor(config: Config) -> Dialect:
    """Return the dialect of a sensor."""
    dialect = Dialect(config)
    at = dialect.place()
    if at.state:
        dialect.tells.append(Tells("state", at.state, at.state_template, str))
        dialect.state["state"] = _SENSED.get(dialect.word("device_class"), 1)
    return dialect


def vacuum(config: Config) -> Dialect:
    """Return the dialect of a vacuum, whose state is JSON; its ``fan_mode`` is how hard it sucks."""
    dialect = Dialect(config)
    topic, told = dialect.word("command_topic"), dialect.word("state_topic")
    dialect.state["state"] = "docked"
    able = dialect.words("supported_features", _VACUUM_FEATURES)
    doings: tuple[tuple[str, str, str, State], ...] = (
        ("start", "payload_start", "start", {"state": "cleaning"}),
        ("clean_spot", "payload_clean_spot", "clean_spot", {"state": "cleaning"}),
        ("return_home", "payload_return_to_base", "return_to_base", {"state": "returning"}),
        ("stop", "payload_stop", "stop", {"state": "idle", "deed": "stop"}),
        ("pause", "payload_pause", "pause", {"state": "paused", "deed": "pause"}),
        ("locate", "payload_locate", "locate", {"deed": "locate"}),
    )
    if topic:
        dialect.hear(topic, "", {dialect.word(o, d): does for f, o, d, does in doings if f in able})
    template = dialect.word("value_template") or "{{ value_json.state }}"
    if told:
        dialect.tells.append(Tells("state", told, template, str))
    speeds = dialect.words("fan_speed_list")
    if speeds:
        place = Place(dialect.word("set_fan_speed_topic"), "", told, "{{ value_json.fan_speed }}")
        dialect.choice("fan_mode", {name: name for name in speeds}, at=place)
    return dialect


def lawn_mower(config: Config) -> Dialect:
    """Return the dialect of a lawn mower."""
    dialect = Dialect(config)
    dialect.state["state"] = "docked"
    for name, does in (
        ("start_mowing", {"state": "mowing"}),
        ("pause", {"state": "paused", "deed": "pause"}),
        ("dock", {"state": "returning"}),
    ):
        topic = dialect.word(f"{name}_command_topic")
        if topic:
            dialect.hear(topic, dialect.word(f"{name}_command_template"), {name: does})
    told = dialect.word("activity_state_topic")
    if told:
        template = dialect.word("activity_value_template")
        dialect.tells.append(Tells("state", told, template, str))
    return dialect


def media_player(config: Config) -> Dialect:
    """Return the dialect of a media player as `players` declares it; it counts its tracks."""
    dialect = Dialect(config)
    topic = dialect.word("command_topic")
    states = {"play": "playing", "pause": "paused", "stop": "idle", "on": "on", "off": "off"}
    meanings: dict[str, State] = {
        dialect.word(f"payload_{word}", word.upper()): {"state": state} for word, state in states.items()
    }
    meanings[dialect.word("payload_stop", "STOP")] = {"state": "idle", "deed": "stop"}
    for deed in ("next", "previous"):
        meanings[dialect.word(f"payload_{deed}", deed.upper())] = {"deed": deed}
    if topic:
        dialect.hear(topic, "", meanings)
        dialect.state["track"] = 1
    dialect.choice(
        "state",
        {},
        {state: state for state in states.values()},
        at=Place("", "", dialect.word("state_topic")),
    )
    dialect.state["state"] = "off"
    dialect.level("volume", Span(0, 100), 40, at=dialect.place("volume"))
    dialect.choice("muted", {"off": "OFF", "on": "ON"}, at=dialect.place("mute"))
    dialect.modes("source", "source", "sources")
    return dialect


def alarm_control_panel(config: Config) -> Dialect:
    """Return the dialect of an alarm system that asks for no code."""
    dialect = Dialect(config)
    commanded = {"disarmed": dialect.word("payload_disarm", "DISARM")}
    for mode in ("home", "away", "night", "vacation"):
        commanded[f"armed_{mode}"] = dialect.word(f"payload_arm_{mode}", f"ARM_{mode.upper()}")
    told = {state: state for state in (*commanded, "triggered")}
    dialect.choice("state", commanded, told, at=dialect.place())
    return dialect


def number(config: Config) -> Dialect:
    """Return the dialect of a number."""
    dialect = Dialect(config)
    low, high = dialect.number("min", 1), dialect.number("max", 100)
    span = Span(low, high, dialect.number("step", 1))
    dialect.level("state", span, low, at=dialect.place())
    return dialect


def select(config: Config) -> Dialect:
    """Return the dialect of a choice."""
    dialect = Dialect(config)
    dialect.modes("state", "", "options")
    return dialect


def button(config: Config) -> Dialect:
    """Return the dialect of a button."""
    return _deed_only(config, "press", "payload_press", "PRESS")


def scene(config: Config) -> Dialect:
    """Return the dialect of a scene."""
    return _deed_only(config, "activate", "payload_on", "ON")


DIALECTS: dict[Kind, Callable[[Config], Dialect]] = {
    Kind.ALARM: alarm_control_panel,
    Kind.BINARY_SENSOR: binary_sensor,
    Kind.BUTTON: button,
    Kind.CLIMATE: climate,
    Kind.COVER: cover,
    Kind.FAN: fan,
    Kind.HUMIDIFIER: humidifier,
    Kind.LAWN_MOWER: lawn_mower,
    Kind.LIGHT: light,
    Kind.LOCK: lock,
    Kind.MEDIA_PLAYER: media_player,
    Kind.NUMBER: number,
    Kind.SCENE: scene,
    Kind.SELECT: select,
    Kind.SENSOR: sensor,
    Kind.SIREN: siren,
    Kind.SWITCH: switch,
    Kind.VACUUM: vacuum,
    Kind.VALVE: valve,
    Kind.WATER_HEATER: water_heater,
}
"""How to speak, by kind."""


def _deed_only(config: Config, deed: str, option: str, default: str) -> Dialect:
    dialect = Dialect(config)
    at = dialect.place()
    dialect.deed(at.command, deed, dialect.word(option, default), template=at.command_template)
    return dialect
