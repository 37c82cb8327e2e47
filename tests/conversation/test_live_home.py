"""A home that obeys: after the commit, once, and what is said of it comes from the devices."""

from __future__ import annotations

import asyncio

import pytest

from tests.conversation.household import COMMANDS_PER_MINUTE, CONFIRM_SECONDS, REPORT_SECONDS, living
from tests.conversation.live_room import QUESTION, SHORT, virtual
from voiceslm.audio import FRAME_SECONDS
from voiceslm.conversation.moves import State
from voiceslm.conversation.pretence import UNKNOWN
from voiceslm.conversation.router import NOTHING_TO_UNDO
from voiceslm.conversation.tooling import UNCLEAR
from voiceslm.events import Ended, Route

KITCHEN = "Turn on the kitchen light."
KITCHEN_ON = ("kitchen/set", "ON")
BLINDS_OPEN = ("blinds/set", "OPEN")
HEARD_WITHIN = 0.15
"""Seconds from a device's report to the first sample of its confirmation."""


def committed(home):
    """Return when the user was first taken to have finished."""
    return next(at for at, _, final in home.diary.transcripts if final)


async def said(home, *texts):
    """Say one after another, each when the last was answered; return the records."""
    records = []
    for text in texts:
        home.says(text, at=home.clock() + 1)
        records.append(await home.record(len(home.turns) + 1))
    return records


class TestACommand:
    @virtual
    async def test_is_published_once_after_the_commit_and_confirmed_from_the_state(self):
        async with living() as (home, household):
            (record,) = await said(home, KITCHEN)
            await home.until(home.clock() + 3)
            assert household.broker.sent == [KITCHEN_ON]
            assert household.broker.published[0][0] >= committed(home)
        assert (record.route, record.reply) == (Route.INTENT, "The kitchen light is on.")
        assert record.actions == ("light.kitchen_light state done",)
        assert home.llm.asked == []

    @virtual
    async def test_is_published_at_the_moment_of_the_commit(self):
        async with living() as (home, household):
            home.voice_worker.seconds = 5.0  # the sound of its confirmation holds nothing up
            await said(home, KITCHEN)
            assert household.broker.published[0][0] - committed(home) < 0.01

    @virtual
    async def test_is_confirmed_at_once_when_the_device_reports(self):
        async with living() as (home, household):
            await said(home, KITCHEN)
            reported = household.broker.reported[0][0]
            assert 0 <= home.room.recording.audible_from(reported) - reported <= HEARD_WITHIN
            assert home.spoken_seconds(before=reported) == 0

    @virtual
    async def test_that_a_slow_device_obeys_is_confirmed_without_making_the_sound_first(self):
        async with living() as (home, household):
            home.voice_worker.seconds = 0.5
            household.broker.seconds = 1.0
            await said(home, KITCHEN)
            reported = household.broker.reported[0][0]
            assert home.room.recording.audible_from(reported) - reported <= 3 * FRAME_SECONDS

    @virtual
    async def test_to_a_device_that_reports_nothing_is_confirmed_as_no_more_than_sent(self):
        async with living() as (home, household):
            (record,) = await said(home, "Turn on the coffee machine.")
            assert household.broker.sent == [("coffee/set", "ON")]
        assert record.reply == "The coffee machine should now be on."
        assert record.actions == ("switch.coffee_machine state sent",)

    @virtual
    async def test_to_a_device_that_stays_silent_is_never_called_done(self):
        async with living() as (home, household):
            household.broker.silent.add("kitchen")
            (record,) = await said(home, KITCHEN)
            sent = household.broker.published[0][0]
            assert home.room.recording.audible_from(sent) - sent <= CONFIRM_SECONDS + HEARD_WITHIN
        assert record.reply == "The kitchen light is not responding."
        assert record.actions == ("light.kitchen_light state silent",)

    @virtual
    async def test_to_a_device_that_reports_something_else_is_never_called_done(self):
        async with living() as (home, household):
            household.broker.stubborn["kitchen"] = "OFF"
            (record,) = await said(home, KITCHEN)
        assert record.reply == "The kitchen light is not responding."

    @virtual
    async def test_for_what_is_so_already_publishes_nothing(self):
        async with living() as (home, household):
            household.broker.report("kitchen", "ON")
            (record,) = await said(home, KITCHEN)
            assert household.broker.sent == []
        assert record.reply == "The kitchen light is already on."

    @virtual
    async def test_to_a_device_that_is_offline_publishes_nothing(self):
        async with living() as (home, household):
            household.home.take("kitchen/online", b"offline")
            (record,) = await said(home, KITCHEN)
            assert household.broker.sent == []
        assert record.reply == "The kitchen light is offline."

    @virtual
    async def test_without_a_broker_is_said_to_have_failed(self):
        async with living() as (home, household):
            household.broker.connected = False
            (record,) = await said(home, KITCHEN)
        assert record.reply == "I can't reach the devices right now."
        assert record.actions == ("light.kitchen_light state offline",)

    @virtual
    async def test_is_obeyed_though_the_voice_is_broken(self):
        async with living(trouble=True) as (home, household):
            home.voice.fail_with = ValueError("bug")
            (record,) = await said(home, KITCHEN)
            assert household.broker.sent == [KITCHEN_ON]
        assert record.ended is Ended.FAILED
        assert record.actions == ("light.kitchen_light state done",)

    @virtual
    async def test_of_two_parts_does_both(self):
        async with living() as (home, household):
            (record,) = await said(home, "Turn on the kitchen light and open the blinds.")
            assert household.broker.sent == [KITCHEN_ON, BLINDS_OPEN]
        assert len(record.actions) == 2

    @virtual
    async def test_in_writing_is_obeyed_and_answered_in_writing(self):
        async with living() as (home, household):
            record = await home.conversation.write(KITCHEN)
            assert household.broker.sent == [KITCHEN_ON]
            assert home.spoken_seconds() == 0
            assert home.voice.said == []
        assert record.reply == "The kitchen light is on."

    @virtual
    async def test_beyond_the_rate_limit_is_refused(self):
        async with living() as (home, household):
            for index in range(COMMANDS_PER_MINUTE):
                await home.conversation.write(f"Turn {'off' if index % 2 else 'on'} the kitchen light.")
            record = await home.conversation.write(KITCHEN)
            assert len(household.broker.sent) == COMMANDS_PER_MINUTE
        assert record.actions == ("light.kitchen_light state refused",)


