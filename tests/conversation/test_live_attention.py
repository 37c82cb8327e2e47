"""Who is listened to: the wake word, the time after a reply, the key, and nobody at all."""

from __future__ import annotations

import pytest

from tests.conversation.live_room import QUESTION, SHORT, at_home, virtual
from voiceslm.conversation.floor import AWAKE_SECONDS
from voiceslm.conversation.moves import Mode, Policy, State
from voiceslm.events import Ended
from voiceslm.listening.endpoint import Reason

WAKE = Policy(mode=Mode.WAKE)
KEY = Policy(mode=Mode.KEY)
COMMAND = "What time is it?"


@virtual
async def test_speech_without_the_wake_word_is_ignored():
    async with at_home(policy=WAKE) as home:
        home.says(QUESTION, at=1.0)
        await home.until(6)
        assert (home.turns, home.ear.asked, home.diary.states) == ([], [], [])


@virtual
@pytest.mark.parametrize("late", [0.1, 0.2, 0.3])
async def test_wake_word_and_command_in_one_breath_give_the_whole_command(late):
    async with at_home(policy=WAKE) as home:
        ended = home.says("Alexa", at=1.0)
        home.says(COMMAND, at=ended)
        await home.wakes(ended + late, ended)
        record = await home.record()
    assert (record.transcript, record.reply) == (COMMAND, "It's 5:42 PM.")


@virtual
async def test_a_command_some_time_after_the_wake_word_is_answered():
    async with at_home(policy=WAKE) as home:
        ended = home.says("Alexa", at=1.0)
        await home.wakes(ended + 0.2, ended)
        home.says(COMMAND, at=ended + 3)
        record = await home.record()
    assert record.transcript == COMMAND


@virtual
async def test_a_false_wake_that_nothing_follows_ends_silently():
    async with at_home(policy=WAKE) as home:
        await home.wakes(1.0)
        asleep = await home.happens(lambda: home.diary.states[-1:] and home.live.state is State.ASLEEP)
        assert asleep - 1.0 < 5
        await home.until(10)
        assert (home.turns, home.ear.asked, home.spoken_seconds()) == ([], [], 0)


@virtual
async def test_a_false_wake_that_a_sound_follows_ends_silently():
    async with at_home(policy=WAKE) as home:
        await home.wakes(1.0)
        home.sounds(1.5, at=1.5)
        await home.until(6)
        assert home.live.state is State.ASLEEP
        assert (home.turns, home.llm.asked, home.spoken_seconds()) == ([], [], 0)


@virtual
async def test_a_false_wake_amid_music_ends_silently_within_seconds():
    async with at_home(policy=WAKE) as home:
        home.sounds(30, at=0.5)
        await home.wakes(1.0)
        await home.until(1.0 + AWAKE_SECONDS + 2)
        assert home.live.state is State.ASLEEP
        assert (home.turns, home.llm.asked, home.spoken_seconds()) == ([], [], 0)


@virtual
async def test_right_after_a_reply_no_wake_word_is_needed():
    async with at_home(policy=WAKE) as home:
        await home.wakes(1.0)
        home.says(QUESTION, at=1.2)
        await home.record()
        home.says("And what about Germany?", at=home.clock() + WAKE.follow_up - 1)
        record = await home.record(2)
    assert record.transcript == "And what about Germany?"


@virtual
async def test_later_it_is_needed_again():
    async with at_home(policy=WAKE) as home:
        await home.wakes(1.0)
        home.says(QUESTION, at=1.2)
        await home.record()
        home.says("And what about Germany?", at=home.clock() + WAKE.follow_up + 0.5)
        await home.until(home.clock() + 15)
        assert len(home.turns) == 1


@virtual
async def test_with_no_time_to_follow_up_it_is_needed_at_once():
    async with at_home(policy=Policy(mode=Mode.WAKE, follow_up=0)) as home:
        await home.wakes(1.0)
        home.says(QUESTION, at=1.2)
        await home.record()
        home.says("And what about Germany?", at=home.clock() + 0.5)
        await home.until(home.clock() + 8)
        assert len(home.turns) == 1


