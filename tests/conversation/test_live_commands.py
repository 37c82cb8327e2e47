"""What needs no language model, what was said before, and what is asked or said in writing."""

from __future__ import annotations

import asyncio

import pytest

from tests.conversation.live_room import LONG, QUESTION, SHORT, at_home, seconds_of, tokens, virtual
from voiceslm.conversation.moves import State
from voiceslm.errors import Problem
from voiceslm.events import Ended, Route
from voiceslm.skills.courtesy import NOTHING_SAID


@virtual
@pytest.mark.parametrize("text", ["Never mind.", "Stop."])
async def test_whoever_wants_nothing_is_answered_by_silence_without_the_model(text):
    async with at_home() as home:
        home.says(text, at=1.0)
        record = await home.record()
        assert (record.route, record.reply, home.llm.asked) == (Route.SKILL, "", [])
        assert home.spoken_seconds() == 0
        assert home.remembered == []


@virtual
async def test_the_last_reply_is_said_again_without_the_model():
    async with at_home() as home:
        home.says(QUESTION, at=1.0)
        await home.record()
        home.says("Say that again.", at=home.clock() + 1)
        record = await home.record(2)
        assert len(home.llm.asked) == 1
    assert (record.route, record.reply) == (Route.SKILL, SHORT)


@virtual
async def test_there_is_nothing_to_say_again_before_the_first_reply():
    async with at_home() as home:
        home.says("Say that again.", at=1.0)
        assert (await home.record()).reply == NOTHING_SAID


@virtual
async def test_what_was_said_before_is_in_the_models_mind():
    async with at_home() as home:
        home.says(QUESTION, at=1.0)
        await home.record()
        home.says("And what about Germany?", at=home.clock() + 1.5)
        await home.record(2)
        assert home.asked == [QUESTION, SHORT, "And what about Germany?"]


@virtual
async def test_after_a_long_silence_a_new_conversation_begins():
    async with at_home(forget_seconds=20.0) as home:
        home.says(QUESTION, at=1.0)
        await home.record()
        home.says("And what about Germany?", at=home.clock() + 21)
        await home.record(2)
        assert home.asked == ["And what about Germany?"]


@virtual
async def test_a_shorter_silence_does_not_end_the_conversation():
    async with at_home(forget_seconds=20.0) as home:
        for number in (1, 2, 3):
            home.says(QUESTION, at=home.clock() + 15)
            await home.record(number)
        assert len(home.asked) == 5


@virtual
async def test_a_written_question_is_answered_aloud():
    async with at_home() as home:
        record = await home.live.ask(QUESTION)
        assert home.spoken_seconds() == pytest.approx(seconds_of(SHORT), abs=0.2)
    assert (record.transcript, record.reply, record.ended) == (QUESTION, SHORT, Ended.FINISHED)


@virtual
async def test_a_text_is_spoken_as_it_is():
    async with at_home() as home:
        record = await home.live.say("The laundry is done.")
        assert (record.reply, home.llm.asked) == ("The laundry is done.", [])
        assert home.live.state is State.AWAKE


@virtual
async def test_a_written_question_replaces_the_reply_under_way():
    async with at_home(reply=LONG) as home:
        first = asyncio.create_task(home.live.ask(QUESTION))
        await home.speaking()
        home.llm.words = tokens(SHORT)
        second = await home.live.ask("And what about Germany?")
        assert (await first).ended is Ended.INTERRUPTED
    assert (second.reply, second.ended) == (SHORT, Ended.FINISHED)


@virtual
async def test_whoever_no_longer_waits_for_a_written_answer_ends_it():
    async with at_home(reply=LONG) as home:
        asking = asyncio.create_task(home.live.ask(QUESTION))
        at = await home.speaking()
        asking.cancel()
        await home.until(at + 3)
        assert home.spoken_seconds() < 0.1
        assert home.live.state is State.AWAKE


@virtual
async def test_an_empty_question_is_refused_and_disturbs_nobody():
    async with at_home() as home:
        home.says(QUESTION, at=1.0)
        await home.speaking()
        with pytest.raises(Problem, match="nothing to ask"):
            await home.live.ask(" \n")
        assert (await home.record()).ended is Ended.FINISHED


