"""What the assistant would find in the homes of the bench, without a broker."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from voiceslm import config
from voiceslm.bench.home.homes import PREFIX
from voiceslm.home.registry import Registry

if TYPE_CHECKING:
    from voiceslm.bench.home.homes import Home
    from voiceslm.entities import Entity


def entities_of(home: Home) -> tuple[Entity, ...]:
    """Return the entities of a simulated home as discovery and the configuration tell of them."""
    settings = config.Home(
        floors={floor: list(areas) for floor, areas in home.floors.items()},
        devices=[dict(player) for player in home.players],
    )
    registry = Registry(
        prefix=PREFIX,
        areas=settings.areas,
        floors=settings.floors,
        aliases=settings.aliases,
        hidden=settings.hidden,
        forbidden=settings.forbidden,
        declared=settings.devices,
    )
    for topic, message in home.discovery.items():
        registry.take(topic, json.dumps(message).encode())
    return tuple(registry.entities.values())
