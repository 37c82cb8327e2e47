"""The time and the date as they are spoken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from voiceslm.events import Intent
from voiceslm.skills import Context, Reply, Skills


def told(name, **moment):
    now = datetime(**({"year": 2026, "month": 11, "day": 24} | moment), tzinfo=UTC)
    return Skills(now=lambda: now).reply(Intent(name), Context(now=now, last_reply=""))


@pytest.mark.parametrize(
    ("hour", "minute", "spoken"),
    [
        (17, 42, "It's 5:42 PM."),
        (8, 20, "It's 8:20 AM."),
        (0, 30, "It's 12:30 AM."),
        (12, 30, "It's 12:30 PM."),
        (23, 59, "It's 11:59 PM."),
        (10, 10, "It's 10:10 AM."),
    ],
)
def test_the_time_is_told_on_the_twelve_hour_clock(hour, minute, spoken):
    assert told("time", hour=hour, minute=minute) == Reply(spoken)


@pytest.mark.parametrize(
    ("hour", "minute", "spoken"),
    [
        (17, 0, "It's 5 PM."),
        (17, 5, "It's 5 oh 5 PM."),
        (0, 1, "It's 12 oh 1 AM."),
        (12, 0, "It's 12 noon."),
        (0, 0, "It's 12 midnight."),
    ],
)
def test_no_zero_is_left_for_the_voice_to_stumble_over(hour, minute, spoken):
    assert told("time", hour=hour, minute=minute) == Reply(spoken)


@pytest.mark.parametrize(
    ("month", "day", "spoken"),
    [
        (11, 24, "It's Tuesday, November 24th."),
        (3, 1, "It's Sunday, March 1st."),
        (5, 2, "It's Saturday, May 2nd."),
        (8, 3, "It's Monday, August 3rd."),
        (2, 11, "It's Wednesday, February 11th."),
        (2, 12, "It's Thursday, February 12th."),
        (2, 13, "It's Friday, February 13th."),
        (6, 21, "It's Sunday, June 21st."),
        (9, 22, "It's Tuesday, September 22nd."),
        (4, 23, "It's Thursday, April 23rd."),
        (12, 31, "It's Thursday, December 31st."),
    ],
)
def test_the_date_is_told_with_its_weekday(month, day, spoken):
    assert told("date", month=month, day=day) == Reply(spoken)


@pytest.mark.parametrize(("name", "other"), [("time", "HassGetCurrentTime"), ("date", "HassGetCurrentDate")])
def test_home_assistants_words_for_it_are_understood_as_well(name, other):
    assert told(name) == told(other)
