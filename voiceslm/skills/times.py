"""Times of day: from the slots of a sentence to a moment.

The slots are those of the sentences for alarms: ``hour``, ``minute``, ``past``, ``to`` (minutes), ``digits``
("730"), ``named`` (noon, midnight), ``part`` (am, pm, night), ``day`` (today, tomorrow, monday …), ``days``
(of the week, such as "0 4"), ``daily_part`` (a ``part`` of every day).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from voiceslm.skills.skill import number, said
from voiceslm.skills.timers import next_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from voiceslm.skills.skill import Slots

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_HOUR = 60
_DIAL = 12 * _HOUR
_DAY = 2 * _DIAL
_SMALL_HOURS = 5 * _HOUR
"""Minutes after midnight up to which it is night, and before which nobody plainly means the morning."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as it was said."""

    times: tuple[time, ...]
    """The one that was said, or the two that may have been meant: before noon, after noon."""

    def usual(self, *, waking: bool) -> time:
        """Return the one that people mean where nothing says which: from 5 AM to 5 PM, or to wake at."""
        if waking or _minutes(self.times[0]) >= _SMALL_HOURS:
            return self.times[0]
        return self.times[-1]


def clock_of(slots: Slots) -> Clock | None:
    """Return the time of day in ``slots``, None where there is none, or none that exists."""
    named = {"noon": time(12), "midnight": time(0)}.get(said(slots, "named"))
    if named is not None:
        return Clock((named,))
    hour, minute = number(slots, "hour"), number(slots, "minute") or 0
    if (digits := number(slots, "digits")) is not None:
        hour, minute = divmod(digits, 100)
    if hour is None or hour * _HOUR >= _DAY or minute >= _HOUR:
        return None
    exact = hour == 0 or hour > 12  # noqa: PLR2004 - only the clock of 24 hours has these
    total = hour * _HOUR + minute + (number(slots, "past") or 0) - (number(slots, "to") or 0)
    part = said(slots, "part") or said(slots, "daily_part")
    return Clock(_times(total % _DAY, part, exact=exact))


def days_of(slots: Slots) -> tuple[int, ...]:
    """Return the days of the week on which it shall come again, 0 = Monday; empty for once."""
    if said(slots, "daily_part"):
        return tuple(range(7))
    return tuple(int(day) for day in said(slots, "days").split())


def date_of(slots: Slots, now: datetime) -> date | None:
    """Return the day that is meant, None where none was said; a weekday may be today."""
    day = said(slots, "day")
    if day == "today":
        return now.date()
    if day == "tomorrow":
        return now.date() + timedelta(days=1)
    if day in WEEKDAYS:
        return now.date() + timedelta(days=(WEEKDAYS.index(day) - now.weekday()) % 7)
    return None


def moment_of(
    clock: Clock, slots: Slots, now: datetime, zone: Callable[[datetime], datetime], *, waking: bool
) -> datetime | None:
    """Return when it is next what was said; None where that has passed today.

    Args:
        clock: of ``slots``.
        slots: of the intent.
        now: local and aware.
        zone: gives a naive local time its time zone.
        waking: somebody wants to be woken, so that of two times the one before noon is meant.
    """
    day, days = date_of(slots, now), days_of(slots)
    if day is None and not days:
        times = clock.times[:1] if waking else clock.times
        return min(next_time(at, (), now, zone) for at in times)
    if day is None:
        return next_time(clock.usual(waking=waking), days, now, zone)
    times = clock.times if day == now.date() else (clock.usual(waking=waking),)
    ahead = [moment for at in times if (moment := zone(datetime.combine(day, at))) > now]
    if not ahead and said(slots, "day") in WEEKDAYS:
        return zone(datetime.combine(day + timedelta(days=7), clock.usual(waking=waking)))
    return min(ahead, default=None)


def _times(total: int, part: str, *, exact: bool) -> tuple[time, ...]:
    """Return the time, or the two times, that ``total`` minutes on the clock may mean."""
    dial = total % _DIAL
    if exact:
        return (_time(total),)
    if part == "am" or (part == "night" and dial < _SMALL_HOURS):
        return (_time(dial),)
    if part:
        return (_time(dial + _DIAL),)
    return (_time(dial), _time(dial + _DIAL))


def _time(minutes: int) -> time:
    return time(*divmod(minutes, _HOUR))


def _minutes(moment: time) -> int:
    return moment.hour * _HOUR + moment.minute
