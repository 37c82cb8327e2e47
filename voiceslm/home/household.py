"""What the configuration file says of the entities of a home, and what follows for each. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voiceslm.entities import Entity, Kind
from voiceslm.home.naming import area_within, device_name, folded, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from voiceslm.home.discovery import Discovered
    from voiceslm.home.driver import Driver

_LONGEST_WORD = 40
"""Characters of a device class or a unit."""

_AUXILIARY = frozenset({"config", "diagnostic"})
_DEGREES = {"C": "°C", "F": "°F"}


class Household:
    """Areas, floors, further names, and what is hidden or forbidden."""

    def __init__(
        self,
        *,
        areas: Mapping[str, str],
        floors: Mapping[str, Sequence[str]],
        aliases: Mapping[str, Sequence[str]],
        hidden: Sequence[str],
        forbidden: Sequence[str],
    ) -> None:
        """Keep it; entities are meant by id, name, further name, device or kind."""
        self._areas = _by_name(areas)
        self._floors = {folded(area): spoken(floor) for floor, names in floors.items() for area in names}
        self._aliases = _by_name(aliases)
        self._hidden = _by_name(dict.fromkeys(hidden, True))
        self._forbidden = _by_name(dict.fromkeys(forbidden, True))
        named = [*areas.values(), *(area for names in floors.values() for area in names)]
        self.areas: Mapping[str, str] = areas_by_name(named)
        """The areas that the configuration names: as `folded` -> name."""

    def entity(
        self, identity: str, name: str, found: Discovered, driver: Driver, areas: Mapping[str, str]
    ) -> Entity:
        """Put together what is known of one entity.

        Args:
            identity: its id.
            name: as it is spoken.
            found: what its device says of it.
            driver: what it can do.
            areas: all areas that are known, by name as `folded`.
        """
        config = found.config
        device = device_name(config)
        aliases = (*found.aliases, *self._aliases.get(identity, ()), *self._aliases.get(folded(name), ()))
        area = (
            self._areas.get(identity)
            or self._areas.get(folded(name))
            or found.area
            or self._areas.get(folded(device))
            or suggested_area(config)
            or area_within((name, device), areas)
        )
        area = spoken(area)
        return Entity(
            id=identity,
            kind=found.component,
            name=name,
            aliases=tuple(dict.fromkeys(filter(None, map(spoken, aliases)))),
            area=areas.get(folded(area), area),
            floor=self._floors.get(folded(area), ""),
            device=device,
            device_class=_word(config.get("device_class")).lower(),
            unit=_unit(found),
            settable=driver.settable,
            deeds=driver.deeds,
            reports=driver.reports,
            auxiliary=_word(config.get("entity_category")) in _AUXILIARY,
        )

    def hides(self, entity: Entity) -> bool:
        """Say whether nobody shall hear of it."""
        return _meant(entity, self._hidden)

    def forbids(self, entity: Entity) -> bool:
        """Say whether it shall never be changed."""
        return _meant(entity, self._forbidden)


def suggested_area(config: Mapping[str, Any]) -> str:
    """Return the area that a device itself suggests; empty for none."""
    device = config.get("device")
    return spoken(device.get("suggested_area")) if isinstance(device, dict) else ""


def areas_by_name(names: Iterable[str]) -> dict[str, str]:
    """Return areas by their names as `folded`; of several spellings the first counts."""
    areas: dict[str, str] = {}
    for name in map(spoken, names):
        if name:
            areas.setdefault(folded(name), name)
    return areas


def _by_name(table: Mapping[str, Any]) -> dict[str, Any]:
    """Let each key be found as it is written, which is how ids are, and as `folded`."""
    return {folded(key): value for key, value in table.items()} | dict(table)


def _meant(entity: Entity, names: Mapping[str, bool]) -> bool:
    if not names:
        return False
    called = (entity.name, entity.device, *entity.aliases)
    return entity.id in names or entity.kind in names or any(folded(name) in names for name in called if name)


def _unit(found: Discovered) -> str:
    if found.component in {Kind.CLIMATE, Kind.WATER_HEATER}:
        unit = _word(found.config.get("temperature_unit"))
        return _DEGREES.get(unit, unit)
    return _word(found.config.get("unit_of_measurement"))


def _word(value: Any) -> str:
    """Return a printable word; empty for what is none."""
    return value if isinstance(value, str) and value.isprintable() and len(value) <= _LONGEST_WORD else ""
