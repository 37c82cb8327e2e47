"""Timers by voice, at a time that the test chooses."""

from __future__ import annotations

import pytest

from tests.skills.talk import Talk, carry_out
from voiceslm.skills.timer_skill import HOW_LONG, NO_PAUSED, NO_TIMER, TOO_LONG
from voiceslm.skills.timers import MOST


@pytest.fixture
def talk():
    return Talk()


@pytest.fixture
async def two(talk):
    """Pizza, 15 minutes, and tea, 3 minutes."""
    await talk.say("Set a pizza timer for 15 minutes.")
    await talk.say("Set a tea timer for 3 minutes.")
    return talk


def rung(talk):
    return [timer.name for timer in talk.timers.due(talk.now)]


@pytest.mark.parametrize(
    ("sentence", "reply"),
    [
        ("Set a timer for ten minutes.", "Timer for 10 minutes, starting now."),
        ("Set a pizza timer for ten minutes.", "Pizza timer, 10 minutes, starting now."),
        ("Set a timer for an hour and a half.", "Timer for 1 hour and 30 minutes, starting now."),
        ("Set a timer for two and a half minutes.", "Timer for 2 minutes and 30 seconds, starting now."),
    ],
)
async def test_a_timer_is_confirmed_in_one_sentence(talk, sentence, reply):
    assert await talk.say(sentence) == reply


async def test_it_is_due_when_its_time_is_over_and_not_before(talk):
    await talk.say("Set a tea timer for 3 minutes.")

    talk.wait(minutes=3, seconds=-1)
    early = rung(talk)
    talk.wait(seconds=1)

    assert (early, rung(talk)) == ([], ["tea"])


async def test_it_is_due_once(two):
    two.wait(minutes=3)
    rung(two)

    assert rung(two) == []


async def test_a_draft_that_is_thrown_away_starts_nothing(talk):
    talk.draft("Set a timer for ten minutes.")

    assert talk.timers.next_due() is None
    assert talk.changes == 0


async def test_it_counts_from_when_the_turn_was_committed(talk):
    reply = talk.draft("Set a timer for ten minutes.")
    talk.wait(seconds=2)

    await carry_out(reply)

    assert (talk.timers.next_due() - talk.now).total_seconds() == 600


async def test_the_next_one_due_is_the_soonest(two):
    assert (two.timers.next_due() - two.now).total_seconds() == 180


@pytest.mark.parametrize(
    ("sentence", "reply"),
    [("Set a timer.", HOW_LONG), ("Set a timer for 25 hours.", TOO_LONG)],
)
async def test_a_length_that_cannot_be_is_asked_for_or_refused(talk, sentence, reply):
    assert await talk.say(sentence) == reply
    assert talk.timers.next_due() is None


async def test_24_hours_are_just_possible(talk):
    assert await talk.say("Set a timer for 24 hours.") == "Timer for 24 hours, starting now."


async def test_the_answer_to_for_how_long_starts_it(talk):
    await talk.say("Set a timer.")

    assert await talk.say("Ten minutes.") == "Timer for 10 minutes, starting now."


async def test_a_length_that_nobody_asked_for_is_no_timer(talk):
    assert await talk.say("Ten minutes.") is None


async def test_there_is_a_bound_on_how_many(talk):
    for _ in range(MOST):
        await talk.say("Set a timer for ten minutes.")

    reply = await talk.say("Set a timer for ten minutes.")

    assert reply == "You already have 50 timers and alarms; cancel one first."
    assert len(talk.timers.snapshot()) == MOST


async def test_what_is_left_is_told_of_every_timer(two):
    two.wait(minutes=1, seconds=30)

    reply = await two.say("How much time is left?")

    assert reply == ("1 minute and 30 seconds left on the tea timer and 14 minutes left on the pizza timer.")


async def test_what_is_left_is_told_of_one_by_name(two):
    two.wait(minutes=3)

    assert await two.ask("HassTimerStatus", name="pizza") == "12 minutes left on the pizza timer."


@pytest.mark.parametrize(
    ("slots", "name"),
    [
        ({"name": "pizza"}, "pizza"),
        ({"name": "Pizza"}, "pizza"),
        ({"name": "piza"}, "pizza"),
        ({"area": "Tea"}, "tea"),
        ({"start_minutes": 15}, "pizza"),
        ({"start_minutes": "3.0"}, "tea"),
        ({"order": "first"}, "pizza"),
        ({"order": "last"}, "tea"),
    ],
)
async def test_a_timer_is_found_by_what_it_is_called(two, slots, name):
    assert await two.ask("HassCancelTimer", **slots) == f"Cancelled the {name} timer."
    assert name not in [timer["name"] for timer in two.timers.snapshot()]


@pytest.mark.parametrize(
    ("slots", "reply"),
    [
        ({"name": "roast"}, "There is no roast timer."),
        ({"start_minutes": 10}, "There is no 10 minute timer."),
        ({"order": "third"}, "There is no third timer."),
    ],
)
async def test_a_timer_that_is_not_there_is_not_taken_for_another(two, slots, reply):
    assert await two.ask("HassCancelTimer", **slots) == reply
    assert len(two.timers.snapshot()) == 2


@pytest.mark.parametrize(
    "sentence", ["Cancel the timer.", "Pause the timer.", "Add five minutes.", "Take a minute off the timer."]
)
async def test_of_several_it_asks_which_one_and_does_nothing(two, sentence):
    before = two.timers.snapshot()

    assert await two.say(sentence) == "You have two timers: pizza and tea. Which one?"
    assert two.timers.snapshot() == before


