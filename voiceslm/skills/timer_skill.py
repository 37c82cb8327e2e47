"""Timers by voice: start, cancel, pause, more time, less time, how long is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from voiceslm.skills.durations import adjective, seconds_of, spoken, spoken_left
from voiceslm.skills.keeping import kept
from voiceslm.skills.skill import Reply, said
from voiceslm.skills.speech import begun, every, joined
from voiceslm.skills.timer_words import label, left, the, which_timer
from voiceslm.skills.timers import COMMAND_LONGEST, LONGEST, MOST, NAME_LONGEST, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from voiceslm.events import Intent
    from voiceslm.skills.skill import Context, Skill, Slots
    from voiceslm.skills.timers import Timer, Timers

ALIKE = 80.0
"""Of 100: two names this similar are the same, misheard by a letter or two."""

NO_TIMER = "There is no timer running."
HOW_LONG = "For how long?"
NO_PAUSED = "No timer is paused."
TOO_LONG = "A timer can run for at most 24 hours."
FULL = f"You already have {MOST} timers and alarms; cancel one first."
_ORDER = {"first": 0, "second": 1, "third": 2, "last": -1}


class TimerSkill:
    """Answers the timer intents of Home Assistant."""

    def __init__(
        self, timers: Timers, now: Callable[[], datetime], can_do: Callable[[str], bool] = lambda _: True
    ) -> None:
        """Speak about ``timers``.

        Args:
            timers: of which the countdowns are meant.
            now: the time at which an effect is carried out.
            can_do: tells whether a sentence is a command that can be carried out later.
        """
        self._timers = timers
        self._now = now
        self._can_do = can_do

    def skills(self) -> dict[str, Skill]:
        """Return the skill for each intent."""
        return {
            "HassStartTimer": self._start,
            "amount_said": self._how_long,
            "HassCancelTimer": self._cancel,
            "HassCancelAllTimers": self._cancel_all,
            "HassIncreaseTimer": self._increase,
            "HassDecreaseTimer": self._decrease,
            "HassPauseTimer": self._pause,
            "HassUnpauseTimer": self._resume,
            "HassTimerStatus": self._status,
        }

    def _start(self, intent: Intent, _context: Context) -> Reply | None:
        command = said(intent.slots, "conversation_command")
        if command and not (len(command) <= COMMAND_LONGEST and self._can_do(command)):
            return None
        seconds = seconds_of(intent.slots)
        if not seconds:
            return Reply(HOW_LONG)
        if seconds > LONGEST:
            return Reply(TOO_LONG)
        if self._timers.full:
            return Reply(FULL)
        name = said(intent.slots, "name")[:NAME_LONGEST]
        return kept(
            self._timers,
            _starting(name, command, seconds),
            lambda: self._timers.start(seconds, self._now(), name=name, command=command),
        )

    def _how_long(self, intent: Intent, context: Context) -> Reply | None:
        return self._start(intent, context) if context.last_reply == HOW_LONG else None

    def _cancel(self, intent: Intent, _context: Context) -> Reply:
        def cancelled(timer: Timer) -> Reply:
            text = f"Cancelled {the(timer)}."
            return kept(self._timers, text, lambda: self._timers.remove({timer.id}))

        return _of_one(intent.slots, self._all(), cancelled)

    def _cancel_all(self, intent: Intent, _context: Context) -> Reply:
        timers = self._all()
        if named := _wanted_name(intent.slots):
            timers = _called(named, timers)
        if not timers:
            return Reply(_no_timer_called(named) if named else NO_TIMER)
        ids = {timer.id for timer in timers}
        which = the(timers[0]) if len(timers) == 1 else every(len(timers), "timer")
        return kept(self._timers, f"Cancelled {which}.", lambda: self._timers.remove(ids))

    def _increase(self, intent: Intent, context: Context) -> Reply:
        return self._longer(intent, context, 1)

    def _decrease(self, intent: Intent, context: Context) -> Reply:
        return self._longer(intent, context, -1)

    def _longer(self, intent: Intent, context: Context, sign: int) -> Reply:
        seconds = seconds_of(intent.slots) or 0
        action, preposition = ("Added", "to") if sign > 0 else ("Took", "off")

        def changed(timer: Timer) -> Reply:
            remaining = timer.remaining(context.now) + sign * seconds
            if remaining > LONGEST:
                return Reply(TOO_LONG)
            if remaining <= 0:
                return Reply(f"There's only {left(timer, context.now)}.")
            text = f"{action} {spoken(seconds)} {preposition} {the(timer)}, {spoken_left(remaining)} left."
            return kept(self._timers, text, lambda: self._timers.add_seconds(timer.id, sign * seconds))

        return _of_one(intent.slots, self._all(), changed) if seconds else Reply("By how long?")

    def _pause(self, intent: Intent, context: Context) -> Reply:
        def paused(timer: Timer) -> Reply:
            text = f"Paused {the(timer)} with {spoken_left(timer.remaining(context.now))} left."
            return kept(self._timers, text, lambda: self._timers.pause(timer.id, self._now()))

        return _of_one(intent.slots, [timer for timer in self._all() if timer.due is not None], paused)

    def _resume(self, intent: Intent, _context: Context) -> Reply:
        def resumed(timer: Timer) -> Reply:
            text = f"{begun(the(timer))} goes on, {spoken_left(timer.left)} left."
            return kept(self._timers, text, lambda: self._timers.resume(timer.id, self._now()))

        waiting = [timer for timer in self._all() if timer.due is None]
        return _of_one(intent.slots, waiting, resumed, none=NO_PAUSED)

    def _status(self, intent: Intent, context: Context) -> Reply:
        timers = self._all()
        if _wants_one(intent.slots):
            return _of_one(intent.slots, timers, lambda timer: Reply(f"{left(timer, context.now)}."))
        if not timers:
            return Reply(NO_TIMER)
        soonest = sorted(timers, key=lambda timer: timer.remaining(context.now))
        return Reply(f"{joined([left(timer, context.now) for timer in soonest])}.")

    def _all(self) -> list[Timer]:
        return self._timers.all(Kind.TIMER)


def _of_one(
    slots: Slots, timers: Sequence[Timer], reply: Callable[[Timer], Reply], *, none: str = NO_TIMER
) -> Reply:
    """Return ``reply`` of the timer that is meant; or ask which, or say that there is none."""
    if not timers:
        return Reply(none)
    wanted, meant = _meant(slots, timers)
    if not meant:
        return Reply(_no_timer_called(wanted))
    if len(meant) == 1:
        return reply(meant[0])
    return Reply(which_timer(meant), options=tuple((label(timer), reply(timer)) for timer in meant))


def _meant(slots: Slots, timers: Sequence[Timer]) -> tuple[str, Sequence[Timer]]:
    """Return what the timer is called in ``slots``, and the timers that are called so."""
    order = said(slots, "order")
    if order in _ORDER:
        return order, timers[_ORDER[order] :][:1]
    if (started := seconds_of(slots, "start_")) is not None:
        return adjective(started), [timer for timer in timers if timer.seconds == started]
    if named := _wanted_name(slots):
        return named, _called(named, timers)
    return "", timers


def _starting(name: str, command: str, seconds: int) -> str:
    if command:
        return f"I'll {command} in {spoken(seconds)}."
    if name:
        return f"{begun(name)} timer, {spoken(seconds)}, starting now."
    return f"Timer for {spoken(seconds)}, starting now."


def _wanted_name(slots: Slots) -> str:
    return said(slots, "name") or said(slots, "area")


def _wants_one(slots: Slots) -> bool:
    return bool(_wanted_name(slots) or said(slots, "order")) or seconds_of(slots, "start_") is not None


def _called(name: str, timers: Sequence[Timer]) -> list[Timer]:
    """Return those whose name is ``name``, or sounds like it; several only where they are equally close."""
    close = [(fuzz.ratio(name, label(timer), processor=default_process), timer) for timer in timers]
    best = max((score for score, _ in close), default=0.0)
    return [timer for score, timer in close if score == best and score >= ALIKE]


def _no_timer_called(name: str) -> str:
    return f"There is no {name} timer."
