"""How likely a model finds what somebody said; for this it is loaded anew."""

from __future__ import annotations

import math
from contextlib import closing
from typing import TYPE_CHECKING

import llama_cpp
import numpy as np

from voiceslm.errors import Problem
from voiceslm.llm.prompt import CHATML, ChatTemplate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceslm.tuning import Example

CONTEXT_TOKENS = 512


def surprises(
    model: Path, examples: Sequence[Example], *, adapter: Path | None = None, threads: int = 2
) -> list[float]:
    """Return, for each reply, the mean of -log p over its tokens and its end, in nats.

    Args:
        model: a GGUF file.
        examples: conversations and replies; what is longer than `CONTEXT_TOKENS` is cut off.
        adapter: a GGUF LoRA adapter for it.
        threads: that compute.

    Raises:
        Problem: a file cannot be loaded.
    """
    try:
        llama = llama_cpp.Llama(
            str(model),
            n_ctx=CONTEXT_TOKENS,
            n_threads=threads,
            n_threads_batch=threads,
            logits_all=True,
            lora_path=str(adapter) if adapter else None,
            verbose=False,
        )
    except (ValueError, RuntimeError) as error:
        raise Problem(f"{adapter or model} cannot be loaded ({error})") from None
    with closing(llama):
        template = ChatTemplate(llama.metadata.get("tokenizer.chat_template") or CHATML)
        return [_surprise(llama, template, example) for example in examples]


def _surprise(llama: llama_cpp.Llama, template: ChatTemplate, example: Example) -> float:
    pieces = template.pieces(example.messages)
    tokens = [
        token
        for piece in pieces
        for token in llama.tokenize(piece.text.encode(), add_bos=False, special=piece.message is None)
    ]
    said = [*llama.tokenize(example.reply.encode(), add_bos=False, special=False), llama.token_eos()]
    whole = (tokens + said)[: CONTEXT_TOKENS - 1]
    if len(whole) <= len(tokens):
        return math.nan
    llama.reset()
    llama.eval(whole)
    logits = np.asarray(llama.scores[len(tokens) - 1 : len(whole) - 1], np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    chosen = logits[np.arange(len(logits)), whole[len(tokens) :]]
    return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - chosen))
