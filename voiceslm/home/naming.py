"""What things are called: by people, in ids, and where a name says that they are. Pure."""

from __future__ import annotations

import re
import unicodedata
from bisect import insort
from typing import TYPE_CHECKING, Any

from voiceslm.entities import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from voiceslm.home.discovery import Discovered

LONGEST_NAME = 80
"""Characters."""

LONGEST_ID = 80

_SUFFIX_ROOM = 6
"""Characters of an id that are kept free for what sets it apart from others."""

MOST_SORTED = 16
"""Namesakes whose ids follow the order of their unique ids; of more, the latest comes last."""

_LONGEST_AREA = 5
"""Words of an area's name that are looked for within a name."""

_SYMBOLS = frozenset({"So", "Sk", "Cs", "Co", "Cn"})
"""Unicode categories of what nobody says: pictures, for one."""

_ADDRESS = re.compile(
    r"""\b(?: 0x[0-9a-f]{6,}
        | [0-9a-f]{2}(?:[:-][0-9a-f]{2}){5,7}
        | (?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,}
        )\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""What a device is called before somebody names it."""

_JOINED = re.compile(r"(?<=[a-z][a-z])(?=[A-Z][a-z])")
"""Between two words of a name like LivingRoomLamp."""

_NOT_A_SLUG = re.compile(r"[^a-z0-9]+")
_WORD = re.compile(r"\w+")
_NAMED_BY_CLASS = frozenset({Kind.SENSOR, Kind.BINARY_SENSOR, Kind.NUMBER, Kind.BUTTON})
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
"""Those that Unicode does not take apart."""


def spoken(name: Any) -> str:
    """Return ``name`` as it is said and shown: printable, of at most `LONGEST_NAME` characters; often empty.

    Addresses, pictures and what joins words for machines' sake go; the case stays as written.
    """
    if not isinstance(name, str | int | float):
        return ""
    text = "".join(map(_sayable, str(name)[: 4 * LONGEST_NAME])).replace("_", " ").replace("/", " ")
    text = " ".join(_ADDRESS.sub(" ", text).split())
    if " " not in text:
        text = text.replace("-", " ").replace(".", " ")
    text = " ".join(_JOINED.sub(" ", text).split()).strip(" -.,:;")
    return _shortened(text)


def _sayable(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() else " "
    return " " if not character.isprintable() or unicodedata.category(character) in _SYMBOLS else character


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_NAME:
        return text
    return text[: LONGEST_NAME + 1].rpartition(" ")[0] or text[:LONGEST_NAME]


def folded(name: str) -> str:
    """Return what two spellings of a name have in common: its letters and digits, without case."""
    return "".join(_words(spoken(name)))


def _words(name: str) -> list[str]:
    return _WORD.findall(name.casefold())


def device_name(config: Mapping[str, Any]) -> str:
    """Return what the device is called, its model where it has no name to say; empty for no device."""
    device = config.get("device")
    if not isinstance(device, dict):
        return ""
    return spoken(device.get("name")) or spoken(device.get("model"))


def entity_name(found: Discovered) -> str:
    """Return what an entity is called: its device's name and its own, as Home Assistant has it.

    A name of null is the device's. Where nothing has a name that can be said, the device class, the topic or
    the kind serves.
    """
    device = device_name(found.config)
    own = _own_name(found)
    if not own or not device:
        return own or device or _from_topic(found.key) or spoken(str(found.component))
    first = _words(device)
    return own if _words(own)[: len(first)] == first else spoken(f"{device} {own}")


def _own_name(found: Discovered) -> str:
    if found.config.get("name") is not None:
        return spoken(found.config["name"])
    if "name" in found.config:
        return ""
    return spoken(found.config.get("device_class")) if found.component in _NAMED_BY_CLASS else ""


def _from_topic(key: str) -> str:
    """Take a name from the topic: its last part before "config", or the component's name in a device."""
    if "#" in key:
        return spoken(key.rpartition("#")[2])
    return spoken(key.removesuffix("/config").rpartition("/")[2])


def wanted_id(found: Discovered, name: str) -> str:
    """Return the id that an entity gets if it can: the one it asks for, else one made of its name."""
    asked = str(found.config.get("default_entity_id") or "").rpartition(".")[2]
    candidates = (asked, found.config.get("object_id"), name, _from_topic(found.key))
    slug = next(filter(None, (_slug(str(candidate or "")) for candidate in candidates)), "unnamed")
    identity = f"{found.component}.{slug}"
    return identity[: LONGEST_ID - _SUFFIX_ROOM].rstrip("_")


def _slug(name: str) -> str:
    text = unicodedata.normalize("NFKD", name[: 2 * LONGEST_ID].casefold().translate(_LETTERS))
    letters = "".join(character for character in text if not unicodedata.combining(character))
    return _NOT_A_SLUG.sub("_", letters).strip("_")


def area_within(names: Iterable[str], areas: Mapping[str, str]) -> str:
    """Return the area that a name begins with, else one that stands within a name; empty for none.

    Args:
        names: the most telling first.
        areas: name as `folded` -> name. Found are whole words, together or apart: "Livingroom" as well.
    """
    words = [_words(name) for name in names]
    beginnings = (_first([name], areas) for name in words)
    within = (_first([name[start:] for start in range(1, len(name))], areas) for name in words)
    return next(filter(None, (*beginnings, *within)), "")


def _first(texts: Iterable[list[str]], areas: Mapping[str, str]) -> str:
    """Return the first area that one of the texts begins with; the longest such."""
    for text in texts:
        for count in range(min(_LONGEST_AREA, len(text)), 0, -1):
            area = areas.get("".join(text[:count]))
            if area:
                return area
    return ""


class Ids:
    """Gives each thing an id of its own, the same whatever comes first as far as that can be.

    Of several that want the same, the one with the lowest rank gets it and the others _2, _3 … in the order
    of their ranks; so an id may pass to another while things arrive. When one goes the others keep theirs.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._groups: dict[str, list[tuple[str, str]]] = {}
        self._wanted: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._keys: dict[str, str] = {}

    def __getitem__(self, key: str) -> str:
        """Return the id of what is known by ``key``."""
        return self._ids[key]

    def key(self, identity: str) -> str | None:
        """Return by what key the owner of an id is known."""
        return self._keys.get(identity)

    def add(self, key: str, wanted: str, rank: str) -> frozenset[str]:
        """Give ``key`` an id; return all ids that have another owner than before.

        Args:
            key: what to name; not named yet.
            wanted: the id that it gets if it can.
            rank: its place among those that want the same.
        """
        group = self._groups.setdefault(wanted, [])
        self._wanted[key] = wanted
        if len(group) < MOST_SORTED:
            insort(group, (rank, key))
        else:
            group.append((rank, key))
        return self._number(wanted, key)

    def remove(self, key: str) -> str:
        """Forget ``key`` and return the id that is free now."""
        wanted = self._wanted.pop(key)
        group = [member for member in self._groups[wanted] if member[1] != key]
        if group:
            self._groups[wanted] = group
        else:
            del self._groups[wanted]
        identity = self._ids.pop(key)
        del self._keys[identity]
        return identity

    def _number(self, wanted: str, key: str) -> frozenset[str]:
        """Number those that want the same; of many only ``key``, which is new among them."""
        group = self._groups[wanted]
        many = len(group) > MOST_SORTED
        keys, number = ([key], len(group)) if many else ([member for _, member in group], 1)
        before = {self._ids.pop(member): member for member in keys if member in self._ids}
        for identity in before:
            del self._keys[identity]
        displaced = None if many else self._keys.pop(wanted, None)
        after: dict[str, str] = {}
        for member in keys:
            identity, number = self._free(wanted, number)
            self._ids[member], self._keys[identity], after[identity] = identity, member, member
        changed = frozenset(
            identity for identity in before | after if before.get(identity) != after.get(identity)
        )
        if displaced is None:
            return changed
        del self._ids[displaced]
        return changed | self._number(self._wanted[displaced], displaced)

    def _free(self, wanted: str, number: int) -> tuple[str, int]:
        """Return an id that nobody has and nobody else wants, and the number after its own."""
        identity = wanted if number == 1 else f"{wanted}_{number}"
        while number > 1 and (identity in self._groups or identity in self._keys):
            number += 1
            identity = f"{wanted}_{number}"
        return identity, number + 1
