"""One entity in the registry, and what is known of it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from voiceslm.home.availability import availability_of
from voiceslm.home.drivers import driver_for
from voiceslm.home.household import suggested_area
from voiceslm.home.naming import entity_name

if TYPE_CHECKING:
    from voiceslm.entities import Entity, State
    from voiceslm.home.discovery import Discovered

    Claim = tuple[str, str]
    """Component and unique id, which only one entity can have."""

NOTHING: State = MappingProxyType({})


class Entry:
    """What its device announced, and what follows from that and from what it has reported."""

    def __init__(self, found: Discovered) -> None:
        """Make of a configuration what can hear and speak.

        Raises:
            ConfigRefused: it cannot be used.
        """
        self.found = found
        self.driver = driver_for(found.component, found.config)
        self.availability = availability_of(found.config)
        self.topics = self.driver.topics | {rule.topic for rule in self.availability.rules}
        self.name = entity_name(found)
        self.area = found.area or suggested_area(found.config)
        self.state: State = NOTHING
        self.available = not self.availability.rules
        self.entity: Entity | None = None
        """As the home is told of it; None where that is not up to date."""
        self.hidden = self.forbidden = False
        """By the configuration file."""

    @property
    def claim(self) -> Claim | None:
        """What only it may have; None for nothing."""
        return claim_of(self.found)


def claim_of(found: Discovered) -> Claim | None:
    """Return what no other entity may have; None where it has no unique id."""
    unique = found.config.get("unique_id")
    return None if unique is None else (found.component, str(unique))
