"""The vocabulary every room shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Audio:
    """A stretch of mono sound."""

    samples: Samples
    """float32, shape [n], full scale at ±1."""

    sample_rate: int
    """Hz."""

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was understood of one utterance; ``text`` is empty where nobody spoke intelligibly."""

    text: str

    speech_seconds: float
    """Voiced time found by the voice activity detector."""

    window_seconds: float
    """Length of the last encoder window used; 0 when the encoder never ran."""

    attempts: int
    """Decodings it took: 0 = no speech, 1 = first window accepted, more = the guard asked for a longer one."""

    no_speech_probability: float | None = None
    mean_log_probability: float | None = None
    """Mean log-probability a token; None when the decoder never ran."""
