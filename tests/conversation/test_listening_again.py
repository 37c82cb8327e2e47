"""A command that names nothing known is listened to once more, with the names of the home in mind."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from functools import cache

import numpy as np

from tests.fakes import FakeStt
from voiceslm.conversation.hearing import Hearing
from voiceslm.conversation.history import History
from voiceslm.conversation.pipeline import Conversation
from voiceslm.conversation.router import Router
from voiceslm.events import Audio
from voiceslm.home.home import Home
from voiceslm.home.registry import Registry
from voiceslm.intents.home import HomeSentences
from voiceslm.intents.recognizer import Recognizer
from voiceslm.skills import Skills
from voiceslm.worker import Worker

SOUND = Audio(np.zeros(16_000, np.float32), 16_000)
LIGHT = {
    "name": None,
    "command_topic": "hall/set",
    "state_topic": "hall",
    "unique_id": "h",
    "device": {"identifiers": ["h"], "name": "Hallway Light"},
}


class Nowhere:
    """A broker that takes nothing."""

    connected = True

    async def publish(self, _message, *, deadline):
        return False

    def subscribe(self, topics):
        pass


@cache
def router():
    registry = Registry()
    registry.take("homeassistant/light/h/config", json.dumps(LIGHT).encode())
    home = Home(registry, Nowhere(), confirm_seconds=1, commands_per_minute=60)
    sentences = HomeSentences()
    sentences.learn([*home.entities.values()])
    return Router(
        Recognizer(),
        Skills(now=lambda: datetime(2026, 11, 24, tzinfo=UTC)),
        now=lambda: datetime(2026, 11, 24, tzinfo=UTC),
        clock=time.monotonic,
        sentences=sentences,
        home=home,
    )


async def heard(stt, **options):
    worker = Worker("stt")
    talk = Conversation(History("Be brief.", 2), hearing=Hearing(stt, worker), router=router())
    try:
        return (await talk.transcribe(SOUND, **options)).text
    finally:
        worker.close()


async def test_names_of_the_home_are_heard_where_they_were_said():
    stt = FakeStt("Switch the whole we like on.", with_hint="Switch the hallway light on.")
    assert await heard(stt) == "Switch the hallway light on."


async def test_what_is_understood_is_not_listened_to_again():
    stt = FakeStt("Switch the hallway light on.", with_hint="Switch the hallway light off.")
    assert await heard(stt) == "Switch the hallway light on."


async def test_conversation_is_not_listened_to_again():
    stt = FakeStt("Who wrote Hamlet?", with_hint="Turn on the hallway light.")
    assert await heard(stt) == "Who wrote Hamlet?"


async def test_something_quite_different_is_not_believed():
    stt = FakeStt("Unlock my grandfather's old bicycle.", with_hint="Switch the hallway light on.")
    assert await heard(stt) == "Unlock my grandfather's old bicycle."


async def test_what_is_still_not_understood_stays_as_it_was():
    stt = FakeStt("Turn on the holy like.", with_hint="Turn on the holy light again and again.")
    assert await heard(stt) == "Turn on the holy like."


async def test_a_sentence_that_goes_on_is_not_listened_to_again():
    stt = FakeStt("Switch the whole we like on.", with_hint="Switch the hallway light on.")
    assert await heard(stt, whole=False) == "Switch the whole we like on."
