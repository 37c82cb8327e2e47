"""What is known now: read when it is first needed, and again when a file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.errors import Problem
from voiceslm.knowledge import Pack
from voiceslm.knowledge.finding import fingerprint
from voiceslm.knowledge.indexing import index_of
from voiceslm.knowledge.prompt import known, tokens
from voiceslm.knowledge.store import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceslm.knowledge.faults import Fault
    from voiceslm.knowledge.matching import Index


class Library:
    """The documents at some paths, ready to be asked."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Read nothing before `refresh`."""
        self._paths = tuple(paths)
        self.seen = ""
        """Fingerprint of the files that were read last."""
        self.index: Index | None = None
        """None where nothing can be looked up; `trouble` says why."""
        self.faults: tuple[Fault, ...] = ()
        """What could not be taken, and why."""
        self.trouble: Problem | None = None
        self.text = ""
        """All that is known, as a model is told it."""
        self.tokens = 0
        """Of it, about."""

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
        """Read what has changed; say whether anything has. Blocks: milliseconds, or as long as reading."""
        now = fingerprint(self._paths)
        if self.index is not None and now == self.seen:
            return False
        pack, self.faults, _ = load(self._paths)
        self.text = known(pack)
        self.tokens = tokens(self.text)
        try:
            self.index, self.trouble = index_of(pack), None
        except Problem as problem:
            self.trouble = problem
            return False
        self.seen = now
        return True
