"""Homes made up from a seed: the rooms, devices and names that people have, announced as common products do.

What the products announce is modelled on Zigbee2MQTT (one JSON state for a device, no area), Tasmota
(command, status and telemetry topics) and ESPHome (topics below the node's name).
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from voiceslm.bench.home.discovered import announced, slug
from voiceslm.bench.home.homes import PREFIX, Home, player

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Part = tuple[str, str, str | None, dict[str, Any]]
    """Component, name within the device, name for people (None: the device's), options."""

    Maker = Callable[["_Device"], Iterator[Part]]

FLOORS: dict[str, tuple[str, ...]] = {
    "Ground floor": ("Kitchen", "Living Room", "Hallway", "Dining Room"),
    "Upstairs": ("Bedroom", "Kids Room", "Bathroom", "Office"),
    "Basement": ("Laundry Room", "Workshop"),
}

_OUTSIDE = ("Garage", "Garden")
"""On no floor."""


class _Device:
    """One product at one place, and the topics that it uses."""

    def __init__(self, style: str, area: str, thing: str, number: int) -> None:
        """Name it by where it is and what it is."""
        self.style = style
        self.area = area
        self.name = f"{area} {thing}"
        self.id = {"z": f"0x00158d{number:010x}", "t": f"tasmota_{number:06X}", "e": slug(self.name)}[style]

    @property
    def topic(self) -> str:
        """What its state topics begin with, or are."""
        return {"z": f"zigbee2mqtt/{self.name}", "t": self.id, "e": self.id.replace("_", "-")}[self.style]

    @property
    def shared(self) -> dict[str, Any]:
        """What every part of it announces."""
        makers = {"z": "Signify", "t": "Sonoff", "e": "espressif"}
        about = {"identifiers": [self.id], "name": self.name, "manufacturer": makers[self.style]}
        if self.style == "z":
            state = {"topic": "zigbee2mqtt/bridge/state", "value_template": "{{ value_json.state }}"}
            return {"device": about, "availability": [state]}
        about["suggested_area"] = self.area
        if self.style == "t":
            online = {"availability_topic": f"tele/{self.id}/LWT", "payload_available": "Online"}
            return {"device": about, **online, "payload_not_available": "Offline"}
        return {"device": about, "availability_topic": f"{self.topic}/status"}


def sample_home(devices: int = 30, seed: int = 0) -> Home:
    """Make up a home.

    Args:
        devices: how many; a device is one to three entities.
        seed: the same number, the same home.
    """
    chance = random.Random(seed)  # noqa: S311 - a home that can be made again
    areas = [*(area for rooms in FLOORS.values() for area in rooms), *_OUTSIDE]
    discovery: dict[str, dict[str, Any]] = {}
    names: dict[str, str] = {}
    places: dict[str, str] = {}
    for device, maker in _chosen(devices, areas, chance):
        for component, part, said, options in maker(device):
            topic = f"{PREFIX}/{component}/{device.id}/{part}/config"
            name = f"{device.name} {said}" if said else device.name
            discovery[topic] = {
                "name": said,
                "unique_id": f"{device.id}_{part}",
                "default_entity_id": f"{component}.{slug(name)}",
                **device.shared,
                **options,
            }
            for thing in announced({topic: discovery[topic]}):
                names[thing.key], places[thing.key] = name, device.area
    speaker = player("Living Room Speaker", "Living Room", sources=("Radio", "Spotify", "Bluetooth"))
    key = f"media_player.{slug(speaker['name'])}"
    return Home(
        discovery=discovery,
        players=(speaker,),
        lists={"todo.shopping_list": "Shopping List"},
        areas=tuple(areas),
        floors=dict(FLOORS),
        names={**names, key: speaker["name"]},
        places={**places, key: "Living Room"},
    )


def _chosen(count: int, areas: list[str], chance: random.Random) -> Iterator[tuple[_Device, Maker]]:
    """Yield devices with names of their own: each area gets its light first, then what comes."""
    dark = chance.sample(areas, len(areas))
    taken: Counter[tuple[str, str]] = Counter()
    for _ in range(count):
        if dark:
            area, product = dark.pop(), _CEILING
        else:
            product = chance.choice(_CATALOGUE)
            area = chance.choice(product.rooms or [area for area in areas if area not in _OUTSIDE])
        taken[area, product.thing] += 1
        again = taken[area, product.thing]
        name = f"{product.thing} {again}" if again > 1 else product.thing
        yield _Device(chance.choice(product.styles), area, name, chance.getrandbits(24)), product.maker


def _light(device: _Device) -> Iterator[Part]:
    if device.style == "t":
        result = f"stat/{device.id}/RESULT"
        yield (
            "light",
            "light",
            None,
            {
                "command_topic": f"cmnd/{device.id}/POWER",
                "state_topic": result,
                "state_value_template": "{{ value_json.POWER }}",
                "brightness_command_topic": f"cmnd/{device.id}/Dimmer",
                "brightness_state_topic": result,
                "brightness_scale": 100,
                "on_command_type": "brightness",
                "brightness_value_template": "{{ value_json.Dimmer }}",
                "color_temp_command_topic": f"cmnd/{device.id}/CT",
                "color_temp_state_topic": result,
                "color_temp_value_template": "{{ value_json.CT }}",
            },
        )
        return
    z = device.style == "z"
    yield (
        "light",
        "light",
        None,
        {
            "schema": "json",
            "command_topic": f"{device.topic}/set" if z else f"{device.topic}/light/light/command",
            "state_topic": device.topic if z else f"{device.topic}/light/light/state",
            "brightness": True,
            "brightness_scale": 254 if z else 255,
            "supported_color_modes": ["xy", "color_temp"] if z else ["rgb"],
            "effect": True,
            "effect_list": ["blink", "colorloop"] if z else ["None", "Rainbow"],
            **({"min_mireds": 153, "max_mireds": 454} if z else {}),
        },
    )
    if z:
        yield _diagnostic(device, "Linkquality", "lqi")


def _plug(device: _Device) -> Iterator[Part]:
    if device.style == "z":
        yield (
            "switch",
            "switch",
            None,
            {
                "command_topic": f"{device.topic}/set",
                "state_topic": device.topic,
                "value_template": '{{ value_json["state"] }}',
            },
        )
        yield _measured(device, "Power", "power", "W")
        return
    if device.style == "t":
        yield (
            "switch",
            "switch",
            None,
            {
                "command_topic": f"cmnd/{device.id}/POWER",
                "state_topic": f"stat/{device.id}/RESULT",
                "value_template": "{{ value_json.POWER }}",
            },
        )
        return
    base = f"{device.topic}/switch/relay"
    yield "switch", "relay", None, {"command_topic": f"{base}/command", "state_topic": f"{base}/state"}
    yield _restart(device)


def _cover(device: _Device) -> Iterator[Part]:
    if device.style == "z":
        yield (
            "cover",
            "cover",
            None,
            {
                "command_topic": f"{device.topic}/set",
                "position_topic": device.topic,
                "position_template": '{{ value_json["position"] }}',
                "set_position_topic": f"{device.topic}/set",
                "set_position_template": '{ "position": {{ position }} }',
                "state_topic": device.topic,
                "value_template": '{{ value_json["state"] }}',
                "state_open": "OPEN",
                "state_closed": "CLOSE",
                "state_stopped": "STOP",
                "device_class": "blind",
            },
        )
        return
    base = f"{device.topic}/cover/blind"
    yield (
        "cover",
        "blind",
        None,
        {
            "command_topic": f"{base}/command",
            "state_topic": f"{base}/state",
            "position_topic": f"{base}/position/state",
            "set_position_topic": f"{base}/position/command",
            "device_class": "shutter",
        },
    )


def _fan(device: _Device) -> Iterator[Part]:
    base = f"{device.topic}/fan/fan"
    yield (
        "fan",
        "fan",
        None,
        {
            "command_topic": f"{base}/command",
            "state_topic": f"{base}/state",
            "percentage_command_topic": f"{base}/speed_level/command",
            "percentage_state_topic": f"{base}/speed_level/state",
            "speed_range_max": 4,
            "oscillation_command_topic": f"{base}/oscillation/command",
            "oscillation_state_topic": f"{base}/oscillation/state",
        },
    )


def _thermostat(device: _Device) -> Iterator[Part]:
    yield (
        "climate",
        "climate",
        None,
        {
            "modes": ["off", "heat", "auto"],
            "mode_command_topic": f"{device.topic}/set/system_mode",
            "mode_state_topic": device.topic,
            "mode_state_template": '{{ value_json["system_mode"] }}',
            "temperature_command_topic": f"{device.topic}/set/current_heating_setpoint",
            "temperature_state_topic": device.topic,
            "temperature_state_template": '{{ value_json["current_heating_setpoint"] }}',
            "current_temperature_topic": device.topic,
            "current_temperature_template": '{{ value_json["local_temperature"] }}',
            "min_temp": "5",
            "max_temp": "30",
            "temp_step": 0.5,
            "temperature_unit": "C",
        },
    )
    yield _diagnostic(device, "Battery", "battery")


def _lock(device: _Device) -> Iterator[Part]:
    yield (
        "lock",
        "lock",
        None,
        {
            "command_topic": f"{device.topic}/set",
            "state_topic": device.topic,
            "value_template": '{{ value_json["lock_state"] }}',
            "state_locked": "locked",
            "state_unlocked": "unlocked",
        },
    )


def _contact(device: _Device) -> Iterator[Part]:
    yield (
        "binary_sensor",
        "contact",
        None,
        {
            "state_topic": device.topic,
            "value_template": '{{ value_json["contact"] }}',
            "payload_on": False,
            "payload_off": True,
            "device_class": "window",
        },
    )
    yield _diagnostic(device, "Battery", "battery")


def _motion(device: _Device) -> Iterator[Part]:
    yield (
        "binary_sensor",
        "occupancy",
        "Occupancy",
        {
            "state_topic": device.topic,
            "value_template": '{{ value_json["occupancy"] }}',
            "payload_on": True,
            "payload_off": False,
            "device_class": "occupancy",
        },
    )
    yield _measured(device, "Illuminance", "illuminance", "lx")


def _climate_sensor(device: _Device) -> Iterator[Part]:
    if device.style == "z":
        yield _measured(device, "Temperature", "temperature", "°C")
        yield _measured(device, "Humidity", "humidity", "%")
        return
    for part, unit in (("temperature", "°C"), ("humidity", "%")):
        options = {"state_topic": f"{device.topic}/sensor/{part}/state", "unit_of_measurement": unit}
        yield "sensor", part, part.capitalize(), {**options, "device_class": part}


def _measured(device: _Device, said: str, part: str, unit: str) -> Part:
    template = f'{{{{ value_json["{part}"] }}}}'
    options = {"state_topic": device.topic, "value_template": template, "unit_of_measurement": unit}
    return "sensor", part, said, {**options, "device_class": part, "state_class": "measurement"}


def _diagnostic(device: _Device, said: str, part: str) -> Part:
    component, name, said_so, options = _measured(device, said, part, "%" if part == "battery" else "lqi")
    if part != "battery":
        del options["device_class"]
    return component, name, said_so, {**options, "entity_category": "diagnostic"}


def _restart(device: _Device) -> Part:
    topic = f"{device.topic}/button/restart/command"
    return "button", "restart", "Restart", {"command_topic": topic, "entity_category": "config"}


class _Product(NamedTuple):
    """What is bought for a room."""

    thing: str
    """What it is called after its room."""

    styles: str
    """Zigbee2MQTT, Tasmota, ESPHome, by their first letters."""

    maker: Maker
    rooms: tuple[str, ...] = ()
    """Where it is put; anywhere indoors where none are named."""


_CEILING = _Product("Light", "zte", _light)
_CATALOGUE = (
    _Product("Lamp", "ze", _light),
    _Product("Reading Light", "zte", _light, ("Living Room", "Bedroom", "Kids Room", "Office")),
    _Product("Wall Light", "zt", _light, ("Hallway", "Bathroom", "Garage", "Garden", "Dining Room")),
    _Product("Plug", "zte", _plug, (*FLOORS["Ground floor"], "Office", "Workshop", "Garden")),
    _Product("Heater", "zt", _plug, ("Bathroom", "Workshop", "Laundry Room")),
    _Product("Coffee Machine", "zt", _plug, ("Kitchen", "Office")),
    _Product("Blinds", "ze", _cover),
    _Product("Curtain", "z", _cover, ("Living Room", "Bedroom", "Kids Room", "Dining Room")),
    _Product("Fan", "e", _fan, ("Living Room", "Bedroom", "Bathroom", "Office")),
    _Product("Thermostat", "z", _thermostat),
    _Product("Door Lock", "z", _lock, ("Hallway", "Garage", "Workshop")),
    _Product("Window", "z", _contact),
    _Product("Motion Sensor", "z", _motion),
    _Product("Climate Sensor", "ze", _climate_sensor),
)
