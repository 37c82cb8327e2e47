"""The folder of one tuning: what was computed on the way is there when the command is repeated."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, TypeVar

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")


def key_of(*parts: Any) -> str:
    """Return what says whether it is about the same, from anything that JSON can hold."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def kept(
    path: Path, key: str, make: Callable[[], T], *, read: Callable[[Any], T], write: Callable[[T], Any]
) -> T:
    """Return what ``make`` makes, or what it made before for the same ``key``.

    Args:
        path: file in which it is kept.
        key: of all that it is made from.
        make: takes its time.
        read: turns what JSON holds into it; raises KeyError, TypeError or ValueError where it does not.
        write: the reverse.

    Raises:
        Problem: it cannot be written.
    """
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["key"] == key:
            return read(document["value"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # as if it had never been made
    made = make()
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_text(json.dumps({"key": key, "value": write(made)}, ensure_ascii=False), "utf-8")
        fresh.replace(path)
    except OSError as error:
        raise Problem(
            f"{path} cannot be written: {error.strerror}", "Mend that, and repeat the command"
        ) from None
    return made
