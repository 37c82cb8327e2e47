"""Durations as they are said and heard."""

from __future__ import annotations

import pytest

from voiceslm.skills.durations import adjective, seconds_of, spoken, spoken_left


@pytest.mark.parametrize(
    ("slots", "seconds"),
    [
        ({"minutes": 10}, 600),
        ({"minutes": "10.0"}, 600),
        ({"hours": "1", "minutes": 5, "seconds": 30.0}, 3930),
        ({"seconds": "0"}, 0),
        ({}, None),
        ({"minutes": "many"}, None),
        ({"minutes": "inf"}, None),
    ],
)
def test_slots_of_any_kind_add_up_to_seconds(slots, seconds):
    assert seconds_of(slots) == seconds


def test_slots_with_a_prefix_are_apart_from_those_without():
    assert seconds_of({"minutes": 5, "start_minutes": 10}, "start_") == 600


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (60, "1 minute"),
        (600, "10 minutes"),
        (90, "1 minute and 30 seconds"),
        (3930, "1 hour, 5 minutes and 30 seconds"),
        (7200, "2 hours"),
        (0.2, "1 second"),
    ],
)
def test_a_duration_is_spoken_without_zeros(seconds, words):
    assert spoken(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (599, "9 minutes and 59 seconds"),
        (719.6, "12 minutes"),
        (754, "13 minutes"),
        (3629, "1 hour"),
        (5400, "1 hour and 30 minutes"),
    ],
)
def test_seconds_are_left_out_where_much_is_left(seconds, words):
    assert spoken_left(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(600, "10 minute"), (5400, "1 hour 30 minute")])
def test_before_a_noun_the_unit_has_no_plural(seconds, words):
    assert adjective(seconds) == words
