"""What it can do, and what it cannot know."""

from __future__ import annotations

import pytest

from tests.skills.talk import Talk


async def test_what_it_can_do_is_told_in_one_sentence():
    assert await Talk().say("What can you do?") == (
        "I can tell the time and the date, run timers and alarms and keep your shopping and to-do lists, "
        "and I try to answer other questions."
    )


async def test_devices_are_named_only_where_there_are_some():
    there = False
    talk = Talk(home=lambda: there)
    before = await talk.say("What can you do?")
    there = True

    assert "devices" not in before
    assert "control the devices in your home" in await talk.say("What can you do?")


@pytest.mark.parametrize(
    ("sentence", "topic"),
    [
        ("What's the weather tomorrow?", "the weather"),
        ("Will it rain today?", "the weather"),
        ("What's in the news?", "the news"),
        ("What's the stock price of Apple?", "stock prices"),
        ("How's the traffic?", "the traffic"),
        ("Who won the game last night?", "sports results"),
    ],
)
async def test_what_nothing_here_can_know_is_never_invented(sentence, topic):
    assert await Talk().say(sentence) == f"I have no source for {topic}."


async def test_home_assistants_weather_is_not_invented_either():
    assert await Talk().ask("HassGetWeather") == "I have no source for the weather."
