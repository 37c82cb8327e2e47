"""How near two words are in meaning: the static embeddings that the package wordllama carries.

Only its two files are read. The package itself would look for its tokenizer on the network, where nothing of
ours may go unasked, and set up the process's logging. Words are vectors of 256 numbers, the mean of those of
their tokens (https://github.com/dleemiller/WordLlama, MIT).
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"


class Vectors:
    """Words to vectors."""

    def __init__(self, folder: Path) -> None:
        """Load the files in ``folder``: 16 MB, some 50 ms.

        Raises:
            Problem: they are not there or broken.
        """
        try:
            tables = load_file(folder / WEIGHTS)
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except (OSError, ValueError, Exception) as error:  # noqa: BLE001 - tokenizers raises nothing narrower
            raise Problem(
                f"the vectors of words in {folder} cannot be read: {error}", "Install wordllama again"
            ) from None
        self._table = next(iter(tables.values()))

    def of(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector of length 1 for each of ``words``, float32 [n, 256]; zeros for an empty one."""
        found = np.zeros((len(words), self._table.shape[1]), np.float32)
        for row, word in enumerate(words):
            found[row] = self._of(word)
        return found

    def _of(self, word: str) -> NDArray[np.float32]:
        tokens = self._tokenizer.encode(word, add_special_tokens=False).ids
        if not tokens:
            return np.zeros(self._table.shape[1], np.float32)
        mean: NDArray[np.float32] = self._table[tokens].astype(np.float32).mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-6)


@lru_cache(1)
def load() -> Vectors:
    """Return the vectors of the installed package.

    Raises:
        Problem: it is not installed.
    """
    spec = find_spec("wordllama")
    if spec is None or not spec.submodule_search_locations:
        raise Problem("the vectors of words are missing", "Install wordllama again")
    return Vectors(Path(next(iter(spec.submodule_search_locations))))
