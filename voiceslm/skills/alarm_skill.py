"""Alarms by voice: set, once or on days of the week; ask; cancel."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from voiceslm.skills.durations import seconds_of
from voiceslm.skills.keeping import kept
from voiceslm.skills.skill import Reply, said
from voiceslm.skills.speech import counted, every, joined
from voiceslm.skills.timer_skill import FULL
from voiceslm.skills.timer_words import spoken_alarm
from voiceslm.skills.timers import LONGEST, Kind, Timer
from voiceslm.skills.times import clock_of, date_of, days_of, moment_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from voiceslm.events import Intent
    from voiceslm.skills.skill import Context, Skill
    from voiceslm.skills.timers import Timers

NO_ALARM = "There is no alarm set."
WHEN = "For what time?"
PASSED = "That time has passed today."
TOO_FAR = "Say a time of day for an alarm that is more than 24 hours away."


class AlarmSkill:
    """Answers alarm_set, alarm_cancel, alarm_cancel_all and alarm_list."""

    def __init__(self, timers: Timers) -> None:
        """Speak about the alarms among ``timers``."""
        self._timers = timers

    def skills(self) -> dict[str, Skill]:
        """Return the skill for each intent."""
        return {
            "alarm_set": self._set,
            "clock_said": self._what_time,
            "alarm_cancel": self._cancel,
            "alarm_cancel_all": self._cancel_all,
            "alarm_list": self._list,
        }

    def _set(self, intent: Intent, context: Context) -> Reply:
        if self._timers.full:
            return Reply(FULL)
        if (seconds := seconds_of(intent.slots)) is not None:
            return (
                self._set_at(context.now + timedelta(seconds=seconds), context)
                if seconds <= LONGEST
                else Reply(TOO_FAR)
            )
        clock = clock_of(intent.slots)
        if clock is None:
            return Reply(WHEN)
        waking = bool(said(intent.slots, "waking"))
        due = moment_of(clock, intent.slots, context.now, self._timers.zone, waking=waking)
        if due is None:
            return Reply(PASSED)
        return self._set_at(due, context, days_of(intent.slots))

    def _what_time(self, intent: Intent, context: Context) -> Reply | None:
        return self._set(intent, context) if context.last_reply == WHEN else None

    def _set_at(self, due: datetime, context: Context, days: tuple[int, ...] = ()) -> Reply:
        at = due.time()
        alarm = Timer(0, Kind.ALARM, due, days=days, at=at if days else None)
        told = spoken_alarm(alarm, context.now)
        if any((other.due, other.days) == (due, days) for other in self._soonest_first()):
            return Reply(f"You already have an alarm for {told}.")
        text = f"Alarm set for {told}."
        return kept(self._timers, text, lambda: self._timers.set_alarm(due, at=at, days=days))

    def _cancel(self, intent: Intent, context: Context) -> Reply | None:
        alarms = self._soonest_first()
        if not alarms:
            return None if said(intent.slots, "or_device") else Reply(NO_ALARM)
        meant = _meant(intent, context, alarms)
        if not meant:
            return Reply(f"There is no such alarm. {_told(alarms, context)}")
        if len(meant) == 1:
            return self._cancelled(meant[0], context)
        options = tuple(
            (spoken_alarm(alarm, context.now), self._cancelled(alarm, context)) for alarm in meant
        )
        return Reply(f"{_told(meant, context)} Which one?", options=options)

    def _cancelled(self, alarm: Timer, context: Context) -> Reply:
        text = f"Cancelled the alarm for {spoken_alarm(alarm, context.now)}."
        return kept(self._timers, text, lambda: self._timers.remove({alarm.id}))

    def _cancel_all(self, _intent: Intent, _context: Context) -> Reply:
        alarms = self._soonest_first()
        if not alarms:
            return Reply(NO_ALARM)
        ids = {alarm.id for alarm in alarms}
        return kept(self._timers, f"Cancelled {every(len(ids), 'alarm')}.", lambda: self._timers.remove(ids))

    def _list(self, _intent: Intent, context: Context) -> Reply:
        alarms = self._soonest_first()
        return Reply(_told(alarms, context) if alarms else NO_ALARM)

    def _soonest_first(self) -> list[Timer]:
        alarms = [alarm for alarm in self._timers.all(Kind.ALARM) if alarm.due is not None]
        return sorted(alarms, key=lambda alarm: (alarm.due, alarm.id))


def _told(alarms: Sequence[Timer], context: Context) -> str:
    """Return "You have one alarm: 7 AM tomorrow."."""
    times = [spoken_alarm(alarm, context.now) for alarm in alarms]
    return f"You have {counted(len(alarms), 'alarm')}: {joined(times)}."


def _meant(intent: Intent, context: Context, alarms: Sequence[Timer]) -> list[Timer]:
    """Return the alarms that fit the time and the day in the sentence, all where it names neither."""
    clock, day, days = clock_of(intent.slots), date_of(intent.slots, context.now), days_of(intent.slots)

    def fits(alarm: Timer) -> bool:
        assert alarm.due is not None
        due = alarm.due.astimezone(context.now.tzinfo)
        return (
            (clock is None or (alarm.at or due.time()).replace(second=0, microsecond=0) in clock.times)
            and (day is None or due.date() == day or day.weekday() in alarm.days)
            and (not days or alarm.days == days)
        )

    return [alarm for alarm in alarms if fits(alarm)]
