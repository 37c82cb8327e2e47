"""The last message of each topic, for those who come to listen when it has been said already."""

from __future__ import annotations

from collections import OrderedDict

MOST_CHARACTERS = 8 << 20
"""Of all messages together; the oldest go."""


class LastMessages:
    """Remembers one message a topic."""

    def __init__(self) -> None:
        """Begin with none."""
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._size = 0

    def remember(self, topic: str, text: str) -> None:
        """Keep ``text`` as what was last said at ``topic``."""
        self.forget(topic)
        self._texts[topic] = text
        self._size += len(text)
        while self._size > MOST_CHARACTERS:
            _, oldest = self._texts.popitem(last=False)
            self._size -= len(oldest)

    def forget(self, topic: str) -> None:
        """Drop what was said at ``topic``."""
        self._size -= len(self._texts.pop(topic, ""))

    def of(self, topic: str) -> str | None:
        """Return what was last said at ``topic``; None where that is not known."""
        return self._texts.get(topic)
