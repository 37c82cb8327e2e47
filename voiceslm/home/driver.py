"""What speaks one entity's dialect of MQTT: from a payload to properties, from a change to messages. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.entities import Change, Range, State, Value
    from voiceslm.home.message import Message


class Unable(Exception):  # noqa: N818 - an answer, not an error
    """The entity cannot do what is wanted; the text says why, without anyone's words."""


class Driver(Protocol):
    """One entity's side of the broker."""

    @property
    def settable(self) -> Mapping[str, Range]:
        """As in `Entity`."""
        ...

    @property
    def deeds(self) -> frozenset[str]:
        """As in `Entity`."""
        ...

    @property
    def reports(self) -> frozenset[str]:
        """As in `Entity`."""
        ...

    @property
    def topics(self) -> frozenset[str]:
        """Where its state is published."""
        ...

    def read(self, topic: str, payload: str) -> Mapping[str, Value]:
        """Return the properties that a message on one of its topics tells; none where it tells nothing.

        Never raises: whatever comes over the network is input.
        """
        ...

    def write(self, change: Change, state: State) -> tuple[Message, ...]:
        """Return the messages that bring ``change`` about, in order; ``state`` is what it reports now.

        Raises:
            Unable: it cannot do that, or a value is not among those it takes.
        """
        ...
