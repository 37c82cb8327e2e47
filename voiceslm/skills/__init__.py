"""Local abilities that need no language model, one function an intent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.skills.alarm_skill import AlarmSkill
from voiceslm.skills.clock import tell_date, tell_time
from voiceslm.skills.courtesy import be_silent, manners, repeat
from voiceslm.skills.help import helper
from voiceslm.skills.list_skill import ListSkill
from voiceslm.skills.lists import Lists
from voiceslm.skills.skill import Context, Reply
from voiceslm.skills.store import state_folder
from voiceslm.skills.timer_skill import TimerSkill
from voiceslm.skills.timers import Timers
from voiceslm.skills.unknowable import no_source, no_weather
from voiceslm.skills.volume import VolumeControl, VolumeSkill

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from voiceslm.events import Intent
    from voiceslm.skills.skill import Skill

__all__ = ["Context", "Lists", "Reply", "Skills", "Timers", "VolumeControl", "state_folder"]

_PLAIN: dict[str, Skill] = {
    "time": tell_time,
    "HassGetCurrentTime": tell_time,
    "date": tell_date,
    "HassGetCurrentDate": tell_date,
    "stop": be_silent,
    "repeat": repeat,
    "never_mind": be_silent,
    "HassNevermind": be_silent,
    "no_source": no_source,
    "HassGetWeather": no_weather,
    **manners(),
}
"""The skills that hold nothing, by the intent's name."""


class Skills:
    """Everything that is answered here, and what it holds."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        timers: Timers | None = None,
        lists: Lists | None = None,
        volume: VolumeControl | None = None,
        home: Callable[[], bool] = lambda: False,
        can_do: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """Gather the skills.

        Args:
            now: local, aware time at which an effect is carried out.
            timers: timers and alarms; None for such as end with the process.
            lists: None for such as end with the process.
            volume: None where the assistant's volume cannot be set: those intents are left to others.
            home: tells whether there are devices to control now.
            can_do: tells whether a sentence is a command that can be carried out later ("… in five minutes").
        """
        self.timers = timers or Timers()
        self.lists = lists or Lists()
        self._skills: dict[str, Skill] = {
            **_PLAIN,
            "help": helper(home=home),
            **TimerSkill(self.timers, now, can_do).skills(),
            **AlarmSkill(self.timers).skills(),
            **ListSkill(self.lists).skills(),
            **(VolumeSkill(volume).skills() if volume else {}),
        }

    @property
    def intents(self) -> frozenset[str]:
        """Names of the intents that a skill here answers."""
        return frozenset(self._skills)

    def reply(self, intent: Intent, context: Context) -> Reply | None:
        """Let the skill for ``intent`` reply; None where there is none, or where it was not meant after all.

        Nothing changes: what the text promises is the reply's effect, for the caller to carry out once the
        turn is committed.
        """
        skill = self._skills.get(intent.name)
        return skill(intent, context) if skill else None
