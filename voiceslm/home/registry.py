"""The home as it is known: which entities there are, what they report, and how each is told. No network.

Every message from the broker is taken. What there is follows from the discovery messages and the
configuration file, how it is from the messages of state and availability. Whatever comes is input: it is
bounded, and what cannot be used is refused with a reason that is kept for log and health.
"""

from __future__ import annotations

from collections import OrderedDict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from voiceslm.home.discovery import component_of, discovery_filters, parse
from voiceslm.home.discovery import declared as parse_declared
from voiceslm.home.driver import Unable
from voiceslm.home.entry import NOTHING, Entry, claim_of
from voiceslm.home.hearing import Hearing
from voiceslm.home.household import Household, areas_by_name
from voiceslm.home.naming import Ids, wanted_id
from voiceslm.home.templates import ConfigRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voiceslm.entities import Change, Entity, State
    from voiceslm.home.discovery import Discovered, Parsed
    from voiceslm.home.entry import Claim
    from voiceslm.home.message import Message

MOST_ENTITIES = 5_000

MOST_ANNOUNCED = 32 << 20
"""Bytes of all discovery messages together; those of 5,000 real entities are 8 MB."""

MOST_REFUSALS = 100
"""How many reasons are kept; the oldest go."""

_LONGEST_KEY = 120


class Forbidden(Unable):
    """The configuration says that the entity is never changed."""


