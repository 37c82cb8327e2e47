"""Who installs the service, and what of theirs it starts from: their configuration and their models."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceslm import config
from voiceslm.catalog import Store
from voiceslm.config.read import SYSTEM_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voiceslm.config import Settings

HIDDEN = ("/home/", "/root/", "/run/user/", "~")
"""Where paths begin that ``ProtectHome=yes`` hides from the service."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The person who typed the command."""

    file: Path | None
    """Their configuration file; None where they have none."""

    store: Store
    """Their models."""

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Origin:
        """Find the person behind ``sudo``, or whose environment it is."""
        person = environ.get("SUDO_USER")
        if person and person != "root":
            environ = {"HOME": str(Path(f"~{person}").expanduser())}
        cache = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or "~").expanduser() / ".cache"
        found = config.find_file(None, environ)
        own = found if found and found != SYSTEM_FILE and os.path.exists(found) else None  # noqa: PTH110 - as there
        return cls(own, Store(Path(cache) / "voiceslm"))


def hidden_paths(settings: Settings) -> list[tuple[str, str]]:
    """Return the settings that name something in a home folder, with what they name."""
    return [
        (name, text) for name, text in _texts(settings.model_dump(mode="json")) if text.startswith(HIDDEN)
    ]


def _texts(document: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _texts(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            yield f"{prefix}{name}", value
