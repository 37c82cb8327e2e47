"""The turn around its engines: order, laziness, cancelling, failing."""

import asyncio
from contextlib import asynccontextmanager

import numpy as np
import pytest

from tests.fakes import FakeLlm, FakeStt, FakeVoice, Gate
from voiceslm.conversation.hearing import Hearing
from voiceslm.conversation.history import History
from voiceslm.conversation.pipeline import TEXT_LONGEST, Conversation, Thinking
from voiceslm.conversation.speaking import Speaking
from voiceslm.errors import Problem
from voiceslm.events import Audio, Route, Stage
from voiceslm.worker import Worker

SILENCE = Audio(np.zeros(16_000, np.float32), 16_000)


@asynccontextmanager
async def conversation(*, stt=None, llm=None, voice=None, turns=2):
    workers = [Worker(name) for name in ("stt", "llm", "voice")]
    yield Conversation(
        History("Be brief.", turns),
        hearing=Hearing(stt or FakeStt(), workers[0]),
        thinking=Thinking(llm or FakeLlm(), workers[1], "fake"),
        speaking=Speaking(voice or FakeVoice(), workers[2]),
    )
    for worker in workers:
        worker.close()


class Listener:
    def __init__(self):
        self.heard = []
        self.spoken_to = asyncio.Event()

    async def __call__(self, speech):
        self.heard.append(speech)
        self.spoken_to.set()

    @property
    def texts(self):
        return [speech.text for speech in self.heard]


async def entered(gate):
    assert await asyncio.to_thread(gate.entered.wait, 5)


async def test_a_spoken_question_is_answered_clause_by_clause():
    listener = Listener()
    async with conversation(stt=FakeStt("how are you")) as talk:
        record = await talk.turn(SILENCE, listener)
    assert listener.texts == ["Hello there,", "how are you?", "Fine."]
    assert record.reply == "Hello there, how are you? Fine."
    assert (record.transcript, record.route, record.route_detail) == ("how are you", Route.CHAT, "fake")
    assert (record.prompt_tokens, record.user_tokens) == (12, 4)


async def test_every_stage_is_timed_in_order():
    async with conversation() as talk:
        record = await talk.turn(SILENCE, Listener())
    live = (Stage.ENDPOINT, Stage.AUDIBLE)  # what only a live conversation has
    times = [record.timings_ms[stage] for stage in Stage if stage not in live]
    assert None not in times
    assert times == sorted(times)


async def test_stages_that_did_not_run_have_no_time():
    async with conversation() as talk:
        record = await talk.ask("hello", Listener())
    assert record.timings_ms[Stage.STT] is None
    assert record.timings_ms[Stage.FIRST_AUDIO] is not None


async def test_the_first_sound_leaves_while_the_reply_is_still_being_written():
    gate = Gate()
    listener = Listener()
    async with conversation(llm=FakeLlm(gate=gate, gate_before_word=5)) as talk:
        turn = asyncio.create_task(talk.ask("hello", listener))
        await entered(gate)
        await listener.spoken_to.wait()
        assert listener.texts[0] == "Hello there,"
        assert not turn.done()
        gate.released.set()
        await turn


async def test_the_model_waits_while_the_first_clause_is_spoken():
    gate = Gate()
    llm = FakeLlm(words=("A first clause, ", *("and more " for _ in range(50))))
    async with conversation(llm=llm, voice=FakeVoice(gate=gate)) as talk:
        turn = asyncio.create_task(talk.ask("hello", Listener()))
        await entered(gate)
        assert llm.produced == 1
        gate.released.set()
        await turn


async def test_the_rest_is_written_while_the_first_clause_plays():
    llm, playing, played = FakeLlm(), asyncio.Event(), asyncio.Event()

    async def slow(_speech):
        playing.set()
        await played.wait()

    async with conversation(llm=llm) as talk:
        turn = asyncio.create_task(talk.ask("hello", slow))
        await playing.wait()
        async with asyncio.timeout(5):
            while llm.produced < len(llm.words):  # noqa: ASYNC110 - the fake has no event to wait for
                await asyncio.sleep(0)
        assert not turn.done()
        played.set()
        await turn


async def test_nothing_intelligible_is_answered_by_nobody():
    listener, llm = Listener(), FakeLlm()
    async with conversation(stt=FakeStt(""), llm=llm) as talk:
        record = await talk.turn(SILENCE, listener)
    assert (record.route, record.reply, listener.heard, llm.asked) == (Route.NONE, "", [], [])
    assert record.timings_ms[Stage.FIRST_TOKEN] is None


@pytest.mark.parametrize("engine", ["stt", "llm", "voice"])
async def test_the_loop_runs_on_while_an_engine_is_stuck(engine):
    gate = Gate()
    fakes = {"stt": FakeStt, "llm": FakeLlm, "voice": FakeVoice}
    async with conversation(**{engine: fakes[engine](gate=gate)}) as talk:
        turn = asyncio.create_task(talk.turn(SILENCE, Listener()))
        await entered(gate)
        for _ in range(100):
            await asyncio.sleep(0)
        assert not turn.done()
        gate.released.set()
        assert (await turn).reply


