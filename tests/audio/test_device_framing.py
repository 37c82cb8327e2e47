"""From blocks to frames: nothing lost, time smooth, the reference in step."""

from __future__ import annotations

import numpy as np
import pytest

from voiceslm.audio import FRAME, FRAME_SECONDS, RATE
from voiceslm.audio.framing import LEAD_SECONDS, Microphone, Reference


def hum(rate, seconds, hz=50.0):
    return np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate).astype(np.float32)


def blocks(samples, rate):
    return np.split(samples, len(samples) // (rate // 100))


def heard(rate, samples, delay=lambda _: 0.0, began=100.0, gaps=()):
    microphone = Microphone(rate)
    for number, block in enumerate(blocks(samples, rate)):
        ended = began + (number + 1) * 0.01 + delay(number)
        yield from microphone.take(block, ended, gap=number in gaps)


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 8_000, 96_000])
def test_frames_are_the_sound_at_16_khz_and_carry_its_time_whatever_the_resampler_delays(rate):
    frames = list(heard(rate, hum(rate, 2.0)))
    assert {len(frame) for frame, _ in frames} == {FRAME}
    sound = np.concatenate([frame for frame, _ in frames])
    np.testing.assert_allclose(sound[2000:-2000], hum(RATE, 2.0)[2000 : len(sound) - 2000], atol=0.06)
    assert frames[150][1] == pytest.approx(100.0 + 151 * FRAME_SECONDS, abs=1e-6)


def test_late_callbacks_do_not_shake_the_time():
    random = np.random.default_rng(1)
    late = random.exponential(0.004, 1000)
    late[::37] = 0.0  # now and then one is on time
    times = np.array([at for _, at in heard(16_000, np.zeros(160_000, np.float32), late.__getitem__)])
    steps = np.diff(times[200:])
    assert steps.min() > 0.0098
    assert steps.max() < 0.0102
    assert abs(times[-1] - 110.0) < 0.002


def test_time_follows_a_clock_that_drifts():
    drift = 200e-6
    times = [at for _, at in heard(16_000, np.zeros(960_000, np.float32), lambda n: n * 0.01 * drift)]
    assert times[-1] == pytest.approx(100.0 + 60.0 * (1 + drift), abs=0.002)


@pytest.mark.parametrize("flagged", [True, False], ids=["counted", "silent"])
def test_after_lost_samples_time_is_right_again_and_never_goes_back(flagged):
    gaps = {200} if flagged else ()
    times = np.array(
        [at for _, at in heard(16_000, np.zeros(64_000, np.float32), lambda n: 0.5 * (n >= 200), gaps=gaps)]
    )
    assert (np.diff(times) > 0).all()
    assert times[-1] == pytest.approx(104.5, abs=0.001)


def test_a_backlog_at_the_beginning_is_not_taken_for_delay_for_long():
    # 400 ms wait in the driver and then come at once, as with PulseAudio.
    times = np.array(
        [at for _, at in heard(16_000, np.zeros(64_000, np.float32), lambda n: max(0.0, 0.4 - n * 0.01))]
    )
    assert (np.diff(times) > 0).all()
    assert times[-1] == pytest.approx(104.0, abs=0.001)


def played(rate, samples, began, reference=None):
    reference = reference or Reference(rate)
    for number, block in enumerate(blocks(samples, rate)):
        reference.take(block, began + number * 0.01, gap=False)
    return reference


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_the_reference_is_what_was_played_when_the_microphone_heard_a_little_ahead(rate):
    reference = played(rate, hum(rate, 1.0, 97.0), 50.0)
    expected = hum(RATE, 1.0, 97.0)
    for number in range(20, 60):
        frame = reference.frame(50.0 + (number + 1) * FRAME_SECONDS)
        start = number * FRAME + round(LEAD_SECONDS * RATE)
        np.testing.assert_allclose(frame, expected[start : start + FRAME], atol=0.07)
    assert reference.slips == 0


def test_before_anything_played_and_after_it_ended_the_reference_is_silence():
    reference = Reference(16_000)
    assert not reference.frame(1.0).any()
    played(16_000, np.ones(1600, np.float32), 5.0, reference)
    assert not reference.frame(4.9).any()
    assert reference.frame(5.05).all()
    assert not reference.frame(9.0).any()


def test_two_clocks_that_drift_apart_are_put_in_step_and_it_is_counted():
    reference = Reference(16_000)
    drift = 1e-3
    errors = []
    for number in range(6000):
        now = number * 0.01
        reference.take(np.full(160, now, np.float32), now * (1 + drift) + 0.06, gap=False)
        frame = reference.frame(now)
        errors.append(float(frame[0]) - (now - FRAME_SECONDS + LEAD_SECONDS - 0.06) / (1 + drift))
    assert np.abs(errors[100:]).max() < 0.032  # the slip's 20 ms, the coarse marks' 10
    assert 1 <= reference.slips <= 4


@pytest.mark.parametrize("flagged", [True, False], ids=["counted", "silent"])
def test_after_a_gap_the_reference_is_in_step_at_once(flagged):
    ramp = np.arange(16_000, dtype=np.float32)
    reference = Reference(16_000)
    for number, block in enumerate(blocks(ramp, 16_000)):
        late = 0.3 * (number >= 50)
        reference.take(block, 50.0 + number * 0.01 + late, gap=flagged and number == 50)
    assert reference.frame(50.0 + 0.3 + 0.7)[0] == pytest.approx(
        16_000 * (0.7 - FRAME_SECONDS + LEAD_SECONDS), abs=2
    )


def test_the_reference_is_bounded_while_nobody_takes_it():
    reference = played(16_000, np.zeros(16_000 * 30, np.float32), 0.0)
    assert len(reference._samples) == 2 * RATE
