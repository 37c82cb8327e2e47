"""What a pull tells whoever watches it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Watches one pull; may be called from several threads at once."""

    def start(self, label: str, total: int, done: int) -> None:
        """Begin fetching ``label``: ``total`` bytes, of which ``done`` are here from an earlier try."""

    def advance(self, count: int) -> None:
        """Count ``count`` more bytes; negative when some turned out useless."""

    def say(self, line: str) -> None:
        """Pass on one line for a person."""


class Silent:
    """Watches nothing."""

    def start(self, label: str, total: int, done: int) -> None:
        """Ignore."""

    def advance(self, count: int) -> None:
        """Ignore."""

    def say(self, line: str) -> None:
        """Ignore."""
