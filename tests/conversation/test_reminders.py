"""Timers go off when they are due by the clock on the wall, whatever happens to that clock."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

from tests.conversation.household import living
from tests.conversation.live_room import QUESTION, virtual
from tests.conversation.test_live_home import said
from voiceslm.conversation.acting import NOT_FROM_TEXT
from voiceslm.conversation.bell import Bell
from voiceslm.conversation.reminders import LOOK_SECONDS, Reminders
from voiceslm.events import Ended

MINUTE = 60.0


@asynccontextmanager
async def reminded(home):
    """Let the timers of the room go off."""
    bell = Bell(home.live, home.clock)
    timers = home.skills.timers
    reminders = Reminders(timers, home.live, bell, now=home.now, report=home.diary.on_trouble)
    timers.on_change = reminders.changed
    running = asyncio.create_task(reminders.run())
    try:
        yield timers
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.sleep(0)


async def rang(home, text, *, within=10 * MINUTE):
    """Wait until ``text`` is said; return when that is."""
    await home.happens(lambda: any(said == text for _, said in home.replies), within=within)
    return next(at for at, said in home.replies if said == text)


@virtual
async def test_a_timer_rings_when_it_is_due():
    async with living() as (home, _), reminded(home) as timers:
        timers.start(60, home.now(), name="pizza")
        at = await rang(home, "The pizza timer is done.")
        assert 0 <= at - MINUTE < 0.5
        assert timers.snapshot() == []


@virtual
async def test_a_timer_that_is_set_while_another_runs_rings_first_if_it_is_due_first():
    async with living() as (home, _), reminded(home) as timers:
        timers.start(120, home.now(), name="pizza")
        await home.until(10)
        timers.start(20, home.now(), name="tea")
        assert 0 <= await rang(home, "The tea timer is done.") - 30 < 0.5
        home.live.stop()
        assert 0 <= await rang(home, "The pizza timer is done.") - 120 < 0.5


@virtual
async def test_a_short_timer_does_not_wait_for_the_next_look_at_the_clock():
    async with living() as (home, _), reminded(home) as timers:
        await home.until(LOOK_SECONDS + 0.5)
        timers.start(1, home.now(), name="tea")
        assert 0 <= await rang(home, "The tea timer is done.") - LOOK_SECONDS - 1.5 < 0.5


@virtual
async def test_a_timer_set_by_voice_rings_until_it_is_told_to_stop():
    async with living() as (home, _), reminded(home):
        begin = home.clock()
        await said(home, "Set a timer for one minute.")
        assert MINUTE < await rang(home, "The 1 minute timer is done.") - begin < MINUTE + 5
        await home.speaking()
        home.says("Stop.", at=home.clock() + 0.5, seconds=0.4)
        await home.until(home.clock() + 30)
        assert [text for _, text in home.replies].count("The 1 minute timer is done.") == 1


@virtual
async def test_a_timer_that_was_cancelled_does_not_ring():
    async with living() as (home, _), reminded(home):
        await said(home, "Set a timer for one minute.", "Cancel the timer.")
        before = len(home.replies)
        await home.until(3 * MINUTE)
        assert len(home.replies) == before


@virtual
async def test_a_clock_that_is_set_forward_makes_it_ring_at_once():
    async with living() as (home, _), reminded(home) as timers:
        timers.start(60, home.now(), name="pizza")
        await home.until(10)
        home.set_forward = timedelta(seconds=60)
        at = await rang(home, "The pizza timer is done.")
        assert at - 10 <= LOOK_SECONDS + 0.5


@virtual
async def test_a_clock_that_is_set_back_makes_it_ring_by_the_new_time():
    async with living() as (home, _), reminded(home) as timers:
        timers.start(60, home.now(), name="pizza")
        await home.until(10)
        home.set_forward = -timedelta(seconds=30)
        at = await rang(home, "The pizza timer is done.")
        assert abs(at - 90) < 0.5


@virtual
async def test_what_was_due_long_ago_is_told_as_past():
    async with living() as (home, _), reminded(home) as timers:
        timers.start(60, home.now(), name="pizza")
        home.set_forward = timedelta(hours=2)
        assert await rang(home, "The pizza timer went off while I was away.") < 60


@virtual
async def test_a_command_for_later_is_obeyed_then():
    async with living() as (home, household), reminded(home):
        await said(home, "Turn on the kitchen light in five minutes.")
        set_at = home.clock()
        await home.until(set_at + 200)
        assert household.broker.sent == []
        await home.happens(lambda: household.broker.sent, within=200)
        assert household.broker.sent == [("kitchen/set", "ON")]
        assert abs(household.broker.published[0][0] - set_at - 5 * MINUTE) < 10
        record = await home.record(2)
    assert record.reply == "The kitchen light is on."


@virtual
async def test_a_command_for_later_waits_for_who_speaks():
    async with living() as (home, household), reminded(home) as timers:
        timers.start(5, home.now(), command="turn on the kitchen light")
        home.says(QUESTION, at=4.0)
        answered = await home.record()
        at = home.clock()
        await home.record(2)
        assert household.broker.sent == [("kitchen/set", "ON")]
        assert household.broker.published[0][0] >= at - 0.01
    assert answered.ended is Ended.FINISHED


@virtual
async def test_a_command_for_later_opens_no_lock():
    async with living() as (home, household), reminded(home) as timers:
        timers.start(5, home.now(), command="unlock the front door")
        record = await home.record()
        assert household.broker.sent == []
        assert not home.conversation.private
    assert record.reply == NOT_FROM_TEXT


@virtual
async def test_two_that_are_due_at_once_are_both_heard():
    async with living() as (home, _), reminded(home) as timers:
        timers.start(5, home.now(), name="pizza")
        timers.start(5, home.now(), name="tea")
        first = await rang(home, "The pizza timer is done.")
        await home.speaking()
        home.live.stop()
        assert await rang(home, "The tea timer is done.") > first
