"""What else sounds while somebody speaks, and how loud."""

from __future__ import annotations

import numpy as np
import pytest

from voiceslm.audio import RATE
from voiceslm.bench.speech.mixing import (
    CONDITIONS,
    SPEECH,
    active_level,
    excerpt,
    in_a_room,
    levelled,
    mixed,
    reverberant,
    rms,
)

CHANCE = np.random.default_rng(1)
TALK = np.concatenate([np.zeros(RATE), 0.2 * CHANCE.standard_normal(RATE), np.zeros(RATE)]).astype(np.float32)
"""A second of speech between two of silence."""

SPANS = [(1.0, 2.0)]
HISS = CHANCE.standard_normal(len(TALK)).astype(np.float32)


def decibels(ratio):
    return 20 * np.log10(ratio)


def test_silence_before_and_after_speech_does_not_count_for_its_level():
    assert active_level(TALK, SPANS) == pytest.approx(0.2, rel=0.02)
    assert active_level(TALK, SPANS) > 1.5 * rms(TALK)


def test_without_a_voice_all_of_it_counts():
    assert active_level(TALK, []) == rms(TALK)


def test_speech_is_brought_to_one_active_level():
    assert active_level(levelled(TALK, SPANS), SPANS) == pytest.approx(SPEECH)


@pytest.mark.parametrize("snr_db", [20, 10, 5])
def test_what_is_added_is_as_much_softer_than_the_active_speech_as_it_shall_be(snr_db):
    level = active_level(TALK, SPANS)

    added = mixed(TALK, HISS, level=level, snr_db=snr_db) - TALK

    assert decibels(level / rms(added)) == pytest.approx(snr_db, abs=0.01)


def test_silence_cannot_be_made_loud():
    assert np.isfinite(mixed(TALK, np.zeros_like(TALK), level=0.2, snr_db=5)).all()


def test_an_excerpt_of_what_is_too_short_goes_on_from_its_beginning():
    short = np.arange(10, dtype=np.float32)

    taken = excerpt(short, 25, np.random.default_rng(3))

    assert len(taken) == 25
    assert set(taken) == set(short)


def test_an_excerpt_is_a_stretch_of_the_whole():
    taken = excerpt(np.arange(100, dtype=np.float32), 10, np.random.default_rng(3))

    assert (np.diff(taken) % 100 == 1).all()


def test_an_echoing_room_leaves_speech_as_loud_and_makes_it_longer():
    response = np.exp(-np.arange(4000) / 800).astype(np.float32)

    heard = reverberant(TALK, response)

    assert rms(heard[: len(TALK)]) == pytest.approx(rms(TALK))
    assert len(heard) == len(TALK) + 3999


def test_a_room_is_never_silent():
    heard = in_a_room(np.zeros(RATE, np.float32), np.random.default_rng(5))

    assert decibels(rms(heard)) == pytest.approx(-60, abs=0.5)
    assert len(heard) == 2 * RATE


def test_every_condition_has_a_name_of_its_own():
    names = [condition.name for condition in CONDITIONS]
    assert names[0] == "clean"
    assert "noise, 5 dB" in names
    assert "reverberant" in names
    assert len(set(names)) == len(names)
