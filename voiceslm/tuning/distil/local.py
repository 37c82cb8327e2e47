"""A teacher on this machine: a GGUF file, in this process, to which nothing is sent."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from voiceslm.llm.llama import LlamaEngine
from voiceslm.tuning.distil.teacher import NoAnswer
from voiceslm.worker import Cancel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Self

    from voiceslm.llm import Message

CONTEXT_TOKENS = 2560
"""Room for a home's list with its examples, and what is written to it."""

ASIDE_TOKENS = 1024
"""Room besides for the shorter prompts, so that the home's list is read once."""

MAX_TOKENS = 512
"""Longest answer: a dozen sentences, or four questions with answers and quotes."""

WARMTH = 0.7
"""Temperature: a list of sentences that are all alike teaches one of them."""


class LocalTeacher:
    """One GGUF model; use it from one thread, and close it."""

    remote = False

    def __init__(
        self, path: Path, *, name: str, licence: str, threads: int, seed: int = 0, warmth: float = WARMTH
    ) -> None:
        """Load the model; takes seconds.

        Args:
            path: the file.
            name: what it is called.
            licence: terms under which what it writes may be used.
            threads: that compute.
            seed: of what it chooses among.
            warmth: how freely it chooses.

        Raises:
            Problem: the file cannot be loaded.
        """
        self.name = name
        self.licence = licence
        self._engine = LlamaEngine(
            path,
            threads=threads,
            context_tokens=CONTEXT_TOKENS,
            aside_tokens=ASIDE_TOKENS,
            max_tokens=MAX_TOKENS,
            temperature=warmth,
            seed=seed,
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Free its memory."""
        self._engine.close()

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, deadline: float, grammar: str = ""
    ) -> str:
        """Return what it writes; what is not whole at the deadline is nothing.

        Raises:
            NoAnswer: it writes nothing, or not in time.
            Problem: the messages are too long for it.
        """
        with _until(deadline) as cancel:
            if grammar:
                text = self._engine.choose(messages, grammar, cancel, max_tokens=max_tokens)
            else:
                text = self._written(messages, max_tokens, cancel)
            if cancel.cancelled:
                raise NoAnswer("not in time")
        if not text.strip():
            raise NoAnswer("empty")
        return text

    def _written(self, messages: Sequence[Message], max_tokens: int, cancel: Cancel) -> str:
        parts: list[str] = []
        for token in self._engine.reply(messages, cancel):
            parts.append(token.text)
            if len(parts) >= max_tokens:
                break
        return "".join(parts)


@contextmanager
def _until(deadline: float) -> Iterator[Cancel]:
    """Have a cancel that comes after ``deadline`` seconds."""
    cancel = Cancel()
    timer = threading.Timer(max(0.0, min(deadline, threading.TIMEOUT_MAX)), cancel.cancel)
    timer.daemon = True
    timer.start()
    try:
        yield cancel
    finally:
        timer.cancel()