class TestSpeechBeforeTheCommit:
    @virtual
    async def test_that_goes_on_does_nothing_for_the_first_half_alone(self):
        async with living() as (home, household):
            end = home.says("Turn on the kitchen light", at=1.0)
            home.listener.believes = 0.1
            home.says("and open the blinds.", at=end + 0.3)
            record = await home.record()
            assert household.broker.sent == [KITCHEN_ON, BLINDS_OPEN]
            assert household.broker.published[0][0] >= committed(home)
            assert len(home.turns) == 1
        assert record.transcript == "Turn on the kitchen light and open the blinds."

    @virtual
    async def test_that_takes_it_back_does_nothing_of_the_first_half(self):
        async with living() as (home, household):
            end = home.says("Turn on the kitchen light", at=1.0)
            home.listener.believes = 0.1
            home.says("I said to my mother yesterday.", at=end + 0.3)
            await home.record()
            await home.until(home.clock() + 3)
            assert household.broker.sent == []

    @virtual
    async def test_that_is_cancelled_does_nothing(self):
        async with living() as (home, household):
            end = home.says(KITCHEN, at=1.0)
            await home.until(end + 0.2)
            home.live.stop()
            await home.until(end + 5)
            assert (household.broker.sent, home.turns) == ([], [])

    @virtual
    async def test_that_is_cancelled_in_the_moment_of_the_commit_does_nothing(self):
        async with living() as (home, household):
            loop = asyncio.get_running_loop()
            home.diary.when_final = lambda: loop.call_soon(home.live.stop)
            home.says("Turn on the kitchen light and set a timer for five minutes.", at=1.0)
            record = await home.record()
            await home.until(home.clock() + 3)
            assert household.broker.sent == []
            assert home.skills.timers.snapshot() == []
        assert (record.ended, record.actions) == (Ended.INTERRUPTED, ())


