"""The hash of a model's file, without reading a gigabyte each time."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

from voiceslm.catalog.checks import sha256_of
from voiceslm.catalog.store import MARKER, default_root

if TYPE_CHECKING:
    from pathlib import Path

CACHE = "hashes.json"
"""In the cache folder: what was hashed that no pull has written a marker for."""


def known_sha256(path: Path) -> str:
    """Return the sha256 of a file; it is read only where it has changed since it was hashed last.

    Raises:
        OSError: it cannot be read.
    """
    stat = path.stat()
    size_and_time = {"bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    sealed = _read(path.parent / MARKER).get("files", {})
    cache = default_root() / CACHE
    cached = _read(cache)
    for seal in (_of(sealed, path.name), _of(cached, str(path.resolve()))):
        if seal.items() >= size_and_time.items() and isinstance(seal.get("sha256"), str):
            return str(seal["sha256"])
    found = sha256_of(path)
    with contextlib.suppress(OSError):  # then it is hashed again next time
        cache.parent.mkdir(parents=True, exist_ok=True)
        fresh = cache.with_name(f".{CACHE}.{os.getpid()}")
        fresh.write_text(json.dumps(cached | {str(path.resolve()): size_and_time | {"sha256": found}}))
        fresh.replace(cache)
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _of(document: Any, key: str) -> dict[str, Any]:
    found = document.get(key) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}
