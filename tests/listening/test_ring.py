"""The last minute of the microphone, by the clock."""

import numpy as np
import pytest

from voiceslm.listening.ring import Ring


def filled(seconds, ring_seconds=4.0):
    """A ring in which each sample is the number of its 10 ms frame, from clock second 50 on."""
    ring = Ring(ring_seconds)
    for index in range(round(seconds * 100)):
        ring.write(np.full(160, index, np.float32), 50 + (index + 1) / 100)
    return ring


def test_a_stretch_is_found_by_its_clock_seconds():
    audio = filled(3).read(51, 52)
    assert audio.seconds == pytest.approx(1.0)
    assert (audio.samples[0], audio.samples[-1]) == (100, 199)


def test_the_end_of_what_was_heard_is_the_end():
    audio = filled(3).read(52.5, 99)
    assert audio.seconds == pytest.approx(0.5)
    assert audio.samples[-1] == 299


def test_what_is_no_longer_held_is_missing_at_the_front():
    audio = filled(10).read(50, 60)
    assert audio.seconds == pytest.approx(4.0)
    assert audio.samples[0] == 600


def test_before_anything_was_written_there_is_nothing_of_the_time():
    assert filled(1).read(70, 71).seconds == 0


def test_what_was_lost_is_silence_and_what_came_before_keeps_its_time():
    ring = Ring(4.0)
    loud = np.ones(160, np.float32)
    ring.write(loud, 50.01)
    ring.write(loud, 51.01)
    audio = ring.read(50.0, 51.01)
    assert np.all(audio.samples[:160] == 1)
    assert not audio.samples[160:-160].any()
    assert np.all(audio.samples[-160:] == 1)


def test_a_loss_longer_than_what_is_held_leaves_silence_alone():
    ring = Ring(1.0)
    ring.write(np.ones(160, np.float32), 50.01)
    ring.write(np.ones(160, np.float32), 99.0)
    assert np.count_nonzero(ring.read(98.0, 99.0).samples) == 160