async def test_each_answer_to_which_one_leads_to_its_reply(two):
    options = dict(two.draft("Cancel the timer.").options)

    await carry_out(options["tea"])

    assert options["tea"].text == "Cancelled the tea timer."
    assert [timer["name"] for timer in two.timers.snapshot()] == ["pizza"]


async def test_two_of_a_kind_are_told_apart_by_their_order(talk):
    await talk.say("Set a timer for ten minutes.")
    await talk.say("Set a timer for ten minutes.")

    assert await talk.say("Cancel the timer.") == "You have two 10 minute timers. The first or the last one?"


@pytest.mark.parametrize(
    "sentence",
    ["Cancel the timer.", "Add five minutes.", "Pause the timer.", "Cancel all timers.", "How long is left?"],
)
async def test_without_a_timer_it_says_so(talk, sentence):
    assert await talk.say(sentence) == NO_TIMER


async def test_all_of_them_are_cancelled_at_once(two):
    assert await two.say("Cancel all timers.") == "Cancelled both timers."
    assert two.timers.next_due() is None


async def test_an_alarm_is_no_timer(talk):
    await talk.say("Set an alarm for 7 am.")

    assert await talk.say("Cancel all timers.") == NO_TIMER


async def test_time_can_be_added(two):
    reply = await two.ask("HassIncreaseTimer", name="pizza", minutes=5)
    two.wait(minutes=15)
    early = rung(two)
    two.wait(minutes=5)

    assert reply == "Added 5 minutes to the pizza timer, 20 minutes left."
    assert (early, rung(two)) == (["tea"], ["pizza"])


async def test_time_can_be_taken_off(talk):
    await talk.say("Set a timer for ten minutes.")

    reply = await talk.say("Take two minutes off the timer.")
    talk.wait(minutes=8)

    assert reply == "Took 2 minutes off the 10 minute timer, 8 minutes left."
    assert len(rung(talk)) == 1


async def test_more_than_is_left_cannot_be_taken_off(talk):
    await talk.say("Set a timer for a minute.")

    assert (
        await talk.say("Take two minutes off the timer.")
        == "There's only 1 minute left on the 1 minute timer."
    )


async def test_it_cannot_be_made_longer_than_a_day(talk):
    await talk.say("Set a timer for 23 hours.")

    assert await talk.say("Add two hours.") == TOO_LONG


async def test_while_it_is_paused_it_keeps_what_is_left(talk):
    await talk.say("Set a timer for ten minutes.")
    talk.wait(minutes=4)

    paused = await talk.say("Pause the timer.")
    talk.wait(hours=2)
    silent = rung(talk)
    told = await talk.say("How much time is left?")
    resumed = await talk.say("Resume the timer.")
    talk.wait(minutes=6)

    assert paused == "Paused the 10 minute timer with 6 minutes left."
    assert silent == []
    assert told == "6 minutes left on the 10 minute timer, which is paused."
    assert resumed == "The 10 minute timer goes on, 6 minutes left."
    assert len(rung(talk)) == 1


async def test_time_can_be_added_to_one_that_is_paused(talk):
    await talk.say("Set a timer for ten minutes.")
    await talk.say("Pause the timer.")

    await talk.say("Add five minutes.")

    assert await talk.say("Resume the timer.") == "The 10 minute timer goes on, 15 minutes left."


async def test_nothing_is_resumed_that_was_not_paused(two):
    assert await two.say("Resume the timer.") == NO_PAUSED


async def test_what_is_due_while_it_is_being_cancelled_is_no_mistake(talk):
    await talk.say("Set a timer for a minute.")
    reply = talk.draft("Cancel the timer.")
    talk.wait(minutes=1)
    rung(talk)

    await carry_out(reply)

    assert talk.timers.next_due() is None


async def test_a_delayed_command_is_kept_and_handed_back(talk):
    reply = await talk.ask("HassStartTimer", minutes=5, conversation_command="turn off the lights")
    talk.wait(minutes=5)

    assert reply == "I'll turn off the lights in 5 minutes."
    assert [timer.command for timer in talk.timers.due(talk.now)] == ["turn off the lights"]


async def test_what_cannot_be_done_later_is_no_delayed_command():
    talk = Talk(can_do=lambda command: command == "turn off the lights")

    assert await talk.ask("HassStartTimer", minutes=5, conversation_command="dinner is ready") is None
    assert talk.timers.next_due() is None


async def test_a_delayed_command_is_cancelled_like_a_timer(talk):
    await talk.ask("HassStartTimer", minutes=5, conversation_command="turn off the lights")

    assert await talk.say("Cancel the timer.") == "Cancelled the timer to turn off the lights."


async def test_every_change_is_told(two):
    before = two.changes

    await two.ask("HassPauseTimer", name="tea")
    two.wait(minutes=15)
    rung(two)

    assert two.changes == before + 2


async def test_a_question_changes_nothing(two):
    before = two.changes

    await two.say("How much time is left?")
    rung(two)

    assert two.changes == before


async def test_the_snapshot_is_plain_and_in_order(two):
    await two.ask("HassPauseTimer", name="tea")

    assert two.timers.snapshot() == [
        {
            "id": 1,
            "kind": "timer",
            "name": "pizza",
            "due": "2026-11-24T14:15:00+00:00",
            "seconds": 900,
            "left": None,
            "days": [],
        },
        {"id": 2, "kind": "timer", "name": "tea", "due": None, "seconds": 180, "left": 180, "days": []},
    ]
