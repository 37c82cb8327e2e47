"""What is known now: read when it is first needed, and again when a file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.knowledge import Pack
from voiceslm.knowledge.finding import fingerprint
from voiceslm.knowledge.matching import Index
from voiceslm.knowledge.store import load
from voiceslm.knowledge.vectors import load as load_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceslm.knowledge.faults import Fault


class Library:
    """The documents at some paths, ready to be asked."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Read nothing before `refresh`."""
        self._paths = tuple(paths)
        self.seen = ""
        """Fingerprint of the files that were read last."""
        self.index: Index | None = None
        self.faults: tuple[Fault, ...] = ()
        """What could not be taken, and why."""

    @property
    def pack(self) -> Pack:
        """All that is known."""
        return self.index.pack if self.index else Pack()

    @property
    def summary(self) -> str:
        """How much is known, in words."""
        pairs, passages = len(self.pack.pairs), len(self.pack.passages)
        return f"{pairs} questions with answers, {passages} passages" if self.pack else "nothing"

    def refresh(self) -> bool:
        """Read what has changed; say whether anything has. Blocks: milliseconds, or as long as reading.

        Raises:
            Problem: the vectors of words are missing.
        """
        now = fingerprint(self._paths)
        if self.index is not None and now == self.seen:
            return False
        pack, self.faults, _ = load(self._paths)
        self.index, self.seen = Index(pack, load_vectors()), now
        return True
