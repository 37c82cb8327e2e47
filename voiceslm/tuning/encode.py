"""Examples -> tokens, exactly as the assistant will see them: by its own engine and its chat format."""

from __future__ import annotations

import hashlib
from array import array
from typing import TYPE_CHECKING

from voiceslm.tuning.packs import Encoded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voiceslm.llm.llama import LlamaEngine
    from voiceslm.tuning import Example

LONGEST = 4096
"""Tokens of an example. A longer one is no turn of a conversation, and its attention needs gigabytes."""


def encode(engine: LlamaEngine, example: Example) -> Encoded | None:
    """Return ``example`` as tokens; None where it is longer than `LONGEST`.

    Raises:
        Problem: the model's chat format refuses it.
    """
    prompt = engine.prompt(example.messages)
    tokens = array("i", (*prompt.tokens, *engine.reply_tokens(example.reply)))
    return Encoded(tokens, len(prompt.tokens), prompt.opening) if len(tokens) <= LONGEST else None


def fingerprint(examples: Iterable[Example]) -> str:
    """Return the sha256 of the examples, in their order: what says whether it is the same data."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(example.line().encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()
