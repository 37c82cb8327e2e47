"""Engines that fail, hang, babble or crawl: it says so, and goes on."""

from __future__ import annotations

import itertools

import pytest

from tests.conversation.live_room import LONG, QUESTION, SHORT, at_home, seconds_of, tokens, virtual
from voiceslm.conversation.draft import AHEAD_SECONDS
from voiceslm.conversation.hearing import TRANSCRIBE_DEADLINE
from voiceslm.conversation.live import APOLOGY, NO_ANSWER
from voiceslm.conversation.moves import State
from voiceslm.conversation.pipeline import TOKEN_DEADLINE
from voiceslm.conversation.speaking import CLAUSE_DEADLINE
from voiceslm.errors import Problem
from voiceslm.events import Ended


class TestTheLanguageModel:
    @virtual
    @pytest.mark.parametrize("failure", [Problem("the model is broken"), ValueError(QUESTION)])
    async def test_that_fails_is_apologised_for_and_the_next_turn_works(self, failure):
        async with at_home(trouble=True) as home:
            home.llm.fail_with = failure
            home.says(QUESTION, at=1.0)
            record = await home.record()
            assert (record.ended, record.reply) == (Ended.FAILED, APOLOGY)
            assert home.spoken_seconds() == pytest.approx(seconds_of(APOLOGY), abs=0.2)
            (trouble,) = home.diary.troubles
            assert QUESTION not in trouble
            home.llm.fail_with = None
            await home.works()

    @virtual
    async def test_that_fails_in_the_middle_is_apologised_for_after_what_it_said(self):
        def breaks():
            yield from tokens("It is Paris, the capital. " + 30 * "And so on. ")
            raise ValueError("bug")

        async with at_home(trouble=True) as home:
            home.llm.words = breaks()
            home.says(QUESTION, at=1.0)
            record = await home.record()
            assert record.ended is Ended.FAILED
            assert record.reply.startswith("It is Paris,")
            assert record.reply.endswith(APOLOGY)
            await home.works()

    @virtual
    async def test_that_hangs_is_apologised_for_at_its_deadline(self):
        async with at_home(trouble=True) as home:
            home.llm_worker.hangs = True
            home.says(QUESTION, at=1.0)
            record = await home.record(within=2 * TOKEN_DEADLINE)
            assert (record.ended, record.reply) == (Ended.FAILED, APOLOGY)
            assert home.clock() < TOKEN_DEADLINE + 10
            home.llm_worker.hangs = False
            await home.works()

    @virtual
    async def test_that_hangs_does_not_keep_anyone_from_stopping_it(self):
        async with at_home() as home:
            home.llm_worker.hangs = True
            home.says(QUESTION, at=1.0)
            await home.happens(lambda: home.live.state is State.THINKING)
            home.live.stop()
            home.llm_worker.hangs = False
            await home.works()

    @virtual
    @pytest.mark.parametrize("words", [(), ("\n",) * 50, ("😀",), ("```\n", "x = 1\n", "```\n")])
    async def test_that_says_nothing_speakable_has_no_answer(self, words):
        async with at_home() as home:
            home.llm.words = words
            home.says(QUESTION, at=1.0)
            record = await home.record()
            assert record.reply == NO_ANSWER
            await home.works()

    @virtual
    async def test_that_never_ends_is_heard_and_held_back_until_someone_stops_it(self):
        async with at_home() as home:
            home.llm.words = itertools.cycle(tokens(LONG))
            home.says(QUESTION, at=1.0)
            await home.until(100)
            assert home.live.state is State.SPEAKING
            assert home.playback.queued_seconds < AHEAD_SECONDS + 15
            spoken = sum(seconds_of(text) for text in home.voice.said)
            assert spoken < 100 + AHEAD_SECONDS + 30
            home.says("Stop.")
            first = await home.record()
            assert first.ended is Ended.INTERRUPTED
            await home.record(2)
            await home.works()

    @virtual
    async def test_that_never_says_anything_and_never_ends_can_be_stopped(self):
        async with at_home() as home:
            home.llm.words = itertools.repeat("\n")
            home.says(QUESTION, at=1.0)
            await home.until(30)
            assert home.live.state is State.THINKING
            home.live.stop()
            await home.works()

    @virtual
    async def test_that_crawls_is_waited_for_and_its_reply_is_whole(self):
        async with at_home(reply=LONG) as home:
            home.llm_worker.seconds = 1 / 3
            home.says(QUESTION, at=1.0)
            record = await home.record(within=120)
            assert (record.ended, record.reply) == (Ended.FINISHED, LONG)
            assert home.spoken_seconds() == pytest.approx(seconds_of("".join(home.voice.said)), abs=0.2)
            assert len(home.turns) == 1


