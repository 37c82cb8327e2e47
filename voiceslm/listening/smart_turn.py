"""Has the speaker finished? A guess from the sound alone: intonation, pace, the way the last word fades.

The model is smart-turn v3.2 (https://github.com/pipecat-ai/smart-turn), Whisper tiny's encoder with a head.
It is asked after 0.1 s of silence: the more it hears, the more finished everything sounds (docs/latency.md).
It errs both ways: short complete requests are called unfinished, words cut out of fluent speech finished,
so ``endpoint.py`` never lets it decide alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
from faster_whisper.feature_extractor import FeatureExtractor

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.events import Audio, Samples

SAMPLE_RATE = 16_000
"""Hz, the only rate the model knows."""

WINDOW_SECONDS = 8
"""What the model hears, always: the end of the audio, after silence where there is less."""

_WINDOW = WINDOW_SECONDS * SAMPLE_RATE

_LEAST_VARIANCE = 1e-7
"""Keeps silence from being divided by nothing (the value of transformers' WhisperFeatureExtractor)."""


class SmartTurn:
    """Probability that the speaker has finished; one instance, one thread."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Load the model (no spinning: it shares two cores with three other engines).

        Args:
            path: the ``.onnx`` file.
            threads: threads to compute with.

        Raises:
            Problem: the file is damaged or is another model.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        remedy = "Fetch it again with `voiceslm models pull smart-turn-v3.2`."
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors have no common base but Exception
            raise Problem(f"End-of-turn model {path} cannot be loaded ({error})", remedy) from error
        if [entry.name for entry in self._session.get_inputs()] != ["input_features"]:
            raise Problem(f"{path} is not a smart-turn model", remedy)
        self._extract = FeatureExtractor(chunk_length=WINDOW_SECONDS)

    def finished(self, audio: Audio) -> float:
        """Return the probability that whoever speaks has finished.

        Args:
            audio: the utterance up to now at 16 kHz, with about 0.1 s of the silence that follows.
                Only the last 8 s count.

        Returns:
            0 to 1. Near 0 and near 1 are common, and wrong at times: see the module's docstring.

        Raises:
            ValueError: the audio is not at 16 kHz.
        """
        if audio.sample_rate != SAMPLE_RATE:
            raise ValueError(f"audio must be at {SAMPLE_RATE} Hz, got {audio.sample_rate}")
        features = self._extract(_window(audio.samples), padding=0)
        (probabilities,) = self._session.run(None, {"input_features": features[np.newaxis]})
        return float(probabilities[0, 0])


def _window(samples: Samples) -> Samples:
    """Return the last 8 s of ``samples``, filled with zeros in front, with mean 0 and variance 1.

    As pipecat does it; padded behind, every fragment of speech is called finished.
    """
    last = samples[-_WINDOW:].astype(np.float32, copy=False)
    padded = np.pad(last, (_WINDOW - len(last), 0))
    scaled: Samples = (padded - padded.mean()) / np.sqrt(padded.var() + _LEAST_VARIANCE)
    return scaled
