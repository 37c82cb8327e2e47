"""The time and the date, in words that a voice reads well.

English only, as the sentences that ask for them are. Names are written here because `strftime` follows the
locale of the process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.skills.skill import Reply
from voiceslm.skills.speech import joined

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime, time

    from voiceslm.events import Intent
    from voiceslm.skills.skill import Context

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NEAR_DAYS = {0: "today", 1: "tomorrow"}
_GROUPS = {tuple(range(7)): "every day", tuple(range(5)): "every weekday", (5, 6): "every weekend"}
_WEEK = 7
_NOON = 12
_TWO_DIGITS = 10
"""Minutes from here on are read as one number."""


def tell_time(_intent: Intent, context: Context) -> Reply:
    """Say what time it is, to the minute: "It's 5:42 PM."."""
    return Reply(f"It's {spoken_time(context.now.time())}.")


def tell_date(_intent: Intent, context: Context) -> Reply:
    """Say what day it is: "It's Tuesday, November 24th."."""
    return Reply(f"It's {spoken_date(context.now.date())}.")


def spoken_time(now: time) -> str:
    """Return "5:42 PM", "5 PM", "12 noon".

    The zeros are avoided: espeak, and so Piper, reads 5:00 as "five zero zero" and 5:05 as "five zero five".
    """
    hour = now.hour % _NOON or _NOON
    half = "AM" if now.hour < _NOON else "PM"
    if now.minute >= _TWO_DIGITS:
        return f"{hour}:{now.minute} {half}"
    if now.minute:
        return f"{hour} oh {now.minute} {half}"
    if hour == _NOON:
        return "12 noon" if half == "PM" else "12 midnight"
    return f"{hour} {half}"


def spoken_moment(moment: datetime, now: datetime) -> str:
    """Return "7 AM today", "7 AM tomorrow", "7 AM on Monday", and the date from a week on.

    Args:
        moment: local time.
        now: local time.
    """
    at = spoken_time(moment.time())
    ahead = (moment.date() - now.date()).days
    if ahead in _NEAR_DAYS:
        return f"{at} {_NEAR_DAYS[ahead]}"
    if 0 < ahead < _WEEK:
        return f"{at} on {_WEEKDAYS[moment.weekday()]}"
    return f"{at} on {spoken_date(moment.date())}"


def spoken_weekdays(days: Collection[int]) -> str:
    """Return "every day", "every weekday", "every Monday and Friday"; 0 is Monday."""
    chosen = tuple(sorted(days))
    return _GROUPS.get(chosen) or f"every {joined([_WEEKDAYS[day] for day in chosen])}"


def spoken_date(day: date) -> str:
    """Return "Tuesday, November 24th"."""
    return f"{_WEEKDAYS[day.weekday()]}, {_MONTHS[day.month - 1]} {_ordinal(day.day)}"


def _ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th … 11th … 21st, for days of a month."""
    teens = (11, 12, 13)
    suffix = "th" if number in teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
