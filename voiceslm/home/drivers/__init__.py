"""The dialects of Home Assistant's MQTT components: which driver an entity's config calls for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voiceslm.entities import Kind
from voiceslm.home.drivers.climate import climate, humidifier, water_heater
from voiceslm.home.drivers.config import Config
from voiceslm.home.drivers.cover import cover, valve
from voiceslm.home.drivers.fan import fan
from voiceslm.home.drivers.light_basic import basic_light
from voiceslm.home.drivers.light_json import json_light
from voiceslm.home.drivers.light_template import template_light
from voiceslm.home.drivers.lock import alarm, lock
from voiceslm.home.drivers.media_player import media_player
from voiceslm.home.drivers.onoff import binary_sensor, siren, switch
from voiceslm.home.drivers.plain import button, number_entity, scene, select, sensor
from voiceslm.home.drivers.robots import lawn_mower, vacuum
from voiceslm.home.templates import ConfigRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.home.driver import Driver

__all__ = ["ConfigRefused", "driver_for"]


def driver_for(kind: Kind, config: Mapping[str, Any]) -> Driver:
    """Return the driver of one entity.

    Args:
        kind: what it is.
        config: its discovery config, expanded: full key names, no "~", one flat mapping. Values may be of the
            wrong type.

    Raises:
        ConfigRefused: it cannot work; the text says why, and holds nothing of the config but names of keys.
    """
    driver = _MAKERS[kind](Config(config))
    if not driver.settable and not driver.deeds and not driver.reports:
        raise ConfigRefused("there is nothing that can be set, done or read")
    return driver


def _light(config: Config) -> Driver:
    schema = config.text("schema", "basic")
    if schema not in _SCHEMAS:
        raise ConfigRefused("schema is not basic, default, json or template")
    return _SCHEMAS[schema](config)


_SCHEMAS: Mapping[str, Callable[[Config], Driver]] = {
    "basic": basic_light,
    "default": basic_light,
    "json": json_light,
    "template": template_light,
}

_MAKERS: Mapping[Kind, Callable[[Config], Driver]] = {
    Kind.ALARM: alarm,
    Kind.BINARY_SENSOR: binary_sensor,
    Kind.BUTTON: button,
    Kind.CLIMATE: climate,
    Kind.COVER: cover,
    Kind.FAN: fan,
    Kind.HUMIDIFIER: humidifier,
    Kind.LAWN_MOWER: lawn_mower,
    Kind.LIGHT: _light,
    Kind.LOCK: lock,
    Kind.MEDIA_PLAYER: media_player,
    Kind.NUMBER: number_entity,
    Kind.SCENE: scene,
    Kind.SELECT: select,
    Kind.SENSOR: sensor,
    Kind.SIREN: siren,
    Kind.SWITCH: switch,
    Kind.VACUUM: vacuum,
    Kind.VALVE: valve,
    Kind.WATER_HEATER: water_heater,
}
