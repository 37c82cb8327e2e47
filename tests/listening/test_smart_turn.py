"""The turn model: a probability from the sound of the last seconds."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import model
from voiceslm.audio.wavfile import read_audio
from voiceslm.errors import Problem
from voiceslm.events import Audio
from voiceslm.listening.smart_turn import WINDOW_SECONDS, SmartTurn

RATE = 16_000
ORDER = "speech/barista/95d1a48e-1d74-44f4-b69a-1e893be9e7aa.flac"
"""A person: "Can I have a medium roast cappuccino with … a bit of almond milk?"."""

BREAKS_OFF = 4.0
"""Seconds at which the clip is cut, after "with"."""


@pytest.fixture(scope="module")
def turn():
    return SmartTurn(model("smart-turn-v3.2", "turn"))


@pytest.fixture(scope="module")
def order(speech_data):
    return read_audio(speech_data / ORDER).samples[: round(5.1 * RATE)]


def then_quiet(samples, seconds=0.1):
    """Add the room's noise at -60 dBFS, as after the last word."""
    noise = np.random.default_rng(1).normal(0, 0.001, round(seconds * RATE))
    return Audio(np.concatenate([samples, noise]).astype(np.float32), RATE)


@pytest.mark.models
def test_a_whole_request_sounds_finished_and_half_of_it_does_not(turn, order):
    assert turn.finished(then_quiet(order)) > 0.8
    assert turn.finished(then_quiet(order[: round(BREAKS_OFF * RATE)])) < 0.1


@pytest.mark.models
def test_silence_in_front_changes_little(turn, order):
    alone = turn.finished(then_quiet(order))
    later = turn.finished(then_quiet(np.concatenate([np.zeros(RATE, np.float32), order])))
    assert later == pytest.approx(alone, abs=0.05)


@pytest.mark.models
def test_only_the_last_eight_seconds_count(turn, order):
    last = then_quiet(np.tile(order, 3)).samples
    assert len(last) > WINDOW_SECONDS * RATE
    whole = turn.finished(Audio(last, RATE))
    assert whole == turn.finished(Audio(last[-WINDOW_SECONDS * RATE :], RATE))


@pytest.mark.models
def test_loudness_does_not_matter(turn, order):
    request = then_quiet(order)
    quiet = Audio(request.samples * 0.1, RATE)
    assert turn.finished(quiet) == pytest.approx(turn.finished(request), abs=0.05)


@pytest.mark.models
@pytest.mark.parametrize("seconds", [0, 0.001, 1, 20])
def test_any_length_of_nothing_gives_a_probability(turn, seconds):
    assert 0 <= turn.finished(Audio(np.zeros(round(seconds * RATE), np.float32), RATE)) <= 1


@pytest.mark.models
def test_another_rate_is_a_mistake_of_the_program(turn):
    with pytest.raises(ValueError, match="16000 Hz"):
        turn.finished(Audio(np.zeros(8_000, np.float32), 8_000))


def test_a_damaged_model_is_named(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(Problem, match=r"model\.onnx cannot be loaded.*voiceslm models pull smart-turn-v3\.2"):
        SmartTurn(path)


@pytest.mark.models
def test_another_model_is_refused(joe):
    with pytest.raises(Problem, match="is not a smart-turn model"):
        SmartTurn(joe)
