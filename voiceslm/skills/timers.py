"""What is due at a time: timers that count down, and alarms. Kept over restarts, in wall-clock time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import AwareDatetime, Field, TypeAdapter

from voiceslm.skills.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

MOST = 50
"""Timers and alarms at a time."""

LONGEST = 24 * 3600
"""Seconds a timer may run."""

LATE = 30.0
"""Seconds after which what was due is told as past: the process, or the machine, was not there."""

FORGOTTEN = timedelta(days=1)
"""What was due longer ago than this is told to nobody."""

NAME_LONGEST = 80
COMMAND_LONGEST = 200
"""Characters."""


class Kind(StrEnum):
    """What is due."""

    TIMER = "timer"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Timer:
    """One thing that will be due."""

    id: int
    """Unique while the process runs."""

    kind: Kind

    due: AwareDatetime | None
    """None while it is paused."""

    seconds: Annotated[int, Field(ge=0, le=LONGEST)] = 0
    """What it was started with; 0 for an alarm."""

    left: Annotated[float, Field(ge=0, le=LONGEST, allow_inf_nan=False)] = 0.0
    """Seconds it has left while it is paused."""

    name: Annotated[str, Field(max_length=NAME_LONGEST)] = ""
    """As it was said; empty for none."""

    command: Annotated[str, Field(max_length=COMMAND_LONGEST)] = ""
    """What shall be done when it is due, as it was said; empty for a timer that only rings."""

    days: tuple[Annotated[int, Field(ge=0, le=6)], ...] = ()
    """Days of the week on which an alarm comes again, 0 = Monday; empty for once."""

    at: time | None = None
    """Local time of day of an alarm that comes again."""

    def remaining(self, now: datetime) -> float:
        """Return the seconds until it is due; below 0 once it was."""
        return self.left if self.due is None else (self.due - now).total_seconds()

    def is_late(self, now: datetime) -> bool:
        """Tell whether it should have rung so long ago that ringing now would mislead."""
        return -self.remaining(now) > LATE


Entries = tuple[Timer, ...]

SHAPE: TypeAdapter[Entries] = TypeAdapter(Annotated[Entries, Field(max_length=MOST)])


def zoned(local: datetime) -> datetime:
    """Return a naive local time with the zone of this machine."""
    return local.astimezone()


def next_time(
    at: time, days: Collection[int], after: datetime, zone: Callable[[datetime], datetime]
) -> datetime:
    """Return the first moment after ``after`` at which it is ``at`` o'clock on one of ``days``.

    Args:
        at: local time of day.
        days: of the week, 0 = Monday; none for any.
        after: aware, in the time zone of the people in the room.
        zone: gives a naive local time its time zone; a day may have 23 or 25 hours.
    """
    today = after.date()
    for ahead in range(8):
        day = today + timedelta(days=ahead)
        moment = zone(datetime.combine(day, at))
        if moment > after and (not days or day.weekday() in days):
            return moment
    raise AssertionError("every day comes within a week")


class Timers:
    """All timers and alarms. Changes happen at once in memory; `save` writes them."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        zone: Callable[[datetime], datetime] = zoned,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """Load what was kept at ``path``; None keeps nothing. Reads a file: before the event loop is busy."""
        self.store: Store[Entries] = Store(path, SHAPE, ())
        self.zone = zone
        self.on_change = on_change
        """Called after every change, `due` included."""
        self._entries = self.store.load()
        self._last_id = max((entry.id for entry in self._entries), default=0)

    def all(self, kind: Kind) -> list[Timer]:
        """Return those of one kind, the one that was made first at the beginning."""
        return sorted((entry for entry in self._entries if entry.kind is kind), key=lambda entry: entry.id)

    @property
    def full(self) -> bool:
        """Whether no more can be added."""
        return len(self._entries) >= MOST

    def start(self, seconds: int, now: datetime, *, name: str = "", command: str = "") -> None:
        """Begin to count down from ``seconds``."""
        due = _utc(now) + timedelta(seconds=seconds)
        name, command = name[:NAME_LONGEST], command[:COMMAND_LONGEST]
        self._add(Timer(0, Kind.TIMER, due, seconds, name=name, command=command))

    def set_alarm(self, due: datetime, *, at: time | None = None, days: tuple[int, ...] = ()) -> None:
        """Ring at ``due``, and after that at ``at`` o'clock on ``days``, if there are any."""
        self._add(Timer(0, Kind.ALARM, _utc(due), days=days, at=at if days else None))

    def remove(self, ids: Collection[int]) -> None:
        """Forget these; one that is not there any more is no mistake."""
        self._put(tuple(entry for entry in self._entries if entry.id not in ids))

    def add_seconds(self, timer: int, seconds: int) -> None:
        """Let one that still counts run longer, or shorter: it stays within 0 and `LONGEST`."""

        def longer(entry: Timer) -> Timer:
            if entry.due is None:
                return replace(entry, left=min(max(entry.left + seconds, 0.0), LONGEST))
            return replace(entry, due=entry.due + timedelta(seconds=seconds))

        self._change(timer, longer)

    def pause(self, timer: int, now: datetime) -> None:
        """Stop counting, keep what is left."""

        def paused(entry: Timer) -> Timer:
            left = min(max(entry.remaining(now), 0.0), LONGEST)
            return replace(entry, due=None, left=left)

        self._change(timer, paused)

    def resume(self, timer: int, now: datetime) -> None:
        """Go on counting from what was left."""

        def resumed(entry: Timer) -> Timer:
            due = entry.due or _utc(now) + timedelta(seconds=entry.left)
            return replace(entry, due=due, left=0.0)

        self._change(timer, resumed)

    def due(self, now: datetime) -> list[Timer]:
        """Take out what is due and return it, the earliest first; `save` afterwards.

        An alarm that comes again is returned and stays, for its next time. What was due more than a day ago
        is dropped. A clock that was set back cannot make a timer run longer than `LONGEST`, if this is asked
        now and then.

        Args:
            now: aware, in the time zone of the people in the room.
        """
        entries = [self._within(entry, now) for entry in self._entries]
        ripe = [entry for entry in entries if entry.due is not None and entry.due <= now]
        again = [self._again(entry, now) for entry in ripe if entry.at is not None]
        self._put((*(entry for entry in entries if entry not in ripe), *again))
        told = [entry for entry in ripe if -entry.remaining(now) <= FORGOTTEN.total_seconds()]
        return sorted(told, key=lambda entry: entry.remaining(now))

    def next_due(self) -> datetime | None:
        """Return when the next one is due, in UTC; None while nothing is."""
        return min((entry.due for entry in self._entries if entry.due is not None), default=None)

    def snapshot(self) -> list[dict[str, str | int | float | list[int] | None]]:
        """Return what there is, as JSON takes it, the earliest first and what is paused last."""
        never = datetime.max.replace(tzinfo=UTC)
        return [
            {
                "id": entry.id,
                "kind": entry.kind.value,
                "name": entry.name,
                "due": entry.due.isoformat(timespec="seconds") if entry.due else None,
                "seconds": entry.seconds,
                "left": round(entry.left) if entry.due is None else None,
                "days": list(entry.days),
            }
            for entry in sorted(self._entries, key=lambda entry: entry.due or never)
        ]

    async def save(self) -> None:
        """Write to disk; where that fails, `store` knows."""
        await self.store.save(self._entries)

    def _add(self, entry: Timer) -> None:
        if not self.full:
            self._last_id += 1
            self._put((*self._entries, replace(entry, id=self._last_id)))

    def _change(self, timer: int, change: Callable[[Timer], Timer]) -> None:
        self._put(tuple(change(entry) if entry.id == timer else entry for entry in self._entries))

    def _put(self, entries: Entries) -> None:
        if entries != self._entries:
            self._entries = entries
            self.on_change()

    def _within(self, entry: Timer, now: datetime) -> Timer:
        if entry.kind is Kind.TIMER and entry.due is not None and entry.remaining(now) > LONGEST:
            return replace(entry, due=_utc(now) + timedelta(seconds=LONGEST))
        return entry

    def _again(self, entry: Timer, now: datetime) -> Timer:
        assert entry.at is not None
        return replace(entry, due=_utc(next_time(entry.at, entry.days, now, self.zone)))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