class TestWhatSkillsDo:
    @virtual
    async def test_is_done_once_after_the_commit(self):
        async with at_home() as home:
            end = home.says("Set a timer for five minutes.", at=1.0)
            await home.happens(home.skills.timers.snapshot)
            assert home.clock() > end
            assert home.live.state is State.THINKING
            record = await home.record()
            assert len(home.skills.timers.snapshot()) == 1
        assert (record.route, record.reply) == (Route.SKILL, "Timer for 5 minutes, starting now.")

    @virtual
    async def test_is_not_done_where_the_sentence_goes_on(self):
        async with at_home() as home:
            end = home.says("Set a timer for five minutes", at=1.0)
            home.listener.believes = 0.1
            home.says("is what my grandmother used to say.", at=end + 0.2)
            await home.record()
            assert home.skills.timers.snapshot() == []

    @virtual
    async def test_stays_done_where_the_reply_is_interrupted(self):
        async with at_home() as home:
            home.says("Set a timer for five minutes.", at=1.0)
            await home.speaking()
            home.says("Stop.", at=home.clock() + 0.2, seconds=0.4)
            await home.record(2)
            assert len(home.skills.timers.snapshot()) == 1

    @virtual
    async def test_waits_for_which_one(self):
        async with at_home() as home:
            for text in ("Set a pizza timer for ten minutes.", "Set a tea timer for five minutes."):
                home.says(text, at=home.clock() + 1)
                await home.record(len(home.turns) + 1)
            home.says("Cancel the timer.", at=home.clock() + 1)
            asked = await home.record(3)
            assert len(home.skills.timers.snapshot()) == 2
            home.says("The tea timer.", at=home.clock() + 1)
            answered = await home.record(4)
            assert [timer["name"] for timer in home.skills.timers.snapshot()] == ["pizza"]
        assert asked.reply == "You have two timers: pizza and tea. Which one?"
        assert answered.reply == "Cancelled the tea timer."


class TestWhatIsToBeSaid:
    @virtual
    async def test_waits_for_the_reply_under_way_where_it_is_not_urgent(self):
        async with at_home(reply=LONG) as home:
            home.says(QUESTION, at=1.0)
            await home.speaking()
            record = await home.live.say("The laundry is done.", urgent=False)
            assert [turn.ended for turn in home.turns] == [Ended.FINISHED, Ended.FINISHED]
            assert home.turns[0].reply == LONG
        assert record.reply == "The laundry is done."

    @virtual
    async def test_waits_for_who_is_speaking(self):
        async with at_home() as home:
            home.says(QUESTION, at=1.0)
            await home.until(1.5)
            await home.live.say("The laundry is done.", urgent=False)
            assert [turn.reply for turn in home.turns] == [SHORT, "The laundry is done."]

    @virtual
    async def test_is_said_in_its_order(self):
        async with at_home() as home:
            texts = ["One is done.", "Two is done.", "Three is done."]
            await asyncio.gather(*(home.live.say(text, urgent=False) for text in texts))
            assert [turn.reply for turn in home.turns] == texts
            assert {turn.ended for turn in home.turns} == {Ended.FINISHED}

    @virtual
    async def test_interrupts_where_it_is_urgent_and_leaves_what_waits_waiting(self):
        async with at_home(reply=LONG) as home:
            home.says(QUESTION, at=1.0)
            await home.speaking()
            waiting = asyncio.create_task(home.live.say("The laundry is done.", urgent=False))
            await asyncio.sleep(0.5)
            urgent = await home.live.say("There is smoke in the kitchen.")
            assert (await waiting).reply == "The laundry is done."
            assert [turn.ended for turn in home.turns] == [Ended.INTERRUPTED, Ended.FINISHED, Ended.FINISHED]
        assert urgent.ended is Ended.FINISHED

    @virtual
    async def test_is_refused_where_there_is_no_quiet_moment_within_a_minute(self):
        async with at_home(reply=" ".join([LONG] * 12)) as home:
            home.says(QUESTION, at=1.0)
            await home.speaking()
            with pytest.raises(Problem, match="no quiet moment"):
                await home.live.say("The laundry is done.", urgent=False)
            home.live.stop()

    @virtual
    async def test_that_nobody_waits_for_any_more_lets_the_next_be_said(self):
        async with at_home(reply=LONG) as home:
            home.says(QUESTION, at=1.0)
            await home.speaking()
            given_up = asyncio.create_task(home.live.say("One is done.", urgent=False))
            await asyncio.sleep(0.1)
            given_up.cancel()
            record = await home.live.say("Two is done.", urgent=False)
            assert [turn.reply for turn in home.turns] == [LONG, "Two is done."]
        assert record.ended is Ended.FINISHED
