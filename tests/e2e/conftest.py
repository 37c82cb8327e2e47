"""What tests of the whole process share: a room, a voice to speak in it, and ears to understand the answer."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from tests.e2e.pulse import room
from voiceslm.audio import RATE
from voiceslm.events import Audio
from voiceslm.listening.vad import SileroVad
from voiceslm.stt.whisper import WhisperEngine
from voiceslm.tts.clauses import Clause, Ending
from voiceslm.tts.piper import PiperEngine

__all__ = ["room"]


@pytest.fixture(scope="module")
def voice(joe):
    engine = PiperEngine(joe, threads=1)

    def speak(text):
        audio = engine.synthesize(Clause(text, Ending.SENTENCE))
        quiet = np.zeros(RATE // 5, np.float32)
        loud = soxr.resample(audio.samples, audio.sample_rate, RATE) * 0.5
        return np.concatenate([quiet, loud.astype(np.float32), quiet])

    return speak


@pytest.fixture(scope="module")
def understand(tiny_whisper):
    engine = WhisperEngine(tiny_whisper, language="en", find_speech=SileroVad().spans, threads=1)
    return lambda samples: engine.transcribe(Audio(samples, RATE)).text
