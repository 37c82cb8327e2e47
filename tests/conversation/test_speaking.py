"""Text to sound, clause by clause."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from tests.fakes import FakeVoice, Gate
from voiceslm.conversation.speaking import CLAUSES_AHEAD, Speaking, Written
from voiceslm.conversation.turn import TurnLog
from voiceslm.events import Stage
from voiceslm.tts.phrases import PhraseBook
from voiceslm.worker import Worker

TEXT = "Hello there, how are you? I am fine."
CLAUSES = ["Hello there,", "how are you?", "I am fine."]


@asynccontextmanager
async def voiced(voice=None):
    worker = Worker("voice")
    try:
        yield Speaking(voice or FakeVoice(), worker)
    finally:
        worker.close()


def log():
    return TurnLog(1, lambda: 0.0)


class Listener:
    def __init__(self):
        self.texts = []

    async def __call__(self, speech):
        self.texts.append(speech.text)


async def bits(text):
    for word in text.split(" "):
        yield f"{word} "


@pytest.mark.parametrize("bit_by_bit", [True, False])
async def test_a_text_is_played_clause_by_clause_and_noted(bit_by_bit):
    turn, listener = log(), Listener()
    async with voiced() as speaking:
        if bit_by_bit:
            await speaking.speak(bits(TEXT), turn, listener)
        else:
            await speaking.recite(TEXT, turn, listener)
    assert listener.texts == CLAUSES
    assert turn.record().reply == TEXT
    assert None not in {turn.record().timings_ms[stage] for stage in (Stage.FIRST_CLAUSE, Stage.FIRST_AUDIO)}


async def test_what_was_rehearsed_needs_no_voice_any_more():
    voice = FakeVoice()
    async with voiced(PhraseBook(voice)) as speaking:
        await speaking.rehearse(TEXT)
        assert voice.said == CLAUSES
        await speaking.recite(TEXT, log(), Listener())
    assert voice.said == CLAUSES


async def test_a_rehearsal_is_neither_heard_nor_noted():
    async with voiced() as speaking:
        await speaking.rehearse(TEXT)
        turn = log()
        await speaking.recite("", turn, Listener())
    assert turn.record().reply == ""


async def test_a_clause_without_sound_is_not_said():
    turn, listener = log(), Listener()
    async with voiced(FakeVoice(silent=True)) as speaking:
        await speaking.recite(TEXT, turn, listener)
    assert (listener.texts, turn.record().reply) == ([], "")


async def test_the_writer_is_held_back_by_a_slow_voice():
    gate, written = Gate(), []

    async def babble():
        for number in range(100):
            written.append(number)
            yield f"This is sentence number {number}. "

    async with voiced(FakeVoice(gate=gate)) as speaking:
        task = asyncio.create_task(speaking.speak(babble(), log(), Listener()))
        assert await asyncio.to_thread(gate.entered.wait, 5)
        for _ in range(200):
            await asyncio.sleep(0)
        assert len(written) <= CLAUSES_AHEAD
        gate.released.set()
        await task
    assert len(written) == 100


@pytest.mark.parametrize("where", ["voice", "player", "text"])
async def test_whatever_fails_ends_it_with_its_own_error(where):
    class Broken(FakeVoice):
        def synthesize(self, clause):
            raise ValueError("no voice")

    async def no_player(_speech):
        raise ValueError("no player")

    async def no_text():
        yield "Hello there. "
        raise ValueError("no text")

    async with voiced(Broken() if where == "voice" else None) as speaking:
        texts = no_text() if where == "text" else bits(TEXT)
        play = no_player if where == "player" else Listener()
        with pytest.raises(ValueError, match=f"no {where}"):
            await speaking.speak(texts, log(), play)


async def test_a_written_reply_is_noted_and_not_heard():
    turn, listener = log(), Listener()
    await Written().rehearse(TEXT)
    await Written().speak(bits(f"{TEXT} **Bye!** 😀"), turn, listener)
    assert listener.texts == []
    assert turn.record().reply == f"{TEXT} Bye!"
    assert turn.record().timings_ms[Stage.FIRST_AUDIO] is None
