"""What is said when something is due, and what when it was due while nobody was there."""

from __future__ import annotations

import pytest

from tests.skills.talk import Talk
from voiceslm.skills.timer_words import announcement


@pytest.fixture
def talk():
    return Talk()


def announced(talk):
    return [announcement(timer, talk.now) for timer in talk.timers.due(talk.now)]


@pytest.mark.parametrize(
    ("sentence", "on_time", "late"),
    [
        (
            "Set a pizza timer for 3 minutes.",
            "The pizza timer is done.",
            "The pizza timer went off while I was away.",
        ),
        (
            "Set a timer for 3 minutes.",
            "The 3 minute timer is done.",
            "The 3 minute timer went off while I was away.",
        ),
        ("Set an alarm for 3:03 pm.", "It's 3 oh 3 PM.", "The 3 oh 3 PM alarm went off while I was away."),
    ],
)
async def test_what_is_due_is_announced_and_what_is_late_as_late(talk, sentence, on_time, late):
    await talk.say(sentence)
    talk.wait(minutes=3, seconds=1)
    (timer,) = talk.timers.due(talk.now)

    assert announcement(timer, talk.now) == on_time
    talk.wait(hours=2)
    assert announcement(timer, talk.now) == late


async def test_a_command_on_time_is_done_not_announced(talk):
    await talk.ask("HassStartTimer", minutes=3, conversation_command="turn off the lights")
    talk.wait(minutes=3)

    assert announced(talk) == [""]


async def test_a_command_that_is_late_is_told(talk):
    await talk.ask("HassStartTimer", minutes=3, conversation_command="turn off the lights")
    talk.wait(hours=3)

    assert announced(talk) == ["I was away when it was time to turn off the lights."]


async def test_what_was_due_more_than_a_day_ago_is_told_to_nobody(talk):
    await talk.say("Set a timer for 3 minutes.")
    talk.wait(days=1, minutes=4)

    assert announced(talk) == []
    assert talk.timers.next_due() is None


async def test_an_alarm_of_every_day_outlives_a_week_away(talk):
    await talk.say("Set an alarm every day at noon.")
    talk.wait(days=7)

    assert announced(talk) == []
    assert (talk.timers.next_due() - talk.now).total_seconds() == 21 * 3600


async def test_several_are_announced_in_the_order_in_which_they_were_due(talk):
    await talk.say("Set a pizza timer for 20 seconds.")
    await talk.say("Set a tea timer for 10 seconds.")
    talk.wait(seconds=20)

    assert announced(talk) == ["The tea timer is done.", "The pizza timer is done."]


async def test_a_clock_that_is_set_back_a_year_makes_a_timer_wait_a_day_at_most(talk):
    await talk.say("Set a timer for 3 minutes.")

    talk.wait(days=-365)
    early = announced(talk)
    talk.wait(days=1)

    assert (early, announced(talk)) == ([], ["The 3 minute timer is done."])
