"""Which stretches are someone speaking to us, and when someone begins."""

from __future__ import annotations

import pytest

from voiceslm.events import Activity
from voiceslm.listening.gate import BELOW_SPEAKER, PLAYING, QUIET, STEP, Gate

NOISE = -60.0


def stretch(probability=1.0, level=-20.0, noise=NOISE):
    return Activity(0.0, probability, level, noise)


def begins_after(pattern, bar=QUIET):
    """Return how many stretches of ``pattern`` (x is speech) it takes until someone begins; None: nobody."""
    gate = Gate()
    for count, mark in enumerate(pattern, start=1):
        gate.take(stretch() if mark == "x" else stretch(0.0, NOISE), bar)
        if gate.begins(bar):
            return count
    return None


def spoken_to(level=-20.0):
    """Return a gate that has come to know a speaker."""
    gate = Gate()
    for _ in range(30):
        assert gate.take(stretch(level=level), QUIET)
        gate.follow(stretch(level=level))
    return gate


@pytest.mark.parametrize("bar", [QUIET, PLAYING])
def test_speech_begins_at_one_probability_and_lasts_at_a_lower_one(bar):
    gate = Gate()
    assert not gate.take(stretch(bar.enter - 0.01), bar)
    assert gate.take(stretch(bar.enter), bar)
    assert gate.take(stretch(bar.stay), bar)
    assert not gate.take(stretch(bar.stay - 0.01), bar)
    assert not gate.take(stretch(bar.stay), bar)


@pytest.mark.parametrize("bar", [QUIET, PLAYING])
def test_what_hardly_exceeds_the_rooms_noise_is_no_speech(bar):
    gate = Gate()
    assert not gate.take(stretch(level=NOISE + bar.over_noise - 0.1), bar)
    assert gate.take(stretch(level=NOISE + bar.over_noise), bar)


def test_while_the_loudspeaker_speaks_the_bar_is_higher():
    echo = stretch((QUIET.enter + PLAYING.enter) / 2)
    assert Gate().take(echo, QUIET)
    assert not Gate().take(echo, PLAYING)
    faint = stretch(level=NOISE + (QUIET.over_noise + PLAYING.over_noise) / 2)
    assert Gate().take(faint, QUIET)
    assert not Gate().take(faint, PLAYING)


def test_a_word_of_a_quarter_second_is_enough_to_begin():
    assert begins_after("x" * int(0.25 / STEP)) == QUIET.needed


def test_a_click_is_not():
    assert begins_after("x" * (QUIET.needed - 1) + "." * 10) is None


def test_speech_with_a_short_gap_in_it_begins_too():
    assert begins_after("xx.x") == 4


def test_clicks_far_apart_do_not_add_up():
    assert begins_after("x....x....x....x....x") is None


def test_a_voice_far_below_the_speakers_is_someone_elses():
    assert spoken_to(-20.0).take(stretch(level=-20.0 - BELOW_SPEAKER + 0.5), QUIET)
    assert not spoken_to(-20.0).take(stretch(level=-20.0 - BELOW_SPEAKER - 0.5), QUIET)


def test_before_someone_speaks_a_quiet_voice_counts():
    assert Gate().take(stretch(level=-45.0), QUIET)


def test_a_speaker_who_trails_off_is_followed():
    gate = Gate()
    for level in (-20.0 - 0.1 * step for step in range(300)):
        assert gate.take(stretch(level=level), QUIET)
        gate.follow(stretch(level=level))


def test_a_louder_speaker_becomes_the_one_who_counts():
    gate = spoken_to(-45.0)
    for _ in range(60):
        gate.follow(stretch(level=-15.0))
    assert not gate.take(stretch(level=-45.0), QUIET)


def test_after_a_reset_nobody_is_known_and_nobody_speaks():
    gate = spoken_to(-20.0)
    gate.reset()
    assert not gate.begins(QUIET)
    assert gate.take(stretch(level=-45.0), QUIET)
    assert not gate.begins(QUIET)


def test_after_a_reset_speech_must_begin_anew():
    gate = spoken_to()
    gate.reset()
    assert not gate.take(stretch((QUIET.stay + QUIET.enter) / 2), QUIET)
