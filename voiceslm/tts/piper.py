"""A Piper voice on an onnxruntime session of our own, clause by clause without seams."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort
from piper import PiperVoice, SynthesisConfig
from piper.config import PhonemeType, PiperConfig

from voiceslm.errors import Problem
from voiceslm.events import Audio
from voiceslm.tts.clauses import CLAUSE_LONGEST, Ending

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.events import Samples
    from voiceslm.tts.clauses import Clause

PAUSE_SECONDS = {Ending.SENTENCE: 0.28, Ending.PHRASE: 0.14, Ending.RUN_ON: 0.02}
"""Silence after a clause. Piper leaves 0.05 to 0.4 s of its own, unequal: it is trimmed and replaced."""

SILENCE_LEVEL = 0.01
"""Amplitude under which the edges of a clause count as silence: -40 dBFS."""

EDGE_SECONDS = 0.01
"""Kept before the first and after the last audible sample, so that no consonant is clipped."""

PEAK = 0.5
"""Amplitude of the calibration sentence's loudest sample. One gain for all that is said; 6 dB of headroom."""

_ORT_ERRORS = (
    ort.Fail,
    ort.InvalidArgument,
    ort.InvalidGraph,
    ort.InvalidProtobuf,
    ort.NoModel,
    ort.NoSuchFile,
    ort.RuntimeException,
)
"""onnxruntime gives its errors no common base."""

_CALIBRATION = "The quick brown fox jumps over the lazy dog."
_LOCAL_PHONEMES = (PhonemeType.ESPEAK, PhonemeType.TEXT)
"""Piper's other phonemisers fetch data of their own from the network."""


class PiperEngine:
    """One voice. Not thread-safe: use it on one worker thread."""

    def __init__(self, path: Path, *, threads: int, speed: float = 1.0) -> None:
        """Load the voice at ``path`` with its configuration beside it, and warm it up.

        Args:
            path: the ``.onnx`` file; the configuration is the same name with ``.json`` added.
            threads: threads that compute one synthesis.
            speed: 1 is the voice's own pace, 2 twice as fast.

        Raises:
            Problem: the files are missing or not a Piper voice, or the voice needs the network.
        """
        config = _read_config(path)
        self._voice = PiperVoice(session=_new_session(path, threads), config=config)
        self._synthesis = SynthesisConfig(length_scale=config.length_scale / speed, normalize_audio=False)
        self._gain = 1.0
        self._gain = PEAK / max(float(np.abs(self._raw(_CALIBRATION)).max(initial=0.0)), 1e-3)

    @property
    def sample_rate(self) -> int:
        """Rate of everything it says, in Hz."""
        return int(self._voice.config.sample_rate)

    def synthesize(self, clause: Clause) -> Audio:
        """Say one clause with the pause after it; empty sound where nothing in it can be pronounced."""
        text = f"{clause.text}," if clause.ending is Ending.RUN_ON else clause.text
        samples = _trim(self._raw(text) * self._gain, self.sample_rate)
        if samples.size:
            pause = np.zeros(round(PAUSE_SECONDS[clause.ending] * self.sample_rate), np.float32)
            samples = np.concatenate([samples, pause])
        return Audio(np.clip(samples, -1.0, 1.0), self.sample_rate)

    def _raw(self, text: str) -> Samples:
        chunks = [
            chunk.audio_float_array
            for part in textwrap.wrap(text, CLAUSE_LONGEST)
            for chunk in self._voice.synthesize(part, self._synthesis)
        ]
        return np.concatenate(chunks) if chunks else np.zeros(0, np.float32)


def _trim(samples: Samples, rate: int) -> Samples:
    """Cut the silence at both edges."""
    audible = np.flatnonzero(np.abs(samples) > SILENCE_LEVEL)
    if not audible.size:
        return samples[:0]
    edge = round(EDGE_SECONDS * rate)
    return samples[max(0, audible[0] - edge) : audible[-1] + edge]


class _Session(onnxruntime.InferenceSession):  # type: ignore[misc]  # onnxruntime has no types
    """Gives back, after each run, the memory that only this run needed.

    onnxruntime keeps it otherwise, doubles it for every clause that is longer than all before, and scatters
    what the next ones use over all of it: after a thousand turns that were 250 MB. It costs up to 8 ms a
    clause.
    """

    def run(self, output_names: Any, input_feed: Any, run_options: Any = None) -> Any:
        """Run, as onnxruntime documents it."""
        if run_options is None:
            run_options = onnxruntime.RunOptions()
            run_options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        return super().run(output_names, input_feed, run_options)


def _new_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return _Session(str(path), options, providers=["CPUExecutionProvider"])
    except _ORT_ERRORS as error:
        raise Problem(f"the voice {path} cannot be loaded: {error}", "Type: voiceslm models verify") from None


def _read_config(path: Path) -> PiperConfig:
    beside = path.with_name(f"{path.name}.json")
    try:
        config = PiperConfig.from_dict(json.loads(beside.read_text("utf-8")))
    except OSError as error:
        raise Problem(f"the voice's configuration {beside} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(f"{beside} is not the configuration of a Piper voice ({error!r})") from None
    if config.phoneme_type not in _LOCAL_PHONEMES:
        raise Problem(
            f"the voice {path.stem} needs data from the network to pronounce ({config.phoneme_type.value})",
            "Choose another voice",
        )
    return config
