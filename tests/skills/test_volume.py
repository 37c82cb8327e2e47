"""The assistant's own volume."""

from __future__ import annotations

import pytest

from tests.skills.talk import Talk
from voiceslm.skills import VolumeControl


class Loudspeaker:
    def __init__(self, level):
        self.level = level

    def set(self, level):
        self.level = level


@pytest.fixture
def speaker():
    return Loudspeaker(50)


@pytest.fixture
def talk(speaker):
    return Talk(volume=VolumeControl(lambda: speaker.level, speaker.set))


@pytest.mark.parametrize(
    ("sentence", "level"),
    [
        ("Set your volume to 30 percent.", 30),
        ("Volume to 70%.", 70),
        ("Turn your volume up to maximum.", 100),
        ("Louder.", 60),
        ("Speak more quietly.", 40),
    ],
)
async def test_it_is_set_and_told(talk, speaker, sentence, level):
    assert await talk.say(sentence) == f"Volume {level} percent."
    assert speaker.level == level


@pytest.mark.parametrize(
    ("intent", "slots", "level"),
    [
        ("HassSetVolume", {"volume_level": 20}, 20),
        ("HassSetVolumeRelative", {"volume_step": "up"}, 60),
        ("HassSetVolumeRelative", {"volume_step": "down"}, 40),
        ("HassSetVolumeRelative", {"volume_step": -20}, 30),
        ("HassSetVolumeRelative", {"volume_step": "20.0"}, 70),
    ],
)
async def test_home_assistants_intents_set_it_too(talk, speaker, intent, slots, level):
    await talk.ask(intent, **slots)

    assert speaker.level == level


async def test_a_draft_that_is_thrown_away_leaves_it(talk, speaker):
    talk.draft("Louder.")

    assert speaker.level == 50


@pytest.mark.parametrize(("before", "after"), [(95, 100), (100, 100)])
async def test_louder_ends_at_the_loudest(talk, speaker, before, after):
    speaker.level = before

    await talk.say("Louder.")

    assert speaker.level == after


@pytest.mark.parametrize(("before", "after"), [(15, 10), (10, 10), (0, 0)])
async def test_quieter_never_falls_silent(talk, speaker, before, after):
    speaker.level = before

    await talk.say("Quieter.")

    assert speaker.level == after


async def test_at_the_end_it_says_so(talk, speaker):
    speaker.level = 100

    assert await talk.say("Louder.") == "I can't speak any louder."


@pytest.mark.parametrize("slots", [{"name": "radio"}, {"area": "Kitchen"}, {"floor": "attic"}])
async def test_another_loudspeaker_is_left_to_others(talk, speaker, slots):
    assert await talk.ask("HassSetVolume", volume_level=20, **slots) is None
    assert speaker.level == 50


async def test_a_level_that_cannot_be_is_refused(talk, speaker):
    assert await talk.ask("volume_set", level=130) == "My volume goes from 0 to 100 percent."
    assert speaker.level == 50


async def test_it_can_be_asked(talk):
    assert await talk.say("What's your volume?") == "My volume is 50 percent."


async def test_where_it_cannot_be_set_others_are_asked():
    assert await Talk().say("Louder.") is None
