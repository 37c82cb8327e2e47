"""How simulated lights speak: by a topic for each property (default schema) or in JSON (JSON schema)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voiceslm.bench.home.colours import from_hs, from_xy, to_hs, to_xy
from voiceslm.bench.home.dialect import Dialect, Hears, Tells
from voiceslm.bench.home.templates import parsed, text
from voiceslm.entities import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.bench.home.colours import Colour
    from voiceslm.bench.home.dialect import Config
    from voiceslm.entities import State, Value

_MIREDS = (153, 500)
_KELVIN = (2000, 6535)
"""The ranges where the configuration gives none; a mired is a millionth of a kelvin's reciprocal."""

_WARM_WHITE = 2700


def _rgb(numbers: Any) -> Colour:
    red, green, blue = (min(255, max(0, round(number))) for number in numbers[:3])
    return red, green, blue


_SPACES: dict[str, tuple[tuple[str, ...], Callable[[Any], Colour], Callable[[Colour], tuple[float, ...]]]] = {
    "rgb": (("red", "green", "blue"), _rgb, lambda colour: colour),
    "rgbw": (("red", "green", "blue", "white"), _rgb, lambda colour: (*colour, 0)),
    "rgbww": (
        ("red", "green", "blue", "cold_white", "warm_white"),
        _rgb,
        lambda colour: (*colour, 0, 0),
    ),
    "hs": (("hue", "sat"), from_hs, to_hs),
    "xy": (("x", "y"), from_xy, to_xy),
}
"""Colour space -> the variables of its template, and the ways to red, green, blue and back."""

_KEYS = {"rgb": "rgb", "rgbw": "rgbw", "rgbww": "rgbcw", "hs": "hs", "xy": "xy"}
"""Colour space -> the keys of ``color`` in JSON."""


def light(config: Config) -> Dialect:
    """Return the dialect of a light.

    A brightness alone turns it on only where ``on_command_type`` says so.
    """
    if config.get("schema") == "json":
        return _json_light(config)
    dialect = Dialect(config)
    on, off = dialect.word("payload_on", "ON"), dialect.word("payload_off", "OFF")
    dialect.choice("state", {"off": off, "on": on}, at=dialect.place())
    scale = dialect.number("brightness_scale", 255)
    dialect.level(
        "brightness",
        Span(0, scale),
        100,
        at=dialect.place("brightness"),
        to=_percent(scale),
        back=_raw(scale),
        sets={"state": "on"} if config.get("on_command_type") == "brightness" else {},
    )
    span, convert = _temperatures(dialect)
    dialect.level(
        "color_temperature", span, _WARM_WHITE, at=dialect.place("color_temp"), to=convert, back=convert
    )
    for space, (variables, to, back) in _SPACES.items():
        dialect.colour(dialect.place(space), variables, to, back)
    dialect.choice(
        "effect", {name: name for name in dialect.words("effect_list")}, at=dialect.place("effect")
    )
    return dialect


def _json_light(config: Config) -> Dialect:
    dialect = Dialect(config)
    topic = dialect.word("state_topic")
    modes = set(dialect.words("supported_color_modes"))
    scale = dialect.number("brightness_scale", 255)
    _, convert = _temperatures(dialect)
    dialect.state["state"] = "off"
    says: dict[str, Callable[[Value], str | None]] = {"state": lambda value: str(value).upper()}
    if config.get("brightness") or modes - {"onoff"}:
        dialect.state["brightness"] = 100
        says["brightness"] = lambda value: text(_raw(scale)(value))
    if config.get("color_temp") or "color_temp" in modes:
        dialect.state["color_temperature"] = _WARM_WHITE
        says["color_temp"] = lambda value: text(convert(value))  # type: ignore[arg-type]
    if config.get("effect"):
        dialect.state["effect"] = next(iter(dialect.words("effect_list")), "none")
        says["effect"] = str
    space = next((name for name in ("rgb", "rgbw", "rgbww", "hs", "xy") if name in modes), None)
    if space:
        dialect.state["color"] = (255, 255, 255)
        _, _, back = _SPACES[space]
        says[",".join(f"color.{key}" for key in _keys(space))] = lambda value: text(back(value))  # type: ignore[arg-type]
    if space or "color_temp" in modes:
        names = {"color": space, "color_temperature": "color_temp"}
        dialect.state["color_mode"] = "color" if space else "color_temperature"
        says["color_mode"] = lambda value: names.get(str(value))
    properties = {"color_temp": "color_temperature"}
    for key, word in says.items() if topic else ():
        name = "color" if key.startswith("color.") else properties.get(key, key)
        template = ",".join(f"{{{{ value_json.{part} }}}}" for part in key.split(","))
        dialect.tells.append(Tells(name, topic, template, word))
    has = frozenset(dialect.state)
    dialect.hears.append(
        Hears(dialect.word("command_topic"), lambda payload: _json_meaning(payload, has, scale, convert))
    )
    return dialect


def _json_meaning(
    payload: str, has: frozenset[str], scale: float, convert: Callable[[float], int]
) -> State | None:
    document = parsed(payload)
    if not isinstance(document, dict):
        # Zigbee2MQTT takes the bare word as well.
        document = {"state": payload}
    changes: dict[str, Value] = {}
    if document.get("state") in ("ON", "OFF"):
        changes["state"] = document["state"].lower()
    brightness, mireds = document.get("brightness"), document.get("color_temp")
    if isinstance(brightness, int | float) and 0 <= brightness <= scale:
        changes |= {"state": "on", "brightness": _percent(scale)(brightness)}
    if isinstance(mireds, int | float) and mireds > 0:
        changes |= {"state": "on", "color_temperature": convert(mireds)}
    if isinstance(document.get("effect"), str):
        changes |= {"state": "on", "effect": document["effect"]}
    colour = _json_colour(document.get("color"))
    if colour is not None:
        changes |= {"state": "on", "color": colour}
    return {name: value for name, value in changes.items() if name in has} or None


def _json_colour(given: Any) -> Colour | None:
    for space, (_, to, _) in _SPACES.items() if isinstance(given, dict) else ():
        numbers = [given.get(key) for key in _keys(space)]
        if all(isinstance(number, int | float) for number in numbers):
            return to(numbers)
    return None


def _keys(space: str) -> tuple[str, ...]:
    return tuple(_KEYS[space])


def _temperatures(dialect: Dialect) -> tuple[Span, Callable[[float], int]]:
    """Return what the wire takes, and the way from there to kelvin, which is the way back as well."""
    if dialect.config.get("color_temp_kelvin"):
        low, high = _KELVIN
        return Span(dialect.number("min_kelvin", low), dialect.number("max_kelvin", high)), round
    low, high = _MIREDS
    span = Span(dialect.number("min_mireds", low), dialect.number("max_mireds", high))
    return span, lambda value: round(1_000_000 / value)


def _percent(scale: float) -> Callable[[float], int]:
    return lambda raw: max(1, round(100 * raw / scale)) if raw else 0


def _raw(scale: float) -> Callable[[Any], int]:
    return lambda percent: round(percent * scale / 100)