class TestSpeechWhileItIsDecided:
    """The model is still choosing a tool when the user makes a sound: the turn is committed, and has not acted."""

    TEXT = "The study is so dark, do something."

    async def deciding(self, home, *, until, sound):
        """Let the model choose ``until`` so long after the commit, and make the ``sound`` right after that."""
        home.llm.choices = ["desk_lamp on"]
        home.llm_worker.seconds = 0.001
        async with home.llm_worker.busy:
            home.says(self.TEXT, at=1.0)
            await home.happens(lambda: home.live.state is State.THINKING)
            at = home.clock()
            sound(at + 0.02)
            await home.until(at + until)
        return at

    @virtual
    async def test_and_goes_on_does_nothing_for_the_first_half(self):
        async with living() as (home, household):
            more = "I told my mother yesterday."
            await self.deciding(home, until=0.2, sound=lambda at: home.says(more, at=at))
            assert home.diary.states[-1][1] is State.THINKING  # that it is no noise is not known yet
            await home.happens(lambda: home.live.state is State.HEARING)
            home.llm.choices.clear()
            record = await home.record()
            assert household.broker.sent == []
        assert record.transcript == f"{self.TEXT} {more}"

    @virtual
    async def test_a_noise_only_puts_the_act_off(self):
        async with living() as (home, household):
            at = await self.deciding(home, until=0.2, sound=lambda at: home.sounds(0.15, at=at))
            assert household.broker.sent == []
            record = await home.record()
            assert household.broker.sent == [("desk/set", "ON")]
            assert household.broker.published[0][0] - at < 0.5
        assert record.actions == ("light.desk_lamp state done",)

    @virtual
    async def test_and_is_then_told_to_stop_does_nothing(self):
        async with living() as (home, household):
            await self.deciding(home, until=0.1, sound=lambda at: home.live.stop())
            await home.until(home.clock() + 5)
            assert household.broker.sent == []
            (record,) = home.turns
        assert (record.ended, record.actions) == (Ended.INTERRUPTED, ())


class TestSpeechAfterTheAct:
    @virtual
    async def test_interrupts_the_reply_and_undoes_nothing(self):
        async with living() as (home, household):
            household.broker.seconds = 1.5
            end = home.says(KITCHEN, at=1.0)
            await home.happens(lambda: household.broker.sent)
            home.says("and open the blinds.", at=max(home.clock(), end) + 0.1)
            first, second = await home.record(1), await home.record(2)
            assert household.broker.sent == [KITCHEN_ON, BLINDS_OPEN]
            assert household.state("light.kitchen_light") == "on"
        assert (first.ended, first.actions) == (Ended.INTERRUPTED, ("light.kitchen_light state sent",))
        assert (second.transcript, second.actions) == ("and open the blinds.", ("cover.blinds state done",))

    @virtual
    async def test_never_makes_the_same_sentence_of_it(self):
        async with living() as (home, household):
            household.broker.silent.add("kitchen")
            home.says(KITCHEN, at=1.0)
            await home.happens(lambda: household.broker.sent)
            home.says("What is the capital of France?", at=home.clock() + 0.05)
            await home.record(2)
            assert household.broker.sent == [KITCHEN_ON]
        assert [record.transcript for record in home.turns] == [KITCHEN, QUESTION]

    @virtual
    async def test_that_says_stop_leaves_it_done_and_silent(self):
        async with living() as (home, household):
            household.broker.seconds = 1.0
            home.says(KITCHEN, at=1.0)
            await home.happens(lambda: household.broker.sent)
            home.says("Stop.", at=home.clock() + 0.05, seconds=0.4)
            await home.record(2)
            await home.until(home.clock() + 3)
            assert household.broker.sent == [KITCHEN_ON]
            assert home.spoken_seconds() == 0

    @virtual
    async def test_can_still_take_back_what_was_just_sent(self):
        async with living() as (home, household):
            household.broker.seconds = 1.5
            home.says(KITCHEN, at=1.0)
            await home.happens(lambda: household.broker.sent)
            home.says("No, the bedroom light.", at=home.clock() + 0.1)
            await home.record(2)
            await home.until(home.clock() + 3)
            assert household.state("light.bedroom_light") == "on"
            assert household.state("light.kitchen_light") == "off"


class TestWhatIsNoCommand:
    @virtual
    @pytest.mark.parametrize(
        ("text", "reply"),
        [
            ("Is the kitchen light on?", "No, the kitchen light is off."),
            ("Is the front door locked?", "Yes, the front door is locked."),
        ],
    )
    async def test_a_question_is_answered_from_the_state_and_publishes_nothing(self, text, reply):
        async with living() as (home, household):
            (record,) = await said(home, text)
            assert household.broker.sent == []
        assert (record.reply, record.actions) == (reply, ())

    @virtual
    async def test_chat_publishes_nothing(self):
        async with living() as (home, household):
            (record,) = await said(home, QUESTION)
            assert household.broker.sent == []
        assert (record.route, record.reply) == (Route.CHAT, SHORT)

    @virtual
    async def test_a_command_that_nobody_understands_is_not_left_to_the_model(self):
        async with living() as (home, household):
            (record,) = await said(home, "Turn on the flux compensator.")
            assert household.broker.sent == []
        assert (record.route, record.reply) == (Route.REFUSED, UNKNOWN)

    @virtual
    async def test_for_a_question_the_model_cannot_write_whatever_it_answers(self):
        async with living() as (home, household):
            home.llm.choices = ["kitchen_light on"]
            (record,) = await said(home, "Could you check whether the kitchen light has been left on?")
            assert len(home.llm.grammars) == 1
            assert "kitchen_light get" in home.llm.grammars[0]
            assert household.broker.sent == []
        assert (record.route, record.reply) == (Route.TOOLS, UNCLEAR)


