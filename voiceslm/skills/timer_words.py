"""What timers and alarms are called when they are spoken of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.skills.clock import spoken_moment, spoken_time, spoken_weekdays
from voiceslm.skills.durations import adjective, spoken_left
from voiceslm.skills.speech import begun, counted, joined
from voiceslm.skills.timers import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from voiceslm.skills.timers import Timer


def label(timer: Timer) -> str:
    """Return the shortest words for a timer: "pizza", "10 minute"."""
    return timer.name or timer.command or adjective(timer.seconds)


def the(timer: Timer) -> str:
    """Return "the pizza timer", "the 10 minute timer", "the timer to turn off the lights"."""
    if timer.command and not timer.name:
        return f"the timer to {timer.command}"
    return f"the {label(timer)} timer"


def left(timer: Timer, now: datetime) -> str:
    """Return "12 minutes left on the pizza timer", and that it is paused."""
    paused = ", which is paused" if timer.due is None else ""
    return f"{spoken_left(timer.remaining(now))} left on {the(timer)}{paused}"


def which_timer(timers: Sequence[Timer]) -> str:
    """Ask which of several is meant: "You have two timers: pizza and tea. Which one?"."""
    labels = [label(timer) for timer in timers]
    if len(set(labels)) == 1:
        return f"You have {counted(len(timers), f'{labels[0]} timer')}. The first or the last one?"
    return f"You have {counted(len(timers), 'timer')}: {joined(labels)}. Which one?"


def spoken_alarm(alarm: Timer, now: datetime) -> str:
    """Return when it rings: "7 AM tomorrow", "7 AM every weekday"."""
    if alarm.at is not None:
        return f"{spoken_time(alarm.at)} {spoken_weekdays(alarm.days)}"
    assert alarm.due is not None
    return spoken_moment(alarm.due.astimezone(now.tzinfo), now)


def announcement(timer: Timer, now: datetime) -> str:
    """Return what to say while ``timer``, which was due, rings; or when it was found to be late.

    A delayed command that is on time is carried out, not announced: the text is empty. One that is late must
    not be carried out any more, and is told.

    Args:
        timer: as `Timers.due` returned it.
        now: aware, in the time zone of the people in the room.
    """
    late = timer.is_late(now)
    if timer.kind is Kind.ALARM:
        due = timer.due or now
        at = spoken_time(due.astimezone(now.tzinfo).time())
        return f"The {at} alarm went off while I was away." if late else f"It's {at}."
    if timer.command:
        return f"I was away when it was time to {timer.command}." if late else ""
    return begun(f"{the(timer)} went off while I was away." if late else f"{the(timer)} is done.")
