"""Speech during a reply: it gives way to words that are meant for it, and to nothing else."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tests.conversation.live_room import LONG, QUESTION, SHORT, at_home, seconds_of, tokens, virtual
from voiceslm.audio import FRAME_SECONDS, RATE
from voiceslm.audio.playback import REWIND_SECONDS
from voiceslm.conversation.floor import ECHOES_BEFORE_BREAK, HUSH_AFTER
from voiceslm.conversation.moves import State
from voiceslm.events import Audio, Ended, Speech, Stage
from voiceslm.listening.gate import PLAYING, STEP

NOTICED = PLAYING.needed * STEP
"""Seconds of sound after which someone may be speaking."""

FULL_DB = -25.0
"""dBFS between the reply at full level and lowered."""


async def replying(home, reply=LONG):
    """Have the assistant one second into a reply; return the time."""
    home.llm.words = tokens(reply)
    home.says(QUESTION)
    begun = await home.speaking()
    await home.until(begun + 1.0)
    return home.clock()


@virtual
async def test_a_sound_lowers_the_reply_at_once():
    async with at_home() as home:
        at = await replying(home)
        home.sounds(0.1)
        await home.until(at + 1)
        lowered = home.room.recording.silent_from(at, lasting=0.03, threshold_db=FULL_DB)
        assert lowered - at <= NOTICED + STEP + 3 * FRAME_SECONDS


@virtual
async def test_words_silence_it_within_200_ms():
    async with at_home() as home:
        at = await replying(home)
        home.says("No, tell me about London.")
        record = await home.record()
        silent = home.room.recording.silent_from(at)
        assert silent - at <= NOTICED + 0.2
        assert silent - at <= max(HUSH_AFTER, NOTICED) + STEP + 3 * FRAME_SECONDS
    assert record.ended is Ended.INTERRUPTED


@virtual
async def test_a_cough_takes_nothing_away_from_the_reply():
    async with at_home() as home:
        at = await replying(home)
        home.sounds(0.1)
        record = await home.record()
        assert home.spoken_seconds() == pytest.approx(seconds_of("".join(home.voice.said)), abs=0.05)
        assert home.spoken_seconds(at + 0.6, db=FULL_DB) == pytest.approx(home.spoken_seconds(at + 0.6))
    assert (record.ended, record.reply) == (Ended.FINISHED, LONG)
    assert home.remembered == [QUESTION, LONG]


@virtual
async def test_after_a_longer_sound_without_words_it_goes_on_from_just_before_where_it_stopped():
    async with at_home() as home:
        at = await replying(home)
        home.sounds(0.6)
        record = await home.record()
        silent = home.room.recording.silent_from(at)
        assert silent is not None
        assert silent - at < 0.3
        resumed = home.room.recording.audible_from(silent)
        assert resumed - at < 0.6 + 0.12 + home.stt_worker.seconds + 0.2
        again = home.spoken_seconds() - seconds_of("".join(home.voice.said))
        assert 0 < again < REWIND_SECONDS + 0.1
    assert (record.ended, record.reply) == (Ended.FINISHED, LONG)


@virtual
async def test_sound_that_never_becomes_words_does_not_end_the_reply():
    async with at_home() as home:
        await replying(home)
        home.sounds(8)
        record = await home.record(within=60)
    assert (record.ended, record.reply) == (Ended.FINISHED, LONG)


@virtual
async def test_a_listener_who_hums_lets_it_finish():
    async with at_home() as home:
        await replying(home)
        home.says("Mm-hm.", seconds=0.4)
        record = await home.record()
        await home.until(home.clock() + 3)
        assert len(home.turns) == 1
    assert (record.ended, record.reply) == (Ended.FINISHED, LONG)


@virtual
async def test_stop_ends_it_for_good():
    async with at_home() as home:
        at = await replying(home)
        home.says("Stop.")
        first, second = [await home.record(number) for number in (1, 2)]
        await home.until(at + 10)
        assert home.spoken_seconds(at + 0.3) == 0
        assert home.live.state is State.AWAKE
    assert (first.ended, second.ended) == (Ended.INTERRUPTED, Ended.FINISHED)
    assert (second.transcript, second.reply) == ("Stop.", "")
    assert len(home.llm.asked) == 1


@virtual
async def test_only_what_was_heard_is_remembered():
    async with at_home() as home:
        await replying(home)
        home.says("Stop.")
        record = await home.record()
    assert LONG.startswith(record.reply)
    assert 5 < len(record.reply) < 25
    assert home.remembered == [QUESTION, record.reply]


@virtual
async def test_another_question_is_answered_with_what_was_heard_in_mind():
    async with at_home() as home:
        await replying(home)
        home.llm.words = tokens("Berlin is.")
        home.says("And what about Germany?")
        first, second = [await home.record(number) for number in (1, 2)]
    assert (second.transcript, second.reply) == ("And what about Germany?", "Berlin is.")
    assert home.asked == [QUESTION, first.reply, "And what about Germany?"]


@virtual
async def test_the_turn_after_an_interruption_is_like_any_other():
    async with at_home() as home:
        await replying(home)
        home.says("Stop.")
        await home.record(2)
        home.llm.words = tokens(SHORT)
        end = home.says("Where were you born?", at=home.clock() + 1)
        record = await home.record(3)
        assert home.spoken_seconds(end) == pytest.approx(seconds_of(SHORT), abs=0.2)
    assert (record.ended, record.reply) == (Ended.FINISHED, SHORT)
    assert record.timings_ms[Stage.AUDIBLE] < 1500


@virtual
async def test_a_request_that_goes_on_while_the_reply_is_awaited_is_one_request():
    async with at_home() as home:
        home.llm_worker.first = 2.0
        end = home.says(QUESTION, at=1.0)
        await home.happens(lambda: home.live.state is State.THINKING)
        home.says("And of Germany?", at=end + 1.2)
        record = await home.record()
        await home.until(home.clock() + 5)
        assert len(home.turns) == 1
        assert home.spoken_seconds() > 1
    assert record.transcript == f"{QUESTION} And of Germany?"
    assert home.remembered == [record.transcript, SHORT]


@virtual
async def test_a_cough_while_the_reply_is_awaited_changes_nothing():
    async with at_home() as home:
        home.llm_worker.first = 2.0
        home.says(QUESTION, at=1.0)
        await home.happens(lambda: home.live.state is State.THINKING)
        home.sounds(0.12)
        record = await home.record()
        assert home.spoken_seconds() == pytest.approx(seconds_of(SHORT), abs=0.2)
    assert (record.transcript, record.ended) == (QUESTION, Ended.FINISHED)


@virtual
async def test_stopped_by_hand_it_is_silent_at_once():
    async with at_home() as home:
        at = await replying(home)
        home.live.stop()
        await home.until(at + 3)
        assert home.spoken_seconds(at) <= 2 * FRAME_SECONDS
        assert [record.ended for record in home.turns] == [Ended.INTERRUPTED]


@virtual
@pytest.mark.parametrize("tenths", range(3, 18, 2))
async def test_whenever_it_is_stopped_nothing_of_it_is_heard_afterwards(tenths):
    async with at_home(reply=LONG) as home:
        end = home.says(QUESTION, at=1.0)
        await home.until(end + tenths / 10)
        home.live.stop()
        await home.until(end + 15)
        assert home.spoken_seconds(end + tenths / 10) <= 2 * FRAME_SECONDS
        assert home.live.state is State.AWAKE
        home.llm.words = tokens(SHORT)
        home.says(QUESTION)
        await home.happens(lambda: home.turns and home.turns[-1].reply == SHORT)


@virtual
async def test_the_loudspeaker_is_given_only_what_belongs_to_the_turn_at_hand():
    async with at_home() as home:
        await replying(home)
        for text in ("And what about Germany?", "What about Spain?", "No, Italy."):
            home.says(text)
            await home.until(home.clock() + 2.5)
        await home.record(4)
        turns = [turn for _, turn, _ in home.playback.given]
        assert turns == sorted(turns)
        assert len(set(turns)) > 2


@virtual
async def test_stop_ends_it_even_if_the_transcriber_is_slow():
    async with at_home() as home:
        await replying(home)
        home.stt_worker.seconds = 3.0
        home.says("Stop.")
        record = await home.record()
    assert record.ended is Ended.INTERRUPTED


@virtual
async def test_a_clause_that_is_ready_in_the_very_moment_of_a_stop_is_not_heard():
    async with at_home(reply=LONG) as home:
        home.says(QUESTION, at=1.0)
        await home.happens(lambda: home.live.state is State.THINKING)
        loop, stopped = asyncio.get_running_loop(), []

        def stop():
            stopped.append(home.clock())
            home.live.stop()

        home.voice.then = lambda: loop.call_soon(stop)
        await home.happens(lambda: stopped)
        home.voice.then = None
        await home.until(stopped[0] + 10)
        assert home.spoken_seconds(stopped[0] + 0.05) == 0


@virtual
async def test_a_late_clause_of_an_earlier_turn_is_not_heard():
    async with at_home() as home:
        await replying(home)
        home.says("And what about Germany?")
        await home.record()
        await home.speaking()
        home.playback.play(Speech(1, "of France", Audio(np.full(RATE, 0.5, np.float32), RATE)))
        record = await home.record(2)
        assert record.ended is Ended.FINISHED
        assert np.abs(home.room.recording.loudspeaker).max() < 0.2


class TestEcho:
    @virtual
    @pytest.mark.parametrize("echo_db", [0.0, -10.0, -20.0])
    async def test_of_its_own_words_starts_no_turn_and_takes_nothing_away(self, echo_db):
        async with at_home(echo_db=echo_db, reply=LONG) as home:
            home.says(QUESTION, at=1.0)
            record = await home.record(within=90)
            await home.until(home.clock() + 5)
            assert len(home.turns) == 1
        assert (record.ended, record.reply) == (Ended.FINISHED, LONG)

    @virtual
    async def test_again_and_again_makes_it_deaf_until_the_reply_is_over(self):
        async with at_home(reply=LONG) as home:
            home.says(QUESTION, at=1.0)
            await home.speaking()
            for _ in range(ECHOES_BEFORE_BREAK):
                home.says("Paris is", at=home.clock() + 0.3)
                await home.until(home.clock() + 2.3)
            at = home.clock()
            home.says("And what about Germany?")
            record = await home.record()
            later = home.clock()
            assert home.spoken_seconds(at, later, db=FULL_DB) == pytest.approx(
                home.spoken_seconds(at, later), abs=0.05
            )
        assert record.ended is Ended.FINISHED

    @virtual
    async def test_is_not_what_the_user_says_in_words_that_were_never_heard(self):
        async with at_home() as home:
            await replying(home)
            home.says("Stop.")
            await home.record(2)
            assert home.turns[0].reply == "Paris is the"
            home.says("Is the capital of France Paris?", at=home.clock() + 0.3)
            assert (await home.record(3)).reply == LONG

    @virtual
    async def test_does_not_keep_a_user_from_interrupting(self):
        async with at_home(echo_db=-30.0) as home:
            at = await replying(home)
            home.says("Stop.", seconds=0.4)
            record = await home.record()
            await home.until(at + 4)
            assert home.spoken_seconds(at + 1) == 0
        assert record.ended is Ended.INTERRUPTED


@virtual
async def test_a_hundred_interruptions_on_end_leave_nothing_behind():
    async with at_home(reply=LONG) as home:
        home.says(QUESTION, at=0.5)
        for _ in range(100):
            await home.until(home.clock() + 1.0)
            home.says("And now this one?", seconds=0.5)
            await home.until(home.clock() + 1.1)
        await home.until(home.clock() + 3)
        home.says("Stop.")
        await home.until(home.clock() + 3)
        assert home.live.state is State.AWAKE
        before = len(home.turns)
        home.llm.words = tokens(SHORT)
        home.says(QUESTION)
        record = await home.record(before + 1)
        assert (record.transcript, record.reply, record.ended) == (QUESTION, SHORT, Ended.FINISHED)
        assert before > 30