class TestTheModelWithTools:
    TEXT = "The study is so dark, do something."

    @virtual
    async def test_acts_after_the_commit_and_is_confirmed_from_the_state(self):
        async with living() as (home, household):
            home.llm.choices = ["desk_lamp on"]
            (record,) = await said(home, self.TEXT)
            assert household.broker.sent == [("desk/set", "ON")]
            assert household.broker.published[0][0] >= committed(home)
        assert (record.route, record.reply) == (Route.TOOLS, "The desk lamp is on.")

    @virtual
    async def test_that_takes_it_for_conversation_talks(self):
        async with living() as (home, household):
            (record,) = await said(home, self.TEXT)
            assert household.broker.sent == []
        assert (record.route, record.reply) == (Route.CHAT, SHORT)

    @virtual
    async def test_that_reads_tells_the_state(self):
        async with living() as (home, _):
            home.llm.choices = ["kitchen_light get"]
            (record,) = await said(home, "Could you check whether the kitchen light has been left on?")
        assert (record.route, record.reply) == (Route.TOOLS, "The kitchen light is off.")

    @virtual
    async def test_that_fails_is_apologised_for_and_does_nothing(self):
        async with living(trouble=True) as (home, household):
            home.llm.fail_with = ValueError("bug")
            (record,) = await said(home, self.TEXT)
            assert household.broker.sent == []
        assert record.ended is Ended.FAILED


