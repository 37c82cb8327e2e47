"""A room in which sentences are said to the skills, at a time that the test chooses."""

from __future__ import annotations

import inspect
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from voiceslm.events import Intent
from voiceslm.intents.recognizer import Recognizer
from voiceslm.skills import Context, Lists, Skills, Timers

ZONE = ZoneInfo("Europe/Berlin")
ENGLISH = Recognizer("en")


def in_zone(local):
    return local.replace(tzinfo=ZONE)


class Talk:
    """Skills whose state is kept in ``folder``, or not at all; it begins on Tuesday, 24 November 2026, 15:00."""

    def __init__(self, folder=None, *, names=(), **options):
        self.now = datetime(2026, 11, 24, 15, 0, tzinfo=ZONE)
        self.changes = 0
        self.last_reply = ""
        self._folder = folder
        self._names = names
        self._options = options
        self.restart()

    def restart(self):
        def changed():
            self.changes += 1

        timers = self._folder and self._folder / "timers.json"
        lists = self._folder and self._folder / "lists.json"
        self.skills = Skills(
            now=lambda: self.now,
            timers=Timers(timers, zone=in_zone, on_change=changed),
            lists=Lists(lists, names=self._names, on_change=changed),
            **self._options,
        )

    @property
    def timers(self):
        return self.skills.timers

    def wait(self, **time):
        self.now += timedelta(**time)

    def draft(self, sentence):
        """Return the reply to a sentence, without carrying it out."""
        intent = ENGLISH.recognize(sentence)
        assert intent is not None, f"{sentence!r} is no command"
        return self._reply(intent)

    async def say(self, sentence):
        """Carry out what comes of a sentence; return what is said."""
        return await self._meant(self.draft(sentence))

    async def ask(self, intent, **slots):
        """Carry out what comes of an intent, such as the package's sentences give; return what is said."""
        return await self._meant(self._reply(Intent(intent, slots)))

    def _reply(self, intent):
        return self.skills.reply(intent, Context(self.now, self.last_reply))

    async def _meant(self, reply):
        if reply is None:
            return None
        await carry_out(reply)
        self.last_reply = reply.text
        return reply.text


async def carry_out(reply):
    done = reply.effect() if reply.effect else None
    if inspect.isawaitable(done):
        await done
