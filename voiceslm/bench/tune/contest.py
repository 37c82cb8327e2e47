"""The models that are compared, each asked as it would be at home."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voiceslm.catalog import resolve
from voiceslm.llm import adapter as adapters
from voiceslm.llm.llama import LlamaEngine
from voiceslm.tuning.evaluate import MOST_TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voiceslm.config import Settings
    from voiceslm.llm import LanguageModel, Message, Token
    from voiceslm.llm.adapter import Adapter
    from voiceslm.worker import Cancel

BASE, TUNED, LARGER = "base", "tuned", "larger"

CONTEXT_TOKENS = 2048
"""Room for a whole home and a sentence."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """One model, with or without an adapter."""

    label: str
    """`BASE`, `TUNED` or `LARGER`; the last is asked only as at run time."""

    model: str
    """Id or path."""

    adapter: str = ""
    """Its name; empty for none."""

    @property
    def brief(self) -> bool:
        """Whether it has learnt the home, and is not told of it."""
        return bool(self.adapter)

    @property
    def files(self) -> tuple[Path, Adapter | None]:
        """The model's file, and the adapter.

        Raises:
            Problem: one is not here.
        """
        return resolve(self.model, "llm"), adapters.find(self.adapter) if self.adapter else None

    def settings(self, settings: Settings) -> Settings:
        """Return ``settings`` with this model."""
        llm = settings.llm.model_copy(update={"model": self.model, "adapter": self.adapter})
        return settings.model_copy(update={"llm": llm})


@dataclass(slots=True)
class Timed:
    """A model that notes how long it takes to choose."""

    engine: LanguageModel
    seconds: list[float] = field(default_factory=list)
    """Of each choice after the first with a head, which is computed before anybody speaks."""

    _heads: set[tuple[Message, ...]] = field(default_factory=set)

    def choose(
        self, messages: Sequence[Message], grammar: str, cancel: Cancel, *, max_tokens: int = MOST_TOKENS
    ) -> str:
        """Choose as `LlamaEngine.choose` does."""
        head = tuple(messages[:-1])
        known = head in self._heads
        self._heads.add(head)
        began = time.perf_counter()
        said = self.engine.choose(messages, grammar, cancel, max_tokens=max_tokens)
        if known:
            self.seconds.append(time.perf_counter() - began)
        return said

    def reply(self, messages: Sequence[Message], cancel: Cancel) -> Iterator[Token]:
        """Answer as `LlamaEngine.reply` does."""
        return self.engine.reply(messages, cancel)

    def weigh(self, messages: Sequence[Message], this: str, that: str, cancel: Cancel) -> float:
        """Weigh as `LlamaEngine.weigh` does."""
        return self.engine.weigh(messages, this, that, cancel)

    def prepare(self, messages: Sequence[Message], cancel: Cancel, *, words: str = "") -> int:
        """Compute a head as `LlamaEngine.prepare` does."""
        return self.engine.prepare(messages, cancel, words=words)

    def leaves_room(self, messages: Sequence[Message]) -> bool:
        """Say what `LlamaEngine.leaves_room` says."""
        return self.engine.leaves_room(messages)


@contextmanager
def loaded(contestant: Contestant, settings: Settings) -> Iterator[Timed]:
    """Have the model loaded while the block runs."""
    model, adapter = contestant.files
    engine = LlamaEngine(
        model,
        adapter=adapter.path if adapter else None,
        adapted_heads=frozenset(adapter.manifest.heads) if adapter else None,
        threads=settings.llm.threads,
        context_tokens=CONTEXT_TOKENS,
        max_tokens=MOST_TOKENS,
    )
    try:
        yield Timed(engine)
    finally:
        engine.close()
