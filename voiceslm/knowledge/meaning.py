"""How near two texts are in meaning: sentence embeddings of all-MiniLM-L6-v2, in 8-bit ONNX, for English.

https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2: the mean of the last layer, scaled to length 1.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from voiceslm.catalog import resolve
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MODEL = "all-minilm-l6-v2"
WIDTH = 384

LONGEST = 128
"""Tokens of a text that count; the model was trained with so many."""

BATCH = 32


class Meaning:
    """Texts to vectors. Safe from any thread."""

    def __init__(self, path: Path) -> None:
        """Load the model at ``path``, with ``tokenizer.json`` beside it; 0.2 s.

        Raises:
            Problem: one of them is damaged, or is another model.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._tokenizer = Tokenizer.from_file(str(path.with_name("tokenizer.json")))
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # neither library's errors have a common base but Exception
            remedy = f"Fetch it again with `voiceslm models pull {MODEL}`"
            raise Problem(f"the model of meaning {path} cannot be loaded ({error})", remedy) from error
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding()

    def of(self, texts: Sequence[str]) -> Floats:
        """Return a vector of length 1 for each text, float32 [n, `WIDTH`]; 5 ms for a question."""
        found = np.zeros((len(texts), WIDTH), np.float32)
        by_length = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(texts), BATCH):
            part = by_length[start : start + BATCH]
            found[part] = self._batch([texts[at] for at in part])
        return found

    def _batch(self, texts: Sequence[str]) -> Floats:
        encoded = self._tokenizer.encode_batch(list(texts))
        tokens = np.array([one.ids for one in encoded], np.int64)
        mask = np.array([one.attention_mask for one in encoded], np.int64)
        given = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
        last: Floats = self._session.run(None, given)[0]
        mean = (last * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        length = np.linalg.norm(mean, axis=1, keepdims=True)
        return np.asarray(mean / np.maximum(length, 1e-9), np.float32)


@lru_cache(1)
def load() -> Meaning:
    """Return the model, which is loaded once.

    Raises:
        Problem: it is not on this machine, or damaged.
    """
    return Meaning(resolve(MODEL, "meaning"))
