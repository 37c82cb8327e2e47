"""A pack made ready to be asked; what that costs is kept on disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING

import numpy as np
import platformdirs

from voiceslm.knowledge import meaning
from voiceslm.knowledge.matching import Index, texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceslm.knowledge import Pack
    from voiceslm.knowledge.matching import Floats

WORTH_KEEPING = 200
"""Sentences whose vectors are kept: fewer are computed in half a second."""

MOST_KEPT = 8
"""Files; the oldest goes."""


def index_of(pack: Pack, *, folder: Path | None = None) -> Index:
    """Return ``pack``, ready to be asked: 2 ms a sentence the first time.

    Raises:
        Problem: the model of meaning is not on this machine, or damaged.
    """
    known = texts(pack)
    model = meaning.load()
    if len(known) < WORTH_KEEPING:
        return Index(pack, model)
    folder = folder or platformdirs.user_cache_path("voiceslm") / "knowledge"
    file = folder / f"{_key(known)}.npy"
    vectors = _kept(file, len(known))
    if vectors is None:
        vectors = model.of(known)
        with contextlib.suppress(OSError):  # a full disk: it is computed again next time
            _keep(file, vectors)
    return Index(pack, model, vectors)


def _key(known: Sequence[str]) -> str:
    digest = hashlib.sha256(meaning.MODEL.encode())
    for text in known:
        digest.update(text.encode("utf-8", "replace") + b"\0")
    return digest.hexdigest()[:32]


def _kept(file: Path, count: int) -> Floats | None:
    """Return the vectors in a file; None where there are none, or others."""
    try:
        found = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    whole = found.dtype == np.float32 and found.shape == (count, meaning.WIDTH) and np.isfinite(found).all()
    return found if whole else None


def _keep(file: Path, vectors: Floats) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with new.open("wb") as opened:
            np.save(opened, vectors, allow_pickle=False)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
    for old in sorted(file.parent.glob("*.npy"), key=lambda one: -one.stat().st_mtime)[MOST_KEPT:]:
        old.unlink(missing_ok=True)
