"""How simulated covers, valves and locks speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.bench.home.dialect import Dialect, Place
from voiceslm.entities import Span

if TYPE_CHECKING:
    from voiceslm.bench.home.dialect import Config


def cover(config: Config) -> Dialect:
    """Return the dialect of a cover: without a position it is told open or closed only."""
    dialect = Dialect(config)
    at = dialect.place()
    _openable(dialect, at)
    if config.get("payload_stop", "STOP") is not None:
        dialect.deed(at.command, "stop", dialect.word("payload_stop", "STOP"))
    if "position_topic" in config or "set_position_topic" in config:
        place = Place(
            dialect.word("set_position_topic"),
            dialect.word("set_position_template"),
            dialect.word("position_topic"),
            dialect.word("position_template") or dialect.word("value_template"),
        )
        ends = dialect.number("position_closed", 0), dialect.number("position_open", 100)
        _between(dialect, "position", ends, place)
    if "tilt_command_topic" in config:
        place = Place(
            dialect.word("tilt_command_topic"),
            dialect.word("tilt_command_template"),
            dialect.word("tilt_status_topic"),
            dialect.word("tilt_status_template"),
        )
        _between(dialect, "tilt", (dialect.number("tilt_min", 0), dialect.number("tilt_max", 100)), place)
    return dialect


def valve(config: Config) -> Dialect:
    """Return the dialect of a valve, which speaks in positions or in words."""
    dialect = Dialect(config)
    at = dialect.place()
    if config.get("reports_position"):
        dialect.state["state"] = "closed"
        ends = dialect.number("position_closed", 0), dialect.number("position_open", 100)
        _between(dialect, "position", ends, at)
    else:
        _openable(dialect, at)
    if config.get("payload_stop") is not None:
        dialect.deed(at.command, "stop", dialect.word("payload_stop"), template=at.command_template)
    return dialect


def lock(config: Config) -> Dialect:
    """Return the dialect of a lock."""
    dialect = Dialect(config)
    at = dialect.place()
    states = ("locked", "unlocked", "locking", "unlocking")
    told = {state: dialect.word(f"state_{state}", state.upper()) for state in states}
    told["jammed"] = dialect.word("state_jammed", "JAMMED")
    commanded = {
        "locked": dialect.word("payload_lock", "LOCK"),
        "unlocked": dialect.word("payload_unlock", "UNLOCK"),
    }
    dialect.choice("state", commanded, told, at=at)
    if config.get("payload_open") is not None:
        dialect.deed(at.command, "open", dialect.word("payload_open"), template=at.command_template)
    return dialect


def _openable(dialect: Dialect, at: Place) -> None:
    told = {
        state: dialect.word(f"state_{state}", state) for state in ("closed", "open", "closing", "opening")
    }
    told["stopped"] = dialect.word("state_stopped", "stopped")
    words = {"closed": ("payload_close", "CLOSE"), "open": ("payload_open", "OPEN")}
    commanded = {
        state: dialect.word(option, default)
        for state, (option, default) in words.items()
        if dialect.config.get(option, default) is not None
    }
    dialect.choice("state", commanded, told, at=at)


def _between(dialect: Dialect, name: str, ends: tuple[float, float], at: Place) -> None:
    """Add a percentage that the wire counts from one end to the other, either of which may be the greater."""
    closed, opened = ends
    width = opened - closed
    dialect.level(
        name,
        Span(min(ends), max(ends)),
        0,
        at=at,
        to=lambda raw: round(100 * (raw - closed) / width),
        back=lambda percent: round(closed + percent * width / 100),
    )
