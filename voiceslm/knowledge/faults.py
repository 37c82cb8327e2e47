"""What is wrong with a document."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Fault", "Unreadable"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A file, or a part of one, that could not be taken, or that somebody should look at."""

    file: str
    """Its name, and where in it."""

    why: str


class Unreadable(Exception):  # noqa: N818 - never leaves this room
    """A file that cannot be taken; the text says why."""