class TestTheVoice:
    @virtual
    async def test_that_fails_ends_the_turn_and_the_next_one_works(self):
        async with at_home(trouble=True) as home:
            home.llm_worker.first = 2.0
            home.voice.fail_with = ValueError("bug")
            home.says(QUESTION, at=1.0)
            record = await home.record()
            assert (record.ended, record.reply) == (Ended.FAILED, "")
            assert home.live.state is State.AWAKE
            home.voice.fail_with, home.llm_worker.first = None, 0.2
            await home.works()

    @virtual
    async def test_that_fails_on_a_draft_ends_the_turn_and_the_next_one_works(self):
        async with at_home(trouble=True) as home:
            home.listener.believes = 0.5
            home.voice.fail_with = ValueError("bug")
            home.says(QUESTION, at=1.0)
            await home.until(8)
            assert [record.ended for record in home.turns] == [Ended.FAILED]
            assert home.live.state is State.AWAKE
            home.voice.fail_with = None
            await home.works()

    @virtual
    async def test_that_hangs_fails_the_turn_at_its_deadline(self):
        async with at_home(trouble=True) as home:
            home.voice_worker.hangs = True
            home.says(QUESTION, at=1.0)
            record = await home.record(within=3 * CLAUSE_DEADLINE)
            assert record.ended is Ended.FAILED
            home.voice_worker.hangs = False
            await home.works()


class TestTheTranscriber:
    @virtual
    async def test_that_fails_is_apologised_for_and_the_next_turn_works(self):
        async with at_home(trouble=True) as home:
            home.stt.fail_with = ValueError("bug")
            end = home.says("Where am I?", at=1.0, seconds=0.6)
            record = await home.record()
            assert (record.ended, record.reply) == (Ended.FAILED, APOLOGY)
            assert home.room.recording.audible_from(0) - end < 1.5
            home.stt.fail_with = None
            await home.works()

    @virtual
    async def test_that_hangs_is_apologised_for_at_its_deadline(self):
        async with at_home(trouble=True) as home:
            home.stt_worker.hangs = True
            home.says(QUESTION, at=1.0)
            record = await home.record(within=2 * TRANSCRIBE_DEADLINE)
            assert (record.ended, record.reply) == (Ended.FAILED, APOLOGY)
            assert home.clock() < TRANSCRIBE_DEADLINE + 10
            home.stt_worker.hangs = False
            await home.works()

    @virtual
    async def test_that_fails_over_a_sound_during_a_reply_does_not_end_the_reply(self):
        async with at_home(reply=LONG, trouble=True) as home:
            home.says(QUESTION, at=1.0)
            at = await home.speaking()
            home.stt.fail_with = ValueError("bug")
            home.sounds(0.6, at=at + 1)
            record = await home.record()
            assert (record.ended, record.reply) == (Ended.FINISHED, LONG)

    @virtual
    async def test_that_fails_over_what_nobody_wants_to_know_any_more_says_nothing(self):
        async with at_home(trouble=True) as home:
            home.stt_worker.hangs = True
            end = home.says("Where am I?", at=1.0, seconds=0.6)
            await home.until(end + 0.5)
            home.live.stop()
            await home.until(TRANSCRIBE_DEADLINE + 10)
            assert (home.turns, home.spoken_seconds()) == ([], 0)

    @virtual
    async def test_whose_failure_was_apologised_for_leaves_nothing_in_mind(self):
        async with at_home(trouble=True) as home:
            home.stt.fail_with = ValueError("bug")
            home.says("Where am I?", at=1.0, seconds=0.6)
            await home.record()
            home.stt.fail_with = None
            await home.works()
            assert home.asked == ["Where is that, then?"]


class TestTheTurnModel:
    @virtual
    async def test_that_fails_makes_it_wait_longer_at_most(self):
        async with at_home(trouble=True) as home:
            home.listener_worker.hangs = True
            home.says(QUESTION, at=1.0)
            record = await home.record()
            await home.until(20)
            assert record.reply == SHORT
            assert len(home.turns) == 1
