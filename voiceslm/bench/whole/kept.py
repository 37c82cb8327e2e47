"""Finished parts on disk, each with what it depends on: what an interrupted run need not measure again."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.bench.whole.about import About

SCHEMA = 1
"""Version of the report's and the parts' JSON."""

FOLDER = "parts"


def fingerprint(part: str, about: About, *, quick: bool) -> str:
    """Return what is the same only where a part would be measured in the same way."""
    what = {"schema": SCHEMA, "part": part, "quick": quick, "about": about.decisive}
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]


class Kept:
    """The parts that are done, in a folder."""

    def __init__(self, folder: Path) -> None:
        """Look into ``folder``, which need not exist yet."""
        self._folder = folder / FOLDER

    def find(self, part: str, wanted: str) -> dict[str, Any] | None:
        """Return the part with the fingerprint that is ``wanted``; None where there is none."""
        try:
            found = json.loads((self._folder / f"{part}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) and found.get("fingerprint") == wanted else None

    def keep(self, part: str, what: dict[str, Any]) -> None:
        """Write a part, whole or not at all."""
        write(self._folder / f"{part}.json", text(what))


def text(document: Any) -> str:
    """Return ``document`` as JSON that people can read; what is not a number is refused."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write(path: Path, content: str) -> None:
    """Write a file, whole or not at all.

    Raises:
        Problem: it cannot be written.
    """
    half = path.with_name(f".{path.name}.half")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(content, encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise Problem(f"{path} cannot be written: {error.strerror}") from None
