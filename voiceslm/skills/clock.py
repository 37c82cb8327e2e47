"""The time and the date, in words that a voice reads well.

English only, as the sentences that ask for them are. Names are written here because `strftime` follows the
locale of the process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.skills.skill import Reply

if TYPE_CHECKING:
    from datetime import date, time

    from voiceslm.events import Intent
    from voiceslm.skills.skill import Context

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NOON = 12
_TWO_DIGITS = 10
"""Minutes from here on are read as one number."""


def tell_time(_intent: Intent, context: Context) -> Reply:
    """Say what time it is, to the minute: "It's 5:42 PM."."""
    return Reply(f"It's {_spoken_time(context.now.time())}.")


def tell_date(_intent: Intent, context: Context) -> Reply:
    """Say what day it is: "It's Tuesday, November 24th."."""
    return Reply(f"It's {_spoken_date(context.now.date())}.")


def _spoken_time(now: time) -> str:
    """Avoid the zeros: espeak, and so Piper, reads 5:00 as "five zero zero" and 5:05 as "five zero five"."""
    hour = now.hour % _NOON or _NOON
    half = "AM" if now.hour < _NOON else "PM"
    if now.minute >= _TWO_DIGITS:
        return f"{hour}:{now.minute} {half}"
    if now.minute:
        return f"{hour} oh {now.minute} {half}"
    if hour == _NOON:
        return "12 noon" if half == "PM" else "12 midnight"
    return f"{hour} {half}"


def _spoken_date(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]}, {_MONTHS[day.month - 1]} {_ordinal(day.day)}"


def _ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th … 11th … 21st, for days of a month."""
    teens = (11, 12, 13)
    suffix = "th" if number in teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