@pytest.mark.parametrize("engine", ["stt", "llm", "voice"])
async def test_a_cancelled_turn_says_nothing_more_and_is_not_remembered(engine):
    gate, listener = Gate(), Listener()
    llm = FakeLlm(gate=gate if engine == "llm" else None)
    stt = FakeStt(gate=gate if engine == "stt" else None)
    voice = FakeVoice(gate=gate if engine == "voice" else None)
    async with conversation(stt=stt, llm=llm, voice=voice) as talk:
        turn = asyncio.create_task(talk.turn(SILENCE, listener))
        await entered(gate)
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        gate.released.set()
        await talk.settle()
        assert listener.heard == []
        assert [message.role for message in llm.prepared[-1]] == ["system"]


async def test_a_turn_after_a_cancelled_one_works():
    gate, listener = Gate(), Listener()
    async with conversation(llm=FakeLlm(gate=gate)) as talk:
        first = asyncio.create_task(talk.ask("one", Listener()))
        await entered(gate)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        gate.released.set()
        record = await talk.ask("two", listener)
    assert record.turn == 2
    assert {speech.turn for speech in listener.heard} == {2}


@pytest.mark.parametrize("failure", [Problem("the model is broken"), ValueError("bug")])
async def test_an_engine_that_fails_fails_the_turn_with_its_own_error(failure):
    async with conversation(llm=FakeLlm(fail_with=failure)) as talk:
        with pytest.raises(type(failure), match=str(failure)):
            await talk.ask("hello", Listener())


async def test_a_player_that_fails_ends_the_turn():
    async def broken(_speech):
        raise OSError("no loudspeaker")

    async with conversation() as talk:
        with pytest.raises(OSError, match="no loudspeaker"):
            await talk.ask("hello", broken)


async def test_exchanges_are_remembered_within_the_bound():
    llm = FakeLlm(words=("Yes.",))
    async with conversation(llm=llm, turns=1) as talk:
        for question in ("one", "two", "three"):
            await talk.ask(question, Listener())
        assert [message.content for message in llm.asked[-1]] == ["Be brief.", "two", "Yes.", "three"]


async def test_a_history_too_large_for_the_model_is_trimmed_while_idle():
    llm = FakeLlm(words=("Yes.",))
    async with conversation(llm=llm, turns=10) as talk:
        for question in ("one", "two", "three"):
            await talk.ask(question, Listener())
        await talk.settle()
    assert [message.content for message in llm.prepared[-1]] == ["Be brief.", "two", "Yes.", "three", "Yes."]


async def test_a_reply_without_a_speakable_word_is_silent_and_forgotten():
    listener, llm = Listener(), FakeLlm(words=("\n", "```\ncode\n```", "😀"))
    async with conversation(llm=llm) as talk:
        record = await talk.ask("hello", listener)
        await talk.settle()
    assert (record.reply, listener.heard) == ("", [])
    assert len(llm.prepared[-1]) == 1


async def test_a_model_that_says_nothing_ends_the_turn():
    async with conversation(llm=FakeLlm(words=())) as talk:
        record = await talk.ask("hello", Listener())
    assert record.reply == ""
    assert record.timings_ms[Stage.DONE] is not None


async def test_a_text_is_spoken_as_it_is():
    listener, llm = Listener(), FakeLlm()
    async with conversation(llm=llm) as talk:
        await talk.say("Dinner is ready. **Now**.", listener)
    assert listener.texts == ["Dinner is ready.", "Now."]
    assert llm.asked == []


@pytest.mark.parametrize("text", ["", "   ", "\x00\x1b\n", "\u200f"])
async def test_an_empty_text_is_refused(text):
    async with conversation() as talk:
        for act in (talk.ask, talk.say):
            with pytest.raises(Problem, match="empty"):
                await act(text, Listener())


async def test_a_text_nobody_can_pronounce_is_refused_by_say():
    async with conversation() as talk:
        with pytest.raises(Problem, match="nothing in the text can be spoken"):
            await talk.say("😀 👍", Listener())
    async with conversation(voice=FakeVoice(silent=True)) as talk:
        with pytest.raises(Problem, match="nothing in the text can be spoken"):
            await talk.say("hello", Listener())


async def test_a_text_of_100_000_characters_is_refused():
    async with conversation() as talk:
        for act in (talk.ask, talk.say):
            with pytest.raises(Problem, match=f"too long.*{TEXT_LONGEST}"):
                await act("a" * 100_000, Listener())


async def test_control_characters_never_reach_the_model():
    llm = FakeLlm()
    async with conversation(llm=llm) as talk:
        await talk.ask("tell\x00 me\x1b[31m\nmore", Listener())
    assert llm.asked[-1][-1].content == "tell me [31m more"
