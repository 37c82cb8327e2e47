"""Frames that stop, people who never do, and the end of it all."""

from __future__ import annotations

import asyncio

import pytest

from tests.conversation.live_room import LONG, QUESTION, SHORT, at_home, seconds_of, virtual
from voiceslm.conversation.floor import PREROLL
from voiceslm.conversation.moves import Mode, Policy, State
from voiceslm.events import Ended


class TestFramesThatStop:
    async def stall(self, home, seconds=3.0):
        home.room.pause_frames(seconds)
        await home.until(home.clock() + seconds)

    @virtual
    async def test_while_nobody_speaks_are_not_missed(self):
        async with at_home() as home:
            await home.until(1)
            await self.stall(home)
            await home.works()

    @virtual
    async def test_while_the_user_speaks_leave_what_was_heard(self):
        async with at_home() as home:
            home.says("Tell me about Paris.", at=1.0)
            await home.until(2.5)
            await self.stall(home)
            record = await home.record()
            assert record.transcript == "Tell me about Paris."
            await home.works()

    @virtual
    async def test_while_the_reply_is_awaited_hold_it_back(self):
        async with at_home() as home:
            home.llm_worker.first = 1.0
            home.says(QUESTION, at=1.0)
            await home.happens(lambda: home.live.state is State.THINKING)
            await self.stall(home)
            back = home.clock()
            record = await home.record()
            assert record.reply == SHORT
            assert home.room.recording.audible_from(0) == pytest.approx(back, abs=0.1)
            home.llm_worker.first = 0.2
            await home.works()

    @virtual
    async def test_while_it_speaks_hold_the_rest_back(self):
        async with at_home() as home:
            home.says(QUESTION, at=1.0)
            await home.speaking()
            await home.until(home.clock() + 0.5)
            await self.stall(home)
            record = await home.record()
            assert (record.ended, record.reply) == (Ended.FINISHED, SHORT)
            assert home.spoken_seconds() == pytest.approx(seconds_of(SHORT), abs=0.1)
            await home.works()

    @virtual
    async def test_while_someone_interrupts_leave_what_was_heard(self):
        async with at_home(reply=LONG) as home:
            home.says(QUESTION, at=1.0)
            await home.speaking()
            await home.until(home.says("Stop.", at=home.clock() + 0.5) + 0.05)
            await self.stall(home, 1.0)
            first, second = [await home.record(number) for number in (1, 2)]
            assert (first.ended, second.transcript) == (Ended.INTERRUPTED, "Stop.")
            await home.works()

    @virtual
    async def test_after_the_wake_word_let_it_fall_asleep(self):
        async with at_home(policy=Policy(mode=Mode.WAKE)) as home:
            await home.wakes(1.0)
            await self.stall(home, 10)
            await home.until(home.clock() + 0.1)
            assert home.live.state is State.ASLEEP


class TestTheEnd:
    @virtual
    @pytest.mark.parametrize("begin", [-0.5, 0.0, 0.5])
    async def test_speech_around_closing_begins_nothing(self, begin):
        async with at_home() as home:
            await home.until(1.5)
            home.says(QUESTION, at=2.0 + begin)
            await home.until(2.0)
            await home.live.close()
            await home.until(10)
            assert (home.turns, home.llm.asked, home.spoken_seconds()) == ([], [], 0)

    @virtual
    @pytest.mark.parametrize("state", [State.THINKING, State.SPEAKING])
    async def test_closing_in_any_state_ends_everything(self, state):
        async with at_home(reply=LONG) as home:
            home.says(QUESTION, at=1.0)
            await home.happens(lambda: home.live.state is state)
            await home.live.close()
            for _ in range(5):
                await asyncio.sleep(0)
            left = {task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()}}
            assert left == {"room"}
            at = home.clock()
            await home.until(at + 5)
            assert home.spoken_seconds(at) <= 0.02

    @virtual
    async def test_whoever_waits_for_an_answer_gets_one_when_it_closes(self):
        async with at_home(reply=LONG) as home:
            asking = asyncio.create_task(home.live.ask(QUESTION))
            await home.speaking()
            await home.live.close()
            async with asyncio.timeout(1):
                assert (await asking).ended is Ended.INTERRUPTED


class TestTenMinutesOfSpeech:
    POLICY = Policy(longest=30.0)

    @virtual
    async def test_without_a_pause_stay_within_bounds(self):
        async with at_home(policy=self.POLICY) as home:
            most = 0
            home.says(" ".join(f"w{index}" for index in range(2000)), at=1.0)
            for second in range(1, 605):
                await home.until(float(second))
                most = max(most, len(asyncio.all_tasks()))
            lengths = [end - begin for begin, end in home.ear.asked]
            assert max(lengths) < self.POLICY.longest + PREROLL + 2
            assert most < 15
            home.live.stop()
            await home.until(home.clock() + 5)
            await home.works()

    @virtual
    async def test_without_a_pause_are_answered_now_and_then(self):
        async with at_home(policy=self.POLICY) as home:
            home.says(" ".join(f"w{index}" for index in range(1000)), at=1.0)
            await home.until(300)
            assert len(home.turns) >= 5
