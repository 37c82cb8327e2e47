"""Alarms by voice. It is Tuesday, 24 November 2026, 15:00, until a test says otherwise."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.skills.talk import ZONE, Talk, carry_out
from voiceslm.skills.alarm_skill import NO_ALARM, PASSED, TOO_FAR, WHEN


@pytest.fixture
def talk():
    return Talk()


def local(talk):
    return talk.timers.next_due().astimezone(ZONE).strftime("%d %H:%M")


@pytest.mark.parametrize(
    ("sentence", "when", "told"),
    [
        ("Set an alarm for 7 am.", "25 07:00", "7 AM tomorrow"),
        ("Set an alarm for 7 pm.", "24 19:00", "7 PM today"),
        ("Set an alarm for 7.", "24 19:00", "7 PM today"),
        ("Set an alarm for 2.", "25 02:00", "2 AM tomorrow"),
        ("Set an alarm for 4 pm.", "24 16:00", "4 PM today"),
        ("Set an alarm for 2 pm.", "25 14:00", "2 PM tomorrow"),
        ("Set an alarm for 7:05.", "24 19:05", "7 oh 5 PM today"),
        ("Set an alarm for seven thirty.", "24 19:30", "7:30 PM today"),
        ("Set an alarm for half past seven.", "24 19:30", "7:30 PM today"),
        ("Set an alarm for a quarter to eight.", "24 19:45", "7:45 PM today"),
        ("Set an alarm for a quarter to one in the afternoon.", "25 12:45", "12:45 PM tomorrow"),
        ("Set an alarm for twenty minutes to six.", "24 17:40", "5:40 PM today"),
        ("Set an alarm for 19:30.", "24 19:30", "7:30 PM today"),
        ("Set an alarm for 0:30.", "25 00:30", "12:30 AM tomorrow"),
        ("Set an alarm for 645 am.", "25 06:45", "6:45 AM tomorrow"),
        ("Set an alarm for noon.", "25 12:00", "12 noon tomorrow"),
        ("Set an alarm for midnight.", "25 00:00", "12 midnight tomorrow"),
        ("Set an alarm for 12 am.", "25 00:00", "12 midnight tomorrow"),
        ("Set an alarm for eight tonight.", "24 20:00", "8 PM today"),
        ("Set an alarm for six in the morning.", "25 06:00", "6 AM tomorrow"),
        ("Set an alarm for nine at night.", "24 21:00", "9 PM today"),
        ("Set an alarm for two at night.", "25 02:00", "2 AM tomorrow"),
        ("Set an alarm for eight tomorrow.", "25 08:00", "8 AM tomorrow"),
        ("Set an alarm for three tomorrow.", "25 15:00", "3 PM tomorrow"),
        ("Set an alarm for tomorrow evening at eight.", "25 20:00", "8 PM tomorrow"),
        ("Set an alarm for 6 today.", "24 18:00", "6 PM today"),
        ("Set an alarm for 8 am on Friday.", "27 08:00", "8 AM on Friday"),
        ("Set an alarm for 8 am on Tuesday.", "01 08:00", "8 AM on Tuesday, December 1st"),
        ("Set an alarm for 4 pm on Tuesday.", "24 16:00", "4 PM today"),
        ("Wake me at half past six.", "25 06:30", "6:30 AM tomorrow"),
        ("Wake me at half past six tomorrow.", "25 06:30", "6:30 AM tomorrow"),
        ("Wake me up at four tomorrow.", "25 04:00", "4 AM tomorrow"),
        ("Set an alarm in 20 minutes.", "24 15:20", "3:20 PM today"),
    ],
)
async def test_an_alarm_is_set_for_the_time_that_people_mean(talk, sentence, when, told):
    assert await talk.say(sentence) == f"Alarm set for {told}."
    assert local(talk) == when


@pytest.mark.parametrize(
    ("sentence", "reply"),
    [
        ("Set an alarm.", WHEN),
        ("Set an alarm for 7:75.", None),
        ("Set an alarm for 790.", WHEN),
        ("Set an alarm for 8 am today.", PASSED),
        ("Wake me in 30 hours.", TOO_FAR),
    ],
)
async def test_a_time_that_cannot_be_is_asked_for_or_refused(talk, sentence, reply):
    if reply is None:
        with pytest.raises(AssertionError, match="is no command"):
            talk.draft(sentence)
    else:
        assert await talk.say(sentence) == reply
    assert talk.timers.next_due() is None


async def test_the_answer_to_for_what_time_sets_it(talk):
    await talk.say("Set an alarm.")

    assert await talk.say("Half past six tomorrow.") == "Alarm set for 6:30 AM tomorrow."


async def test_a_time_that_nobody_asked_for_is_no_alarm(talk):
    assert await talk.say("Half past six.") is None


async def test_a_draft_that_is_thrown_away_sets_nothing(talk):
    talk.draft("Set an alarm for 7 am.")

    assert talk.timers.next_due() is None


async def test_it_is_due_once(talk):
    await talk.say("Set an alarm for 4 pm.")
    talk.wait(hours=1)

    assert len(talk.timers.due(talk.now)) == 1
    assert talk.timers.next_due() is None


@pytest.mark.parametrize(
    ("sentence", "told", "times"),
    [
        (
            "Set an alarm every weekday at 7.",
            "7 AM every weekday",
            ["25 07:00", "26 07:00", "27 07:00", "30 07:00"],
        ),
        ("Set an alarm every day at noon.", "12 noon every day", ["25 12:00", "26 12:00", "27 12:00"]),
        ("Wake me every Monday at six.", "6 AM every Monday", ["30 06:00", "07 06:00"]),
        ("Set an alarm for 9:30 at weekends.", "9:30 AM every weekend", ["28 09:30", "29 09:30", "05 09:30"]),
        ("Set an alarm every evening at ten.", "10 PM every day", ["24 22:00", "25 22:00"]),
    ],
)
async def test_an_alarm_comes_again_on_its_days(talk, sentence, told, times):
    reply = await talk.say(sentence)

    rung = []
    for _ in times:
        rung.append(local(talk))
        talk.now = talk.timers.next_due().astimezone(ZONE)
        talk.timers.due(talk.now)

    assert reply == f"Alarm set for {told}."
    assert rung == times


async def test_in_the_night_of_23_hours_it_rings_at_the_hour_on_the_clock(talk):
    talk.now = datetime(2027, 3, 27, 22, 0, tzinfo=ZONE)
    await talk.say("Set an alarm for 7 am.")

    assert local(talk) == "28 07:00"
    assert (talk.timers.next_due() - talk.now).total_seconds() == 8 * 3600


async def test_what_is_set_is_told_the_soonest_first(talk):
    await talk.say("Set an alarm every weekday at 8 am.")
    await talk.say("Set an alarm for 7 am.")

    reply = await talk.say("What alarms are set?")

    assert reply == "You have two alarms: 7 AM tomorrow and 8 AM every weekday."


async def test_a_timer_is_no_alarm(talk):
    await talk.say("Set a timer for ten minutes.")

    assert await talk.say("What alarms are set?") == NO_ALARM


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Cancel the 7 o'clock alarm.", "7 AM tomorrow"),
        ("Turn off the 8 am alarm.", "8 AM every weekday"),
        ("Cancel the weekday alarm.", "8 AM every weekday"),
        ("Delete the alarm for Saturday.", "9 AM on Saturday"),
    ],
)
async def test_an_alarm_is_found_by_its_time_or_day(talk, sentence, told):
    await talk.say("Set an alarm for 7 am.")
    await talk.say("Set an alarm every weekday at 8 am.")
    await talk.say("Set an alarm for Saturday at 9 am.")

    assert await talk.say(sentence) == f"Cancelled the alarm for {told}."
    assert len(talk.timers.snapshot()) == 2


async def test_of_several_it_asks_which_one(talk):
    await talk.say("Set an alarm for 7 am.")
    await talk.say("Set an alarm for 7 pm.")

    reply = talk.draft("Cancel the 7 o'clock alarm.")
    await carry_out(dict(reply.options)["7 PM today"])

    assert reply.text == "You have two alarms: 7 PM today and 7 AM tomorrow. Which one?"
    assert local(talk) == "25 07:00"


async def test_one_that_is_not_there_is_not_taken_for_another(talk):
    await talk.say("Set an alarm for 7 am.")

    reply = await talk.say("Cancel the 9 am alarm.")

    assert reply == "There is no such alarm. You have one alarm: 7 AM tomorrow."
    assert talk.timers.next_due() is not None


async def test_the_same_alarm_is_not_set_twice(talk):
    await talk.say("Set an alarm for 7 am.")

    assert await talk.say("Wake me at seven tomorrow.") == "You already have an alarm for 7 AM tomorrow."
    assert len(talk.timers.snapshot()) == 1


async def test_all_of_them_are_cancelled_at_once(talk):
    await talk.say("Set an alarm for 7 am.")
    await talk.say("Set an alarm every weekday at 8 am.")
    await talk.say("Set a tea timer for 3 minutes.")

    assert await talk.say("Cancel all alarms.") == "Cancelled both alarms."
    assert [timer["name"] for timer in talk.timers.snapshot()] == ["tea"]


async def test_without_an_alarm_it_says_so(talk):
    assert await talk.say("Cancel the alarm.") == NO_ALARM


async def test_without_an_alarm_the_siren_may_be_meant(talk):
    assert await talk.say("Turn off the alarm.") is None