class Registry:
    """What is in this home. For one thread only."""

    def __init__(
        self,
        *,
        prefix: str = "homeassistant",
        areas: Mapping[str, str] = MappingProxyType({}),
        floors: Mapping[str, Sequence[str]] = MappingProxyType({}),
        aliases: Mapping[str, Sequence[str]] = MappingProxyType({}),
        hidden: Sequence[str] = (),
        forbidden: Sequence[str] = (),
        declared: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Begin with what the configuration file says.

        Args:
            prefix: of discovery topics.
            areas: id, name or device of entities -> name of their area.
            floors: name -> names of its areas.
            aliases: id or name of an entity -> its further names.
            hidden: ids, names, devices or kinds that nobody shall hear of.
            forbidden: the same, of what may be asked about but never changed.
            declared: devices that do not announce themselves: the keys of a discovery message, and
                ``component``, ``name``, ``area`` and ``aliases``.
        """
        self.version = 1
        """Grows whenever what there is changes: entities, their names, areas and topics; not with states."""
        self.refused = 0
        """How often something was refused."""
        self.ignored = 0
        """How many parts of discovery messages were no entities here."""
        self._prefix = prefix
        self._household = Household(
            areas=areas, floors=floors, aliases=aliases, hidden=hidden, forbidden=forbidden
        )
        self._entries: dict[str, Entry] = {}
        self._ids = Ids()
        self._keys_at: dict[str, set[str]] = {}
        self._sizes: dict[str, int] = {}
        self._size = 0
        self._owners: dict[Claim, str] = {}
        self._rivals: dict[Claim, dict[str, Discovered]] = {}
        self._rival_claims: dict[str, Claim] = {}
        self._hearing = Hearing()
        self._refusals: OrderedDict[str, str] = OrderedDict()
        self._areas: Mapping[str, str] = {}
        self._everything: Mapping[str, Entity] = MappingProxyType({})
        self._entities: Mapping[str, Entity] = MappingProxyType({})
        self._seen = 0
        for number, config in enumerate(declared, 1):
            self._declare(number, config)

    @property
    def entities(self) -> Mapping[str, Entity]:
        """What there is to speak of, by id and in their order."""
        self._look()
        return self._entities

    @property
    def everything(self) -> Mapping[str, Entity]:
        """The same with what is hidden."""
        self._look()
        return self._everything

    @property
    def topics(self) -> frozenset[str]:
        """Where states and availability are published."""
        return self._hearing.topics

    @property
    def discovery_filters(self) -> tuple[str, ...]:
        """Where devices announce themselves."""
        return discovery_filters(self._prefix)

    @property
    def refusals(self) -> tuple[tuple[str, str], ...]:
        """What cannot be used (a topic or a part of a device) and why; printable, the newest last."""
        return tuple(self._refusals.items())

    def state(self, entity: str) -> State:
        """Return what an entity last reported; nothing for one that is not there."""
        entry = self._entry(entity)
        return entry.state if entry else NOTHING

    def available(self, entity: str) -> bool:
        """Say whether an entity can be reached, as far as it or its bridge says; False for none."""
        entry = self._entry(entity)
        return entry is not None and entry.available

    def messages(self, change: Change) -> tuple[Message, ...]:
        """Return what has to be published for ``change``.

        Raises:
            Forbidden: the configuration forbids it.
            Unable: there is no such entity, or it cannot do that.
        """
        self._look()
        entry = self._entry(change.entity)
        if entry is None or entry.hidden:
            raise Unable("there is no such entity")
        if entry.forbidden:
            raise Forbidden("the configuration forbids to change it")
        return entry.driver.write(change, entry.state)

    def take(self, topic: str, payload: bytes) -> frozenset[str]:
        """Take any message from the broker; never raises.

        Returns:
            Ids of the entities whose state, availability or existence has changed.
        """
        changed: set[str] = set()
        if component_of(topic, self._prefix):
            self._discover(topic, payload, changed)
        else:
            changed.update(self._ids[key] for key in self._hearing.take(topic, payload))
        return frozenset(changed)

    def _entry(self, identity: str) -> Entry | None:
        key = self._ids.key(identity)
        return None if key is None else self._entries[key]

    def _declare(self, number: int, config: Mapping[str, Any]) -> None:
        try:
            parsed = parse_declared(number, config)
        except ConfigRefused as reason:
            self._refuse(f"configuration file, device {number}", str(reason))
        else:
            for found in parsed.found:
                self._put(found, set())

    def _discover(self, topic: str, payload: bytes, changed: set[str]) -> None:
        size = self._size - self._sizes.get(topic, 0) + len(payload)
        try:
            if size > MOST_ANNOUNCED:
                raise ConfigRefused("too much is announced in all")  # noqa: TRY301
            parsed = parse(topic, payload, self._prefix)
        except ConfigRefused as reason:
            self._refuse(topic, str(reason))
            return
        self._refusals.pop(_printable(topic), None)
        self.ignored += parsed.ignored
        for key in self._gone(topic, parsed):
            self._drop(key, changed)
        for key, why in parsed.refused:
            self._refuse(key, why)
        for found in parsed.found:
            self._put(found, changed)
            if found.key in self._entries or found.key in self._rival_claims:
                self._keys_at.setdefault(topic, set()).add(found.key)
        self._size -= self._sizes.pop(topic, 0)
        if topic in self._keys_at:
            self._sizes[topic] = len(payload)
            self._size += len(payload)

    def _gone(self, topic: str, parsed: Parsed) -> list[str]:
        """Return the keys that were at ``topic`` and no longer are."""
        there = {found.key for found in parsed.found} | {key for key, _ in parsed.refused}
        known = self._keys_at.pop(topic, set())
        if known & there:
            self._keys_at[topic] = known & there
        return sorted(known - there)

    def _put(self, found: Discovered, changed: set[str]) -> None:
        """Let an entity in, or in place of what was known by its key."""
        known = self._entries.get(found.key)
        if known and known.found == found:
            return
        self._withdraw(found.key)
        try:
            self._admit(found)
            entry = Entry(found)
        except ConfigRefused as reason:
            self._refuse(found.key, str(reason))
            return
        self._refusals.pop(_printable(found.key), None)
        if known and known.found.component is not found.component:
            self._drop(found.key, changed)
            known = None
        self._entries[found.key] = entry
        self._hearing.enter(entry, known)
        if known and known.claim:
            del self._owners[known.claim]
        if entry.claim:
            self._owners[entry.claim] = found.key
        if known is None:
            rank = str(found.config.get("unique_id") or found.key)
            changed |= self._ids.add(found.key, wanted_id(found, entry.name), rank)
        changed.add(self._ids[found.key])
        self.version += 1

    def _admit(self, found: Discovered) -> None:
        """Refuse one entity too many, and the second of two with the same unique id.

        That one waits for the other to go: devices that change from a topic an entity to a topic a device
        announce themselves anew before they take the old back.
        """
        claim = claim_of(found)
        if found.key not in self._entries and len(self._entries) >= MOST_ENTITIES:
            raise ConfigRefused(f"more than {MOST_ENTITIES} entities")
        if claim and self._owners.get(claim, found.key) != found.key:
            if found.key not in self._entries and len(self._rival_claims) < MOST_ENTITIES:
                self._rivals.setdefault(claim, {})[found.key] = found
                self._rival_claims[found.key] = claim
            raise ConfigRefused("its unique_id is another entity's")

    def _drop(self, key: str, changed: set[str]) -> None:
        """Forget what is known by ``key``, and let in who waited for its unique id."""
        self._withdraw(key)
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self._hearing.leave(entry)
        if entry.claim:
            del self._owners[entry.claim]
        changed.add(self._ids.remove(key))
        self.version += 1
        for rival in list(self._rivals.get(entry.claim, {}).values()) if entry.claim else ():
            self._put(rival, changed)
            if entry.claim in self._owners:
                break

    def _withdraw(self, key: str) -> None:
        """Let ``key`` no longer wait for a unique id."""
        claim = self._rival_claims.pop(key, None)
        if claim:
            del self._rivals[claim][key]
            if not self._rivals[claim]:
                del self._rivals[claim]

    def _refuse(self, key: str, reason: str) -> None:
        self.refused += 1
        shown = _printable(key)
        self._refusals[shown] = _printable(reason)
        self._refusals.move_to_end(shown)
        if len(self._refusals) > MOST_REFUSALS:
            self._refusals.popitem(last=False)

    def _look(self) -> None:
        """Bring the views up to date."""
        if self._seen == self.version:
            return
        self._seen = self.version
        suggested = sorted({entry.area for entry in self._entries.values()})
        areas = areas_by_name([*self._household.areas.values(), *suggested])
        anew = areas != self._areas
        self._areas = areas
        for key, entry in self._entries.items():
            identity = self._ids[key]
            if anew or entry.entity is None or entry.entity.id != identity:
                entry.entity = self._household.entity(identity, entry.name, entry.found, entry.driver, areas)
                entry.hidden = self._household.hides(entry.entity)
                entry.forbidden = self._household.forbids(entry.entity)
        shown = sorted(
            ((entry.entity, entry.hidden) for entry in self._entries.values() if entry.entity),
            key=lambda pair: pair[0].id,
        )
        self._everything = MappingProxyType({entity.id: entity for entity, _ in shown})
        self._entities = MappingProxyType({entity.id: entity for entity, hidden in shown if not hidden})


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:_LONGEST_KEY])
