"""A spoken PIN opens what is guarded, and nobody ever sees it."""

from __future__ import annotations

import logging

import pytest

from tests.conversation.household import PIN, SPOKEN_PIN, living
from tests.conversation.live_room import QUESTION, virtual
from tests.conversation.test_live_home import said
from voiceslm.conversation.acting import NOT_FROM_TEXT
from voiceslm.conversation.moves import State
from voiceslm.conversation.pin import ASK, LATE, LOCKED, LOCKED_SECONDS, WAITS_SECONDS, WRONG
from voiceslm.conversation.pipeline import NO_PIN
from voiceslm.events import Ended, Route

UNLOCK = "Unlock the front door."
UNLOCKED = [("front/set", "UNLOCK")]
WRONG_PIN = "One two three four."
ODD_PIN = "The numbers are for seventy one and won."
"""Words that hold no PIN that could be told, and may have been one."""


def secrets(home):
    """Return everything in which what was said may have been kept or shown, as one text."""
    shown = [text for _, text, _ in home.diary.transcripts]
    kept = [f"{record.transcript} {record.reply} {record.route_detail}" for record in home.turns]
    model = [message.content for messages in (*home.llm.asked, *home.llm.prepared) for message in messages]
    return " ".join([*shown, *kept, *model, *home.remembered, *home.diary.troubles]).lower()


class TestThePin:
    @virtual
    async def test_is_asked_for_before_anything_is_opened(self):
        async with living() as (home, household):
            (record,) = await said(home, UNLOCK)
            await home.until(home.clock() + 5)
            assert household.broker.sent == []
        assert (record.reply, record.actions) == (ASK, ())

    @virtual
    @pytest.mark.parametrize(
        "spoken", [SPOKEN_PIN, "4711", "47 11.", "It's 4 7 1 1, please.", "Forty seven eleven."]
    )
    async def test_opens(self, spoken):
        async with living() as (home, household):
            _, record = await said(home, UNLOCK, spoken)
            assert household.broker.sent == UNLOCKED
        assert (record.reply, record.actions) == (
            "The front door is unlocked.",
            ("lock.front_door state done",),
        )
        assert (record.route, record.route_detail, record.transcript) == (Route.INTENT, "pin", "")

    @virtual
    async def test_may_be_said_while_it_is_still_asked_for(self):
        async with living() as (home, household):
            home.says(UNLOCK, at=1.0)
            await home.speaking()
            home.says(SPOKEN_PIN, at=home.clock() + 0.2)
            await home.record(2)
            assert household.broker.sent == UNLOCKED
            assert "four seven" not in secrets(home)

    @virtual
    async def test_opens_only_after_the_commit(self):
        async with living() as (home, household):
            await said(home, UNLOCK)
            end = home.says("Four seven one", at=home.clock() + 1)
            home.says("one.", at=end + 0.2)
            await home.record(2)
            assert household.broker.sent == UNLOCKED

    @virtual
    async def test_that_is_wrong_opens_nothing_and_may_be_said_again(self):
        async with living() as (home, household):
            _, wrong, right = await said(home, UNLOCK, WRONG_PIN, SPOKEN_PIN)
            assert household.broker.sent == UNLOCKED
        assert (wrong.reply, wrong.actions) == (WRONG, ())
        assert right.reply == "The front door is unlocked."

    @virtual
    async def test_that_is_wrong_three_times_locks_it_for_a_while(self):
        async with living(forget_seconds=10_000) as (home, household):
            records = await said(home, UNLOCK, WRONG_PIN, WRONG_PIN, WRONG_PIN, UNLOCK, SPOKEN_PIN)
            assert [record.reply for record in records[3:5]] == [LOCKED, LOCKED]
            assert household.broker.sent == []
            await home.until(home.clock() + LOCKED_SECONDS)
            await said(home, UNLOCK, SPOKEN_PIN)
            assert household.broker.sent == UNLOCKED

    @virtual
    async def test_opens_nothing_where_none_was_asked_for(self):
        async with living() as (home, household):
            await said(home, SPOKEN_PIN)
            assert household.broker.sent == []

    @virtual
    async def test_opens_nothing_a_second_time(self):
        async with living() as (home, household):
            await said(home, UNLOCK, SPOKEN_PIN, "Lock the front door.", SPOKEN_PIN)
            assert household.broker.sent == [*UNLOCKED, ("front/set", "LOCK")]

    @virtual
    async def test_does_not_open_what_is_not_allowed(self):
        async with living() as (home, household):
            (record,) = await said(home, "Unlock the back door.")
            assert not home.conversation.private
            assert household.broker.sent == []
        assert record.reply == "I'm not allowed to unlock the back door."

    @virtual
    async def test_is_not_asked_for_to_lock(self):
        async with living() as (home, household):
            household.broker.report("front", "UNLOCKED")
            await said(home, "Lock the front door.")
            assert household.broker.sent == [("front/set", "LOCK")]

    @virtual
    async def test_that_comes_too_late_opens_nothing(self):
        async with living() as (home, household):
            await said(home, UNLOCK)
            home.says(SPOKEN_PIN, at=home.clock() + WAITS_SECONDS + 1)
            record = await home.record(2)
            assert household.broker.sent == []
            assert "four seven" not in secrets(home)
        assert record.reply == LATE

    @virtual
    async def test_of_a_forgotten_conversation_opens_nothing(self):
        async with living(forget_seconds=20.0) as (home, household):
            await said(home, UNLOCK)
            home.says(SPOKEN_PIN, at=home.clock() + 21)
            await home.record(2)
            assert household.broker.sent == []
            assert "four seven" not in secrets(home)

    @virtual
    async def test_interrupted_the_door_is_open_and_the_record_says_so(self):
        async with living() as (home, household):
            household.broker.seconds = 1.5
            await said(home, UNLOCK)
            home.says(SPOKEN_PIN, at=home.clock() + 1)
            await home.happens(lambda: household.broker.sent)
            home.says("Stop.", at=home.clock() + 0.05, seconds=0.4)
            record = await home.record(2)
        assert (record.ended, record.actions) == (Ended.INTERRUPTED, ("lock.front_door state sent",))
        assert record.transcript == ""

    @virtual
    async def test_once_said_the_door_can_be_spoken_of(self):
        async with living() as (home, household):
            await said(home, UNLOCK, SPOKEN_PIN, "Lock it.")
            assert household.state("lock.front_door") == "locked"

    @virtual
    async def test_does_not_hold_up_the_timer_of_the_same_sentence(self):
        async with living() as (home, household):
            text = "Unlock the front door and set a timer for five minutes."
            asked, _ = await said(home, text, SPOKEN_PIN)
            assert household.broker.sent == UNLOCKED
            assert len(home.skills.timers.snapshot()) == 1
        assert asked.reply.endswith(ASK)


