"""Scores of what was heard, and how sure a difference is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

RESAMPLES = 10_000
"""Bootstrap samples: the interval's ends then move by less than its second digit."""

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def shown(self, *, scale: float, digits: int) -> str:
        """Return it as text, every number multiplied by ``scale``."""
        value, low, high = (f"{scale * number:.{digits}f}" for number in (self.value, self.low, self.high))
        return f"{value} [{low}, {high}]"


def bootstrap(
    numerators: NDArray[np.float64], denominators: NDArray[np.float64], *, seed: int = 0
) -> Interval:
    """Return Σ numerators / Σ denominators with an interval from resampling the clips in pairs.

    Args:
        numerators: [n], one a clip (the difference of two systems' errors, or one's time).
        denominators: [n], one a clip (reference words, or the other's time).
        seed: of the resampling, so that a report can be repeated.

    Returns:
        Percentile interval (Efron & Tibshirani 1993, ch. 13) at 95 %.
    """
    generator = np.random.default_rng(seed)
    picks = generator.integers(len(numerators), size=(RESAMPLES, len(numerators)))
    ratios = numerators[picks].sum(axis=1) / np.maximum(denominators[picks].sum(axis=1), 1e-12)
    low, high = np.quantile(ratios, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(numerators.sum() / denominators.sum()), float(low), float(high))


def word_errors(reference: str, heard: str) -> tuple[int, int]:
    """Count word errors after whisper's English text normalisation.

    Args:
        reference: what was said.
        heard: what was understood.

    Returns:
        (substitutions + deletions + insertions, reference words).

    Raises:
        Problem: the ``bench`` extra is not installed.
    """
    normalise, process_words = _tools()
    said, got = normalise(reference), normalise(heard)
    words = len(said.split())
    if not got:
        return words, words
    found = process_words(said, got)
    return found.substitutions + found.deletions + found.insertions, words


def slot_words(slots: Sequence[str], heard: str) -> tuple[int, int]:
    """Count the words of ``slots`` that are missing in ``heard``: (missing, all); ``Problem`` as above."""
    normalise, _ = _tools()
    got = set(normalise(heard).split())
    wanted = [word for slot in slots for word in normalise(slot).split()]
    return sum(word not in got for word in wanted), len(wanted)


@cache
def _tools() -> tuple[Callable[[str], str], Callable[[str, str], Any]]:
    """Load the scoring libraries, which only the benchmark needs."""
    try:
        import jiwer  # noqa: PLC0415
        from whisper_normalizer.english import EnglishTextNormalizer  # noqa: PLC0415
    except ImportError as error:
        raise Problem(
            "The benchmark's libraries are not installed", "Run `pip install voiceslm[bench]`."
        ) from error
    return EnglishTextNormalizer(), jiwer.process_words
