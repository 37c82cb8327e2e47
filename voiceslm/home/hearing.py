"""Which message is for which entities: one topic may feed hundreds of them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from voiceslm.home.availability import Heard
from voiceslm.home.memory import LastMessages
from voiceslm.home.template_functions import LARGEST

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from voiceslm.entities import Value
    from voiceslm.home.entry import Entry

_LONGEST_TEXT = 255
"""Characters of a reported text, as in Home Assistant."""


class Hearing:
    """Takes messages to the entries that they are for."""

    def __init__(self) -> None:
        """Begin with no entries."""
        self._users: dict[str, dict[str, Entry]] = {}
        self._heard = Heard()
        self._last = LastMessages()

    @property
    def topics(self) -> frozenset[str]:
        """Where states and availability are published."""
        return frozenset(self._users)

    def enter(self, entry: Entry, known: Entry | None) -> None:
        """Let ``entry`` hear in place of ``known``, and tell it what was said before it came.

        Where the topics are the same, so is the state.
        """
        self._heard.add(entry.availability)
        for topic in entry.topics:
            self._users.setdefault(topic, {})[entry.found.key] = entry
        if known:
            self.leave(known, entry.topics)
            if known.driver.topics == entry.driver.topics:
                kept = {name: value for name, value in known.state.items() if name in entry.driver.reports}
                entry.state = MappingProxyType(kept)
        entry.available = self._heard.holds(entry.availability)
        for topic in sorted(entry.driver.topics):
            text = self._last.of(topic)
            if text is not None:
                self._tell(entry, topic, text)

    def leave(self, entry: Entry, stays: AbstractSet[str] = frozenset()) -> None:
        """Let ``entry`` hear no more; at the topics of ``stays`` its successor does."""
        self._heard.remove(entry.availability)
        for topic in entry.topics - stays:
            users = self._users[topic]
            del users[entry.found.key]
            if not users:
                del self._users[topic]
                self._last.forget(topic)

    def take(self, topic: str, payload: bytes) -> list[str]:
        """Take a message to whom it is for; return the keys of those that it has changed."""
        users = self._users.get(topic)
        if not users:
            return []
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            return []
        if len(text) > LARGEST:
            return []
        self._last.remember(topic, text)
        self._heard.take(topic, text)
        return [key for key, entry in users.items() if self._tell(entry, topic, text)]

    def _tell(self, entry: Entry, topic: str, text: str) -> bool:
        """Let one entry hear a message; say whether it is another then."""
        before = entry.state, entry.available
        if topic in entry.driver.topics:
            news = {name: _plain(value) for name, value in entry.driver.read(topic, text).items()}
            entry.state = MappingProxyType({**entry.state, **news})
        entry.available = self._heard.holds(entry.availability)
        return before != (entry.state, entry.available)


def _plain(value: Value) -> Value:
    """Return a reported value as it can be shown."""
    if not isinstance(value, str):
        return value
    return "".join(letter if letter.isprintable() else " " for letter in value[:_LONGEST_TEXT]).strip()
