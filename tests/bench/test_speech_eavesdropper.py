"""The listening path in a rush: real ears and a real floor, in front of engines that know what was said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from voiceslm.audio import RATE
from voiceslm.bench.speech.eavesdropper import Eavesdropper
from voiceslm.bench.speech.mixing import in_a_room
from voiceslm.bench.speech.sentences import PEOPLE, recorded
from voiceslm.config import Settings

GAP = np.zeros(2 * RATE, np.float32)


class Listener:
    """Understands everything as ``text``."""

    def __init__(self, text, *, complete=True, closing=None):
        self.text, self.complete = text, complete
        self._closing = closing
        self.weighed = 0

    async def transcribe(self, audio, *, hint="", whole=True):
        return self.text

    def is_command(self, text):
        return self.complete

    async def closing(self, text):
        self.weighed += 1
        return self._closing


class Judging:
    """A turn model that is as sure as it is told to be, and its own worker."""

    def __init__(self, finished=0.99):
        self.engine, self.worker = self, self
        self._finished = finished

    def finished(self, audio):
        return self._finished

    async def run(self, work, *, deadline):
        return work(None)


def eavesdropping(wake, listener, *, weighs=False):
    settings = Settings.model_validate({"listening": {"wake": wake}})
    return Eavesdropper(settings, listener, fake(Judging()), weighs=weighs)


def fake(engine) -> Any:
    return engine


@pytest.fixture
def said(speech_data):
    """A command of a second or two, in a quiet room."""
    sentence = next(
        one for one in recorded(speech_data / "speech", PEOPLE) if one.text.startswith("turn on the")
    )
    return in_a_room(sentence.samples, np.random.default_rng(1))


async def test_each_command_makes_a_turn_soon_after_its_end(said):
    eavesdropper = eavesdropping("none", Listener("turn on the lamp"))

    turns = await eavesdropper.hear(np.concatenate([said, GAP, said]))

    assert [(turn.reason, turn.text) for turn in turns] == [("command", "turn on the lamp")] * 2
    assert len(said) / RATE + 2 < turns[1].at < 2 * len(said) / RATE + 3


async def test_the_seconds_of_a_turn_count_from_its_own_stream(said):
    eavesdropper = eavesdropping("none", Listener("turn on the lamp"))

    (first,) = await eavesdropper.hear(said)
    (second,) = await eavesdropper.hear(said)

    assert second.at == pytest.approx(first.at, abs=0.1)


async def test_before_the_wake_word_nothing_is_a_turn(said):
    eavesdropper = eavesdropping("okay_nabu", Listener("turn on the lamp"))

    assert await eavesdropper.hear(said) == []
    assert eavesdropper.woken == 0


async def test_what_nobody_understands_is_no_turn(said):
    eavesdropper = eavesdropping("none", Listener("", complete=False))

    assert await eavesdropper.hear(said) == []


async def test_words_that_the_language_model_takes_for_all_end_sooner(said):
    words = "tell me something about the lamp."
    doubtful = eavesdropping("none", Listener(words, complete=False))
    listener = Listener(words, complete=False, closing=0.99)
    sure = eavesdropping("none", listener, weighs=True)

    (late,) = await doubtful.hear(said)
    (soon,) = await sure.hear(said)

    assert listener.weighed > 0
    assert soon.at < late.at
