"""Inventories of homes, in the YAML of home-assistant-datasets, as what their devices would announce.

The inventories are those of https://github.com/allenporter/home-assistant-datasets: areas (with floors),
devices, entities with Home Assistant's attributes. What discovery cannot express is declared: media players
and lists.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from voiceslm.bench.home.devices import DELAY_SECONDS, SimulatedHome
from voiceslm.bench.home.translate import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voiceslm.bench.home.broker import Address
    from voiceslm.bench.home.devices import Habit
    from voiceslm.entities import State

    Discovery = Mapping[str, Mapping[str, Any]]
    """Topic -> payload."""

PREFIX = "homeassistant"

_STATUS = "home/status"
"""Where an inventory's devices say that they are online."""

_VACUUM_FEATURES = ("start", "stop", "pause", "return_home", "locate", "clean_spot", "fan_speed")


@dataclass(frozen=True, slots=True)
class Home:
    """What is in a home, and what a broker and a configuration say of it."""

    discovery: Discovery

    players: tuple[Mapping[str, Any], ...] = ()
    """Media players, as the assistant's configuration declares them."""

    lists: Mapping[str, str] = field(default_factory=dict)
    """Key (``todo.…``) -> the list's name."""

    initial: Mapping[str, State] = field(default_factory=dict)
    """Key -> what it is at first, where that is not the usual."""

    areas: tuple[str, ...] = ()

    floors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Floor -> its areas."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Key -> what people call it."""

    places: Mapping[str, str] = field(default_factory=dict)
    """Key -> the area it is in."""

    left_out: tuple[str, ...] = ()
    """Keys of what neither discovery nor the configuration can express."""

    def simulated(
        self,
        address: Address,
        *,
        habits: Mapping[str, Habit] | None = None,
        delay: tuple[float, float] = DELAY_SECONDS,
        seed: int = 0,
    ) -> SimulatedHome:
        """Return the home at work; the arguments are those of `SimulatedHome`."""
        return SimulatedHome(
            address,
            self.discovery,
            players=self.players,
            initial=self.initial,
            habits=habits,
            delay=delay,
            seed=seed,
        )


def load_home(yaml_text: str) -> Home:
    """Read an inventory.

    Lights that it gives no state are off, sensors and locks as it says; see `canonical` for its words.

    Args:
        yaml_text: ``areas``, ``devices``, ``entities``.
    """
    inventory = yaml.safe_load(yaml_text)
    areas = {area["id"]: area["name"] for area in inventory["areas"]}
    devices = {device["id"]: device for device in inventory["devices"]}
    floors: dict[str, list[str]] = defaultdict(list)
    for area in inventory["areas"]:
        if "floor" in area:
            floors[area["floor"]].append(area["name"])
    entities = inventory["entities"]
    places = {entity["id"]: areas[entity["area"]] for entity in entities if "area" in entity}
    announced = {entity["id"]: entity for entity in entities if _kind(entity) in _OPTIONS}
    players = [entity for entity in entities if _kind(entity) == "media_player"]
    lists = {entity["id"]: entity["name"] for entity in entities if _kind(entity) == "todo"}
    known = {*announced, *lists, *(player["id"] for player in players)}
    return Home(
        discovery=dict(
            _message(entity, devices.get(entity.get("device"), {}), places.get(key))
            for key, entity in announced.items()
        ),
        players=tuple(player(entity["name"], places.get(entity["id"], "")) for entity in players),
        lists=lists,
        initial={
            entity["id"]: canonical(entity["id"], entity.get("state"), entity.get("attributes"))
            for entity in (*announced.values(), *players)
        },
        areas=tuple(areas.values()),
        floors={floor: tuple(names) for floor, names in floors.items()},
        names={entity["id"]: entity["name"] for entity in entities},
        places=places,
        left_out=tuple(entity["id"] for entity in entities if entity["id"] not in known),
    )


def player(name: str, area: str, *, sources: Sequence[str] = ()) -> dict[str, Any]:
    """Declare a media player, as a table of the assistant's configuration does."""
    base = f"players/{name.lower().replace(' ', '-')}"
    declared: dict[str, Any] = {
        "component": "media_player",
        "name": name,
        "command_topic": f"{base}/set",
        "state_topic": base,
        **{
            f"payload_{word}": word.upper()
            for word in ("play", "pause", "stop", "next", "previous", "on", "off")
        },
    }
    for part in ("volume", "mute", *(["source"] if sources else [])):
        declared |= {f"{part}_command_topic": f"{base}/{part}/set", f"{part}_state_topic": f"{base}/{part}"}
    if sources:
        declared["sources"] = list(sources)
    if area:
        declared["area"] = area
    return declared


def _kind(entity: Mapping[str, Any]) -> str:
    return str(entity["id"].partition(".")[0])


