"""How likely a model finds what somebody said; for this it is loaded anew."""

from __future__ import annotations

import math
from contextlib import closing
from typing import TYPE_CHECKING

import llama_cpp
import numpy as np

from voiceslm.errors import Problem
from voiceslm.llm.adapter import applies
from voiceslm.llm.prompt import CHATML, ChatTemplate

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from voiceslm.tuning import Example

CONTEXT_TOKENS = 512


def surprises(
    model: Path,
    examples: Sequence[Example],
    *,
    adapter: Path | None = None,
    heads: Collection[str] = (),
    threads: int = 2,
) -> list[float]:
    """Return, for each reply, the mean of -log p over its tokens and its end, in nats.

    Args:
        model: a GGUF file.
        examples: conversations and replies; what is longer than `CONTEXT_TOKENS` is cut off.
        adapter: a GGUF LoRA adapter for it.
        heads: system messages of the conversations that it is applied to, as at run time; none: of all.
        threads: that compute.

    Raises:
        Problem: a file cannot be loaded.
    """
    found = [math.nan] * len(examples)
    adapted = [adapter is not None and applies(heads, example.messages) for example in examples]
    for on in {*adapted}:
        numbers = [number for number, one in enumerate(adapted) if one is on]
        asked = [examples[number] for number in numbers]
        for number, surprise in zip(
            numbers, _surprises(model, asked, adapter if on else None, threads), strict=True
        ):
            found[number] = surprise
    return found


def _surprises(model: Path, examples: Sequence[Example], adapter: Path | None, threads: int) -> list[float]:
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