@virtual
async def test_after_an_interruption_there_is_time_to_follow_up_too():
    async with at_home(policy=WAKE) as home:
        await home.wakes(1.0)
        home.says(QUESTION, at=1.2)
        await home.speaking()
        home.says("Stop.", at=home.clock() + 0.3)
        await home.record(2)
        home.says("Where were you born?", at=home.clock() + 2)
        record = await home.record(3)
    assert record.transcript == "Where were you born?"


@virtual
async def test_the_wake_word_ends_a_reply_and_the_command_after_it_is_answered():
    async with at_home(policy=WAKE) as home:
        await home.wakes(1.0)
        home.says(QUESTION, at=1.2)
        at = await home.speaking() + 0.5
        ended = home.says("Alexa", at=at)
        home.says(COMMAND, at=ended)
        await home.wakes(ended + 0.2, ended)
        first, second = [await home.record(number) for number in (1, 2)]
    assert first.ended is Ended.INTERRUPTED
    assert (second.transcript, second.ended) == (COMMAND, Ended.FINISHED)


@virtual
async def test_in_key_mode_only_what_is_said_while_the_key_is_down_is_heard():
    async with at_home(policy=KEY) as home:
        end = home.says("Be careful.", at=1.0)
        await home.until(end)
        home.live.talk(down=True)
        await home.until(home.says("Tell me about the"))
        home.live.talk(down=False)
        record = await home.record()
    assert (record.transcript, record.endpoint) == ("Tell me about the", Reason.RELEASED)
    assert record.reply == SHORT


@virtual
async def test_a_key_pressed_for_nothing_is_no_turn():
    async with at_home(policy=KEY) as home:
        home.live.talk(down=True)
        await home.until(1)
        home.live.talk(down=False)
        await home.until(6)
        assert (home.turns, home.live.state) == ([], State.ASLEEP)


@virtual
async def test_the_key_ends_a_reply_at_once():
    async with at_home(policy=KEY) as home:
        home.live.talk(down=True)
        await home.until(home.says(QUESTION))
        home.live.talk(down=False)
        at = await home.speaking() + 0.5
        await home.until(at)
        home.live.talk(down=True)
        await home.until(at + 2)
        assert home.spoken_seconds(at) < 0.05
        assert home.turns[0].ended is Ended.INTERRUPTED


@virtual
async def test_while_muted_nothing_is_heard():
    async with at_home() as home:
        home.live.mute(muted=True)
        home.says(QUESTION, at=1.0)
        await home.until(6)
        assert (home.turns, home.ear.asked) == ([], [])
        home.live.mute(muted=False)
        home.says(QUESTION)
        assert (await home.record()).transcript == QUESTION


@virtual
async def test_while_muted_the_wake_word_is_not_heard_either():
    async with at_home(policy=WAKE) as home:
        home.live.mute(muted=True)
        await home.wakes(1.0)
        await home.until(2)
        assert home.live.state is State.ASLEEP


@virtual
async def test_muted_while_it_waits_for_words_it_waits_no_longer():
    async with at_home(policy=WAKE) as home:
        await home.wakes(1.0)
        await home.happens(lambda: home.live.state is State.AWAKE)
        home.live.mute(muted=True)
        assert home.live.state is State.ASLEEP


@virtual
async def test_a_microphone_that_goes_in_the_middle_of_a_sentence_ends_the_waiting_for_its_end():
    async with at_home(policy=WAKE) as home:
        await home.wakes(1.0)
        home.says(QUESTION, at=1.5)
        await home.happens(lambda: home.live.state is State.HEARING)
        home.live.deafen()
        assert home.live.state is State.ASLEEP
        await home.until(8)
        assert home.turns == []


@virtual
async def test_muting_lets_a_reply_finish_and_nobody_interrupt():
    async with at_home() as home:
        home.says(QUESTION, at=1.0)
        await home.speaking()
        home.live.mute(muted=True)
        home.says("Stop.", at=home.clock() + 0.3)
        record = await home.record()
    assert (record.ended, record.reply) == (Ended.FINISHED, SHORT)


@virtual
async def test_with_earcons_the_wake_word_is_answered_by_a_short_sound():
    async with at_home(policy=WAKE, earcons=True) as home:
        await home.wakes(1.0)
        await home.until(1.0 + AWAKE_SECONDS + 2)
        assert 0.05 < home.spoken_seconds() < 0.3
        assert (home.turns, home.ear.asked) == ([], [])
