"""Voice activity: spans of speech in seconds."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from voiceslm.audio.wavfile import read_audio
from voiceslm.events import Audio
from voiceslm.listening.vad import FRAME, SileroVad, spans_of, speech_seconds

SPEECH = Path(os.environ.get("VOICESLM_DATA", Path(__file__).parents[3] / "shared/data")) / "speech"
needs_data = pytest.mark.skipif(
    not (SPEECH / "manifest.jsonl").is_file(), reason="speech data absent: set VOICESLM_DATA"
)


@pytest.fixture(scope="module")
def vad() -> SileroVad:
    return SileroVad()


@pytest.mark.parametrize(
    ("probabilities", "spans"),
    [
        ([], []),
        ([0.4, 0.49, 0.4], []),
        ([0.1, 0.5, 0.1], [(1, 2)]),
        ([0.1, 0.6, 0.4, 0.36, 0.34, 0.4], [(1, 4)]),
        ([0.9, 0.9], [(0, 2)]),
        ([0.9, 0.1, 0.9], [(0, 3)]),
        ([0.9, 0.1, 0.1, 0.9], [(0, 1), (3, 4)]),
    ],
    ids=["nothing", "below the entry", "one frame", "stays low", "to the end", "short gap", "long gap"],
)
def test_spans_enter_high_leave_low_and_bridge_short_gaps(probabilities, spans):
    assert spans_of(probabilities, frame_seconds=1.0, bridge_seconds=1.5) == spans


def test_speech_seconds_is_the_sum_of_the_spans():
    assert speech_seconds([(0.5, 1.0), (2.0, 2.25)]) == 0.75


@pytest.mark.parametrize("level", [0.0, 0.001, 0.1, 0.9])
def test_white_noise_at_any_level_is_not_speech(vad, level):
    noise = level * np.random.default_rng(1).standard_normal(10 * 16_000).astype(np.float32)

    assert vad.spans(Audio(np.clip(noise, -1, 1), 16_000)) == []


def test_nothing_to_hear_is_no_speech(vad):
    assert vad.spans(Audio(np.zeros(0, np.float32), 16_000)) == []


def test_another_rate_is_a_mistake_of_the_program(vad):
    with pytest.raises(ValueError, match="16000 Hz"):
        vad.spans(Audio(np.zeros(8_000, np.float32), 8_000))


def test_half_a_frame_is_a_mistake_of_the_program(vad):
    with pytest.raises(ValueError, match="512"):
        vad.probabilities(np.zeros(FRAME // 2, np.float32))


@needs_data
def test_frame_by_frame_gives_what_the_whole_clip_gives(vad):
    samples = read_audio(SPEECH / "librispeech_read/1688-142285-0002.flac").samples
    samples = samples[: len(samples) // FRAME * FRAME]

    vad.reset()
    whole = vad.probabilities(samples)
    vad.reset()
    single = np.concatenate([vad.probabilities(frame) for frame in samples.reshape(-1, FRAME)])

    assert whole.max() > 0.9
    assert single == pytest.approx(whole, abs=1e-4)


@needs_data
def test_silence_around_a_sentence_is_outside_its_spans(vad):
    clip = read_audio(SPEECH / "librispeech_read/1688-142285-0002.flac").samples
    quiet = np.zeros(3 * 16_000, np.float32)

    spans = vad.spans(Audio(np.concatenate([quiet, clip, quiet]), 16_000))

    assert spans[0][0] >= 2.9
    assert spans[-1][1] <= 3 + len(clip) / 16_000 + 0.1
    assert 1.5 <= speech_seconds(spans) <= len(clip) / 16_000


def clips(*sets: str) -> list[Path]:
    rows = map(json.loads, (SPEECH / "manifest.jsonl").read_text().splitlines())
    return [SPEECH / row["path"] for row in rows if row["set"] in sets and row["seconds"] <= 60]


@needs_data
def test_every_single_word_is_found_and_hardly_any_noise(vad):
    found = [bool(vad.spans(read_audio(path))) for path in clips("wakeword", "precise_words", "alnum_words")]
    noise = [bool(vad.spans(read_audio(path))) for path in clips("bg_noise", "rir")]

    assert all(found)
    assert sum(noise) <= 1, "one of the noise clips has a voice far away in it"