def _message(
    entity: Mapping[str, Any], device: Mapping[str, Any], area: str | None
) -> tuple[str, dict[str, Any]]:
    """Return topic and payload; name and device together are called as the inventory calls the entity."""
    kind, _, name = entity["id"].partition(".")
    attributes = entity.get("attributes") or {}
    said, owner = entity["name"], device.get("name", entity["name"])
    own = said.removeprefix(f"{owner} ") if said != owner else None
    if own == said:
        owner, own = said, None
    about = {"identifiers": [owner.lower()], "name": owner, **device.get("info", {})}
    payload = {
        "name": own,
        "unique_id": f"{name}_{kind}",
        "default_entity_id": entity["id"],
        "availability_topic": _STATUS,
        "device": {key: value if key == "identifiers" else str(value) for key, value in about.items()},
        **_OPTIONS[kind](f"home/{kind}/{name}", attributes),
    }
    if "device_class" in attributes:
        payload["device_class"] = _last(attributes["device_class"])
    if area:
        payload["device"]["suggested_area"] = area
    return f"{PREFIX}/{kind}/{name}/config", payload


def _topics(base: str, *parts: str) -> dict[str, Any]:
    """Return command and state topics: the thing's own, and those of its parts."""
    topics = {"command_topic": f"{base}/set", "state_topic": base}
    for part in parts:
        topics |= {f"{part}_command_topic": f"{base}/{part}/set", f"{part}_state_topic": f"{base}/{part}"}
    return topics


def _light(base: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    modes = set(attributes.get("supported_color_modes", ())) - {"onoff"}
    colours = {"rgb", "rgbw", "rgbww", "hs", "xy"}
    wanted = {
        "brightness": modes,
        "color_temp": modes & {"color_temp"},
        "rgb": modes & colours,
    }
    return _topics(base, *(part for part, has in wanted.items() if has))


def _cover(base: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    features = _features(attributes)
    options = _topics(base)
    if "set_position" in features:
        options |= {"set_position_topic": f"{base}/position/set", "position_topic": f"{base}/position"}
    if "stop" not in features:
        options["payload_stop"] = None
    return options


def _valve(base: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {**_topics(base), "reports_position": bool(attributes.get("reports_position"))}


def _fan(base: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    parts = {
        "set_speed": "percentage",
        "oscillate": "oscillation",
        "preset_mode": "preset_mode",
        "direction": "direction",
    }
    features = _features(attributes)
    options = _topics(base, *(part for feature, part in parts.items() if feature in features))
    return options | {key: attributes[key] for key in ("preset_modes",) if key in attributes}


def _climate(base: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    options = _topics(
        base, "mode", "temperature", *(["fan_mode"] if "fan_mode" in _features(attributes) else [])
    )
    for name in ("command_topic", "state_topic"):
        del options[name]
    return options | {
        "modes": attributes.get("hvac_modes", ["off", "heat"]),
        "temperature_unit": str(attributes.get("unit_of_measurement", "°C")).lstrip("°"),
        "temp_step": 0.5,
        "current_temperature_topic": f"{base}/current",
        "action_topic": f"{base}/action",
    }


def _vacuum(base: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    features = _features(attributes)
    options: dict[str, Any] = {
        **_topics(base),
        "supported_features": [feature for feature in _VACUUM_FEATURES if feature in features],
    }
    if "fan_speed_list" in attributes:
        options |= {
            "fan_speed_list": attributes["fan_speed_list"],
            "set_fan_speed_topic": f"{base}/fan_speed/set",
        }
    return options


def _sensor(base: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    options = {"state_topic": base, "unit_of_measurement": attributes.get("native_unit_of_measurement")}
    if "state_class" in attributes:
        options["state_class"] = _last(attributes["state_class"])
    return {name: value for name, value in options.items() if value is not None}


def _binary_sensor(base: str, _attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {"state_topic": base}


def _plain(base: str, _attributes: Mapping[str, Any]) -> dict[str, Any]:
    return _topics(base)


_OPTIONS: Mapping[str, Callable[[str, Mapping[str, Any]], dict[str, Any]]] = {
    "binary_sensor": _binary_sensor,
    "climate": _climate,
    "cover": _cover,
    "fan": _fan,
    "light": _light,
    "lock": _plain,
    "sensor": _sensor,
    "switch": _plain,
    "vacuum": _vacuum,
    "valve": _valve,
}
"""What an inventory's entities announce besides their names, by kind."""


def _features(attributes: Mapping[str, Any]) -> set[str]:
    return {_last(feature) for feature in attributes.get("supported_features", ())}


def _last(word: str) -> str:
    """Return the value in, say, cover.CoverDeviceClass.GARAGE."""
    return str(word).rpartition(".")[2].lower()
