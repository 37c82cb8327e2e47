"""What rings is heard, until somebody says something to it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from tests.conversation.live_room import LONG, QUESTION, at_home, tokens, virtual
from voiceslm.conversation.bell import PATIENCE_SECONDS, PAUSE_SECONDS, RING_SECONDS, Bell
from voiceslm.conversation.moves import Mode, Policy, State
from voiceslm.events import Ended

TEXT = "The pizza timer is done."
OTHER = "The tea timer is done."


@asynccontextmanager
async def ringing(home, *texts):
    """Let it ring; afterwards it must have stopped by itself."""
    bell = Bell(home.live, home.clock)
    tasks = [asyncio.create_task(bell.ring(text)) for text in texts]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def rings(home, text=TEXT):
    """Return when it rang."""
    return [at for at, said in home.replies if text.startswith(said)]


async def over(home, tasks, *, within=RING_SECONDS + 60):
    """Wait until it has stopped; return when that is."""
    return await home.happens(lambda: all(task.done() for task in tasks), within=within)


@virtual
async def test_it_rings_again_and_again_up_to_a_limit():
    async with at_home() as home, ringing(home, TEXT) as tasks:
        ended = await over(home, tasks)
        assert len(rings(home)) > RING_SECONDS / (PAUSE_SECONDS + 5)
        assert RING_SECONDS < ended < RING_SECONDS + 10


@virtual
async def test_stop_silences_it_while_it_rings():
    async with at_home() as home, ringing(home, TEXT) as tasks:
        at = await home.speaking()
        home.says("Stop.", at=at + 0.5, seconds=0.4)
        await over(home, tasks, within=10)
        await home.until(home.clock() + 10)
        assert len(rings(home)) == 1
        assert home.spoken_seconds(at + 1.5) == 0


@virtual
@pytest.mark.parametrize("text", ["Stop.", QUESTION])
async def test_whatever_is_said_between_two_rings_silences_it(text):
    async with at_home() as home, ringing(home, TEXT) as tasks:
        await home.record()
        home.says(text, at=home.clock() + 0.5)
        await over(home, tasks, within=20)
        assert len(rings(home)) == 1
        await home.record(2)
        await home.until(home.clock() + 10)
        assert [record.transcript for record in home.turns] == ["", text]


@virtual
async def test_who_speaks_slowly_between_two_rings_is_not_rung_into():
    async with at_home() as home, ringing(home, TEXT) as tasks:
        await home.record()
        end = home.says(QUESTION, at=home.clock() + PAUSE_SECONDS - 0.3, seconds=4.0)
        await over(home, tasks, within=20)
        assert all(at < end - 4 for at in rings(home))


@virtual
async def test_a_noise_does_not_silence_it():
    async with at_home() as home, ringing(home, TEXT):
        await home.record()
        home.sounds(0.1, at=home.clock() + 0.5)
        assert await home.happens(lambda: len(rings(home)) == 2)


@virtual
async def test_a_button_silences_it():
    async with at_home() as home, ringing(home, TEXT) as tasks:
        await home.speaking()
        home.live.stop()
        await over(home, tasks, within=5)
        assert home.turns[0].ended is Ended.INTERRUPTED


@virtual
async def test_the_wake_word_silences_it():
    async with at_home(policy=Policy(mode=Mode.WAKE)) as home, ringing(home, TEXT) as tasks:
        at = await home.speaking()
        await home.wakes(at + 0.5)
        await over(home, tasks, within=5)
        assert len(rings(home)) == 1


@virtual
async def test_stop_is_understood_between_two_rings_without_the_wake_word():
    async with at_home(policy=Policy(mode=Mode.WAKE)) as home, ringing(home, TEXT) as tasks:
        await home.record()
        home.says("Stop.", at=home.clock() + 0.5, seconds=0.4)
        await over(home, tasks, within=10)
        assert len(rings(home)) == 1


@virtual
async def test_the_key_silences_it():
    async with at_home(policy=Policy(mode=Mode.KEY)) as home, ringing(home, TEXT) as tasks:
        await home.speaking()
        home.live.talk(down=True)
        home.live.talk(down=False)
        await over(home, tasks, within=5)
        assert len(rings(home)) == 1


@virtual
async def test_a_text_that_somebody_sends_does_not_silence_it():
    async with at_home() as home, ringing(home, TEXT):
        await home.speaking()
        await home.live.say("The laundry is done.")
        assert await home.happens(lambda: len(rings(home)) == 2)


@virtual
async def test_a_question_that_somebody_writes_does_not_silence_it():
    async with at_home() as home, ringing(home, TEXT):
        await home.record()
        await home.live.ask(QUESTION)
        assert await home.happens(lambda: len(rings(home)) == 2)


@virtual
async def test_it_waits_for_who_is_speaking():
    async with at_home() as home:
        end = home.says(QUESTION, at=0.5)
        await home.until(1.0)
        async with ringing(home, TEXT) as tasks:
            answered = await home.record()
            assert answered.ended is Ended.FINISHED
            await home.happens(lambda: rings(home))
            assert rings(home)[0] > end
            home.live.stop()
            await over(home, tasks, within=5)


@virtual
async def test_it_does_not_wait_for_ever():
    async with at_home(reply=" ".join([LONG] * 4)) as home:
        home.says(QUESTION, at=0.5)
        at = await home.speaking()
        async with ringing(home, TEXT) as tasks:
            await home.happens(lambda: rings(home), within=PATIENCE_SECONDS + 5)
            assert rings(home)[0] - at < PATIENCE_SECONDS + 1
            home.live.stop()
            await over(home, tasks, within=5)


@virtual
async def test_two_ring_one_after_the_other():
    async with at_home() as home, ringing(home, TEXT, OTHER) as tasks:
        await home.record()
        assert rings(home, OTHER) == []
        home.live.stop()
        await home.happens(lambda: rings(home, OTHER))
        assert tasks[0].done()
        await home.speaking()
        home.live.stop()
        await over(home, tasks, within=5)


@virtual
async def test_what_is_to_be_said_in_a_quiet_moment_does_not_wait_until_it_has_stopped():
    async with at_home() as home, ringing(home, TEXT):
        await home.speaking()
        record = await home.live.say("The laundry is done.", urgent=False)
        assert record.ended is Ended.FINISHED
        assert await home.happens(lambda: len(rings(home)) == 2)


@virtual
async def test_afterwards_it_is_quiet_and_listens():
    async with at_home() as home, ringing(home, TEXT) as tasks:
        await home.speaking()
        home.says("Stop.", at=home.clock() + 0.3, seconds=0.4)
        await over(home, tasks, within=10)
        assert home.live.state is State.AWAKE
        home.llm.words = tokens("It is Paris.")
        await home.works()
