"""The sound of what was said, for whoever wants to keep it: exactly that, and never a PIN."""

from __future__ import annotations

import pytest

from tests.conversation.household import SPOKEN_PIN, living
from tests.conversation.live_room import QUESTION, SHORT, at_home, virtual
from tests.conversation.test_live_home import said
from voiceslm.conversation.watcher import Watcher, Watchers

UNLOCK = "Unlock the front door."


class Listener(Watcher):
    """Knows the words of every sound that it is told about."""

    def __init__(self, home):
        self.told: dict[int, str] = {}
        self._words = home.words
        home.live._watcher = Watchers(home.diary, self)

    def on_utterance(self, turn, sound):
        begin, end = (float(second) for second in sound().samples)
        self.told[turn] = self._words.between(begin, end)


class TestTheSound:
    @virtual
    async def test_is_that_of_the_whole_utterance_and_nothing_else(self):
        async with at_home() as home:
            listener = Listener(home)
            first, second = await said(home, QUESTION, "And the capital of Spain?")
        assert listener.told == {first.turn: QUESTION, second.turn: "And the capital of Spain?"}

    @virtual
    async def test_begins_before_the_speech_and_ends_after_it(self):
        async with at_home() as home:
            Listener(home)
            end = home.says(QUESTION, at=2.0)
            await home.record()
            begin, until = home.ear.asked[-1]
        assert 1.4 < begin < 2.0
        assert end < until < end + 0.3

    @virtual
    async def test_of_a_sentence_that_goes_on_after_its_turn_began_is_all_of_it(self):
        async with at_home() as home:
            listener = Listener(home)
            home.llm_worker.first = 3.0
            home.says("What is the capital of France?", at=1.0)
            await home.happens(lambda: listener.told)
            home.says("And of Spain?", at=home.clock() + 0.1)
            record = await home.record()
        assert listener.told[record.turn] == "What is the capital of France? And of Spain?"

    @virtual
    @pytest.mark.parametrize("asks", [True, False])
    async def test_is_not_there_where_nobody_spoke(self, asks):
        async with at_home() as home:
            listener = Listener(home)
            await (home.live.ask(QUESTION) if asks else home.live.say(SHORT))
        assert listener.told == {}

    @virtual
    async def test_is_not_taken_where_nobody_wants_it(self):
        async with at_home() as home:
            asked = []
            home.diary.when_final = lambda: asked.append(len(home.ear.asked))
            home.says(QUESTION, at=1.0)
            await home.record()
        assert asked == [len(home.ear.asked)]

    @virtual
    @pytest.mark.parametrize("spoken", [SPOKEN_PIN, "One two three four.", "Never mind."])
    async def test_is_told_to_nobody_while_a_pin_is_awaited(self, spoken):
        async with living() as (home, _):
            listener = Listener(home)
            asked, _ = await said(home, UNLOCK, spoken)
        assert listener.told == {asked.turn: UNLOCK}
