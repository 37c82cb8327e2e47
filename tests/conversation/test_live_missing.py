"""Engines that are not there, and come: what can be done without them is done."""

from __future__ import annotations

import pytest

from tests.conversation.household import living
from tests.conversation.live_room import QUESTION, SHORT, at_home, seconds_of, virtual
from tests.conversation.test_live_home import KITCHEN, KITCHEN_ON, said
from voiceslm.conversation.live import NOT_UNDERSTOOD
from voiceslm.conversation.pipeline import NO_MODEL
from voiceslm.events import Ended, Route


def without(home, *missing):
    """Take engines away; return how to give them back."""
    talk = home.conversation
    parts = {"hearing": talk._hearing, "thinking": talk._thinking, "speaking": talk._speaking}
    talk.equip(**(parts | dict.fromkeys(missing)))
    return lambda: talk.equip(**parts)


class TestWithoutALanguageModel:
    @virtual
    async def test_commands_are_done(self):
        async with living() as (home, household):
            without(home, "thinking")
            (record,) = await said(home, KITCHEN)
            assert household.broker.sent == [KITCHEN_ON]
            assert record.reply == "The kitchen light is on."

    @virtual
    async def test_a_question_is_answered_with_what_is_missing_and_later_with_its_answer(self):
        async with at_home() as home:
            back = without(home, "thinking")
            home.says(QUESTION, at=1.0)
            record = await home.record()
            assert (record.route, record.reply) == (Route.REFUSED, NO_MODEL)
            assert record.ended is Ended.FINISHED
            back()
            await home.works()


class TestWithoutAVoice:
    @virtual
    async def test_a_command_is_done_and_a_tone_says_that_something_was_said(self):
        async with living() as (home, household):
            back = without(home, "speaking")
            (record,) = await said(home, KITCHEN)
            assert household.broker.sent == [KITCHEN_ON]
            assert record.reply == "The kitchen light is on."
            assert 0.05 < home.spoken_seconds() < 0.3
            back()
            await home.works()

    @virtual
    async def test_an_answer_of_the_model_is_a_tone_too(self):
        async with at_home() as home:
            without(home, "speaking")
            home.says(QUESTION, at=1.0)
            record = await home.record()
            assert (record.ended, record.reply) == (Ended.FINISHED, SHORT)
            assert 0.05 < home.spoken_seconds() < 0.3


class TestWithoutSpeechToText:
    @virtual
    async def test_that_is_said_once_and_afterwards_only_sounded(self):
        async with at_home(trouble=True) as home:
            back = without(home, "hearing")
            home.says(QUESTION, at=1.0)
            record = await home.record()
            assert (record.ended, record.reply) == (Ended.FAILED, NOT_UNDERSTOOD)
            said_until = home.clock()
            assert home.spoken_seconds() == pytest.approx(seconds_of(NOT_UNDERSTOOD), abs=0.2)
            home.says(QUESTION, at=home.clock() + 1)
            await home.until(home.clock() + 10)
            assert len(home.turns) == 1
            assert 0.05 < home.spoken_seconds(after=said_until) < 0.3
            back()
            await home.works()


class TestWithoutATurnModel:
    @virtual
    async def test_questions_are_answered(self):
        async with at_home() as home:
            home.live.judging = None
            await home.works()