class TestFollowUps:
    @virtual
    async def test_it_is_what_was_just_commanded(self):
        async with living() as (home, household):
            await said(home, KITCHEN, "Turn it off.")
            assert household.broker.sent == [KITCHEN_ON, ("kitchen/set", "OFF")]

    @virtual
    async def test_it_is_what_was_just_asked_about(self):
        async with living() as (home, household):
            await said(home, "Is the kitchen light on?", "Turn it on.")
            assert household.broker.sent == [KITCHEN_ON]

    @virtual
    async def test_conversation_in_between_changes_nothing(self):
        async with living() as (home, household):
            await said(home, KITCHEN, QUESTION, "Turn it off.")
            assert household.broker.sent[1:] == [("kitchen/set", "OFF")]

    @virtual
    async def test_the_bedroom_too(self):
        async with living() as (home, household):
            await said(home, KITCHEN, "The bedroom too.")
            assert household.broker.sent == [KITCHEN_ON, ("bedroom/set", "ON")]

    @virtual
    async def test_no_the_other_one(self):
        async with living() as (home, household):
            await said(home, "Turn on the desk lamp.", "No, the other one.")
            assert household.state("light.floor_lamp") == "on"
            assert household.state("light.desk_lamp") == "off"

    @virtual
    async def test_no_the_other_one_after_the_model_acted(self):
        async with living() as (home, household):
            home.llm.choices = ["desk_lamp on"]
            await said(home, TestTheModelWithTools.TEXT, "No, the other one.")
            assert household.state("light.floor_lamp") == "on"
            assert household.state("light.desk_lamp") == "off"

    @virtual
    async def test_undo_brings_back_what_was(self):
        async with living() as (home, household):
            _, undone = await said(home, KITCHEN, "Undo that.")
            assert household.broker.sent == [KITCHEN_ON, ("kitchen/set", "OFF")]
        assert undone.route_detail == "HassUndo"

    @virtual
    async def test_undo_leaves_alone_what_was_so_before(self):
        async with living() as (home, household):
            household.broker.report("desk", "ON")
            await said(home, "Turn on the lights in the study.", "Undo that.")
            assert household.state("light.desk_lamp") == "on"
            assert household.state("light.floor_lamp") == "off"

    @virtual
    async def test_undo_after_a_timer_does_not_reach_past_it(self):
        async with living() as (home, household):
            *_, record = await said(home, KITCHEN, "Set a timer for five minutes.", "Undo that.")
            assert household.broker.sent == [KITCHEN_ON]
        assert record.reply == NOTHING_TO_UNDO

    @virtual
    async def test_which_one_is_asked_and_the_answer_taken(self):
        async with living() as (home, household):
            asked, answered = await said(home, "Turn on the side lamp.", "The one on the landing.")
            assert asked.actions == ()
            assert household.broker.sent == [("landing/set", "ON")]
        assert asked.reply == "Do you mean the side lamp in the Guest room or the side lamp on the Landing?"
        assert answered.reply == "The side lamp is on."

    @virtual
    async def test_which_one_may_be_answered_before_it_was_asked_to_the_end(self):
        async with living() as (home, household):
            home.says("Turn on the side lamp.", at=1.0)
            await home.speaking()
            home.says("The one on the landing.", at=home.clock() + 0.3)
            await home.record(2)
            assert household.broker.sent == [("landing/set", "ON")]

    @virtual
    async def test_both(self):
        async with living() as (home, household):
            await said(home, "Turn on the side lamp.", "Both.")
            assert sorted(household.broker.sent) == [("guests/set", "ON"), ("landing/set", "ON")]

    @virtual
    async def test_never_mind_ends_the_question(self):
        async with living() as (home, household):
            await said(home, "Turn on the side lamp.", "Never mind.", "The one on the landing.")
            assert household.broker.sent == []

    @virtual
    async def test_nothing_is_leant_on_after_a_long_silence(self):
        async with living(forget_seconds=20.0) as (home, household):
            await said(home, KITCHEN)
            home.says("Turn it off.", at=home.clock() + 21)
            await home.record(2)
            assert household.broker.sent == [KITCHEN_ON]

    @virtual
    async def test_the_room_does_not_lean_on_what_somebody_wrote(self):
        async with living() as (home, household):
            await said(home, KITCHEN)
            await home.conversation.write("Turn on the bedroom light.")
            await said(home, "Turn it off.")
            assert household.broker.sent[2:] == [("kitchen/set", "OFF")]

    @virtual
    async def test_who_writes_does_not_lean_on_what_the_room_said(self):
        async with living() as (home, household):
            await said(home, KITCHEN)
            await home.conversation.write("Turn it off.")
            assert household.broker.sent == [KITCHEN_ON]


class TestWriting:
    @virtual
    async def test_tells_nothing_of_what_was_said_in_the_room(self):
        async with living() as (home, _):
            await said(home, QUESTION)
            await home.conversation.write("What did I just ask you?")
            assert home.asked == ["What did I just ask you?"]
            record = await home.conversation.write("Say that again.")
        assert SHORT not in record.reply

    @virtual
    async def test_is_not_told_to_the_room(self):
        async with living() as (home, _):
            record = await home.conversation.write(QUESTION)
            (repeated,) = await said(home, "Say that again.")
        assert record.reply == SHORT
        assert SHORT not in repeated.reply

    @virtual
    async def test_goes_on_beside_what_is_said_in_the_room(self):
        async with living() as (home, household):
            home.says(KITCHEN, at=1.0)
            await home.happens(lambda: household.broker.sent)
            written = await home.conversation.write("Is the front door locked?")
            spoken = await home.record()
        assert written.reply == "Yes, the front door is locked."
        assert (spoken.reply, spoken.ended) == ("The kitchen light is on.", Ended.FINISHED)


@virtual
async def test_a_written_command_that_is_answered_aloud_acts_once():
    async with living() as (home, household):
        record = await home.live.ask(KITCHEN)
        assert household.broker.sent == [KITCHEN_ON]
    assert (record.reply, record.actions) == (
        "The kitchen light is on.",
        ("light.kitchen_light state done",),
    )


@virtual
async def test_whoever_no_longer_waits_for_an_answer_has_commanded_all_the_same():
    async with living() as (home, household):
        household.broker.seconds = 1.0
        asking = asyncio.create_task(home.live.ask(KITCHEN))
        await home.happens(lambda: household.broker.sent)
        asking.cancel()
        await home.until(home.clock() + REPORT_SECONDS + 2)
        assert household.broker.sent == [KITCHEN_ON]
        (record,) = home.turns
    assert (record.ended, record.actions) == (Ended.INTERRUPTED, ("light.kitchen_light state sent",))
