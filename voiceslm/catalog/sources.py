"""What a source of models boils down to: pieces to download, and recipes that join them to files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from voiceslm.catalog.entries import FileEntry, SourceName

HUB = "https://huggingface.co"
CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """One download: a range of a file, or a whole wheel."""

    key: str
    """File name among the parts; names the content too, so parts of a changed file are never reused."""

    url: str
    start: int
    bytes: int | None
    """Length; None when the server did not say beforehand (then it is one whole file)."""

    whole: int | None
    """Bytes of the file the range is of."""

    sha256: str | None = None
    """Hash of the piece itself, where the index gives one."""

    headers: tuple[tuple[str, str], ...] = ()
    credentials: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Strip:
    """What a piece contributes to a file: all of it, or one member of a wheel."""

    piece: Piece
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one file is put together, and how it is judged."""

    file: FileEntry
    strips: tuple[Strip, ...]
    sha256: str | None
    git_blob: str | None = None
    """Git's own hash of a small unpinned file, which the hub gives in place of a sha256."""

    commit: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything needed to fetch what is missing of a model from one source."""

    source: str
    recipes: tuple[Recipe, ...]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Every download once, in the order it is used."""
        return tuple(dict.fromkeys(strip.piece for recipe in self.recipes for strip in recipe.strips))


def label(source: SourceName) -> str:
    """Return how a person is told about a source."""
    return f"the hub ({urlsplit(hub_endpoint()).hostname})" if source == "hub" else "the package index"


def hub_endpoint() -> str:
    """Return where the hub is: a mirror of the user's, or the hub itself."""
    return (os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")
