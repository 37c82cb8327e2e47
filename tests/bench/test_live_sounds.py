"""What is said in the room: when it is audible, where it may pause, and coughs."""

from __future__ import annotations

import numpy as np
import pytest

from voiceslm.audio import RATE
from voiceslm.bench.live.cough import coughs
from voiceslm.bench.live.sounds import audible_span, clip, trimmed
from voiceslm.bench.live.splice import longest_pause, with_pause, word_gap


def tone(seconds, level=0.5):
    return (level * np.sin(0.3 * np.arange(round(seconds * RATE)))).astype(np.float32)


def silence(seconds):
    return np.zeros(round(seconds * RATE), np.float32)


def words(*seconds, gap=0.08):
    parts = [part for length in seconds for part in (tone(length), silence(gap))]
    return np.concatenate(parts[:-1])


def test_the_last_sound_is_that_of_the_last_audible_ten_milliseconds():
    samples = np.concatenate([silence(0.2), tone(0.5), tone(0.2, 0.05), tone(0.3, 0.002), silence(1)])

    assert audible_span(samples) == pytest.approx((0.2, 0.9))
    assert len(trimmed(samples)) == pytest.approx(0.7 * RATE, abs=1)


def test_a_sound_far_below_the_loudest_is_not_audible_though_above_the_floor():
    samples = np.concatenate([tone(0.5, 0.9), tone(0.5, 0.9 * 10 ** (-39 / 20))])

    assert audible_span(samples) == pytest.approx((0.0, 0.5))


def test_silence_is_never_audible():
    assert audible_span(silence(1)) == (0.0, 0.0)
    assert audible_span(silence(0)) == (0.0, 0.0)


def test_everything_is_said_at_one_level():
    said = clip("quiet", tone(0.5, 0.01))

    assert np.abs(said.samples).max() == pytest.approx(0.5)
    assert (said.first, said.last) == pytest.approx((0.0, 0.5))


def test_the_gap_is_the_quietest_place_near_the_middle():
    samples = words(0.2, 1.0, 0.9)

    cut = word_gap(samples)

    assert cut is not None
    assert 1.28 <= cut / RATE <= 1.36


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(words(0.3, 0.3), id="too short"),
        pytest.param(tone(3.0), id="no gap"),
        pytest.param(words(0.2, 2.8), id="only at the beginning"),
        pytest.param(words(2.8, 0.2), id="only at the end"),
    ],
)
def test_there_may_be_no_gap(samples):
    assert word_gap(samples) is None


def test_a_pause_is_put_in_without_a_click_and_without_losing_anything():
    samples = np.ones(RATE, np.float32)

    paused = with_pause(samples, RATE // 2, 0.6)

    assert len(paused) == pytest.approx(1.6 * RATE)
    assert not paused[RATE // 2 : RATE // 2 + round(0.6 * RATE)].any()
    assert np.abs(np.diff(paused)).max() < 0.02
    assert samples.all()


def test_the_longest_pause_is_found_wherever_it_is():
    samples = np.concatenate([tone(0.5), silence(0.2), tone(0.5), silence(0.4), tone(0.5)])

    assert longest_pause(samples) == pytest.approx(0.4, abs=0.011)
    assert longest_pause(tone(1.0)) == 0.0


def test_a_cough_begins_abruptly_and_is_over_within_two_seconds():
    generator = np.random.default_rng(3)
    for _ in range(20):
        sound = coughs(generator)
        assert 0.15 < len(sound) / RATE < 2.0
        assert np.abs(sound).max() <= 1.0
        assert np.abs(sound[: RATE // 25]).max() > 0.2