class TestWhileThePinIsAwaited:
    @virtual
    @pytest.mark.parametrize("spoken", [SPOKEN_PIN, WRONG_PIN, ODD_PIN, "4711"])
    async def test_nothing_that_is_said_is_shown_kept_or_thought_about(self, spoken, caplog):
        caplog.set_level(logging.DEBUG)
        async with living() as (home, _):
            await said(home, UNLOCK)
            shown = len(home.diary.transcripts)
            home.says(spoken, at=home.clock() + 1, seconds=4.0)  # long enough for partial transcripts
            await home.happens(lambda: home.live.state is State.SPEAKING)
            assert len(home.diary.transcripts) == shown
            assert home.llm.asked == []
            await home.record(2)
            await home.until(home.clock() + 2)
            assert spoken.lower().strip(".") not in secrets(home)
            repeated, _ = await said(home, "Say that again.", QUESTION)
            assert PIN not in secrets(home)
            assert spoken.lower().strip(".") not in f"{secrets(home)} {repeated.reply} {caplog.text}".lower()
        assert home.turns[1].transcript == ""

    @virtual
    async def test_what_was_said_is_not_kept_though_it_is_silenced_at_once(self):
        async with living() as (home, _):
            await said(home, UNLOCK)
            end = home.says(SPOKEN_PIN, at=home.clock() + 1)
            await home.until(end)
            await home.happens(lambda: home.live.state is not State.HEARING)
            home.live.stop()
            await home.until(home.clock() + 3)
            assert "four seven" not in secrets(home)

    @virtual
    async def test_what_cannot_be_understood_is_no_command_and_opens_nothing(self):
        async with living() as (home, household):
            _, odd = await said(home, UNLOCK, ODD_PIN)
            assert home.llm.asked == []
            assert household.broker.sent == []
            assert not home.conversation.private
        assert odd.reply == NO_PIN

    @virtual
    async def test_never_mind_opens_nothing(self):
        async with living() as (home, household):
            _, record, _ = await said(home, UNLOCK, "Never mind.", SPOKEN_PIN)
            assert household.broker.sent == []
        assert (record.transcript, record.reply) == ("Never mind.", "")

    @virtual
    async def test_another_command_is_obeyed_and_opens_nothing(self):
        async with living() as (home, household):
            _, record, _ = await said(home, UNLOCK, "Turn on the kitchen light.", SPOKEN_PIN)
            assert household.broker.sent == [("kitchen/set", "ON")]
        assert record.transcript == "Turn on the kitchen light."

    @virtual
    async def test_a_command_for_later_is_kept_for_later(self):
        async with living() as (home, _):
            await said(home, UNLOCK, "Turn on the kitchen light in five minutes.")
            (timer,) = home.skills.timers.snapshot()
        assert timer["seconds"] == 300

    @virtual
    async def test_a_text_that_is_announced_ends_nothing(self):
        async with living() as (home, household):
            await said(home, UNLOCK)
            await home.live.say("The laundry is done.")
            home.says(SPOKEN_PIN, at=home.clock() + 1)
            await home.record(3)
            assert household.broker.sent == UNLOCKED

    @virtual
    async def test_conversation_long_after_it_was_asked_for_is_answered(self):
        async with living() as (home, _):
            await said(home, UNLOCK)
            home.says(QUESTION, at=home.clock() + WAITS_SECONDS + 5)
            record = await home.record(2, within=60)
        assert (record.route, record.transcript) == (Route.CHAT, QUESTION)


class TestText:
    @virtual
    async def test_opens_nothing_though_the_pin_is_written_too(self):
        async with living() as (home, household):
            asked = await home.live.ask(UNLOCK)
            await home.live.ask(PIN)
            await home.conversation.write(UNLOCK)
            await home.conversation.write(PIN)
            assert household.broker.sent == []
        assert asked.reply == NOT_FROM_TEXT

    @virtual
    async def test_is_not_taken_for_the_pin_that_somebody_in_the_room_was_asked_for(self):
        async with living() as (home, household):
            await said(home, UNLOCK)
            await home.live.ask(PIN)
            await home.conversation.write(SPOKEN_PIN)
            assert household.broker.sent == []

    @virtual
    async def test_does_not_open_what_was_just_spoken_of(self):
        async with living() as (home, household):
            await said(home, "Is the front door locked?")
            await home.live.ask("Unlock it.")
            assert household.broker.sent == []
