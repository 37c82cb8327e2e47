"""The bench of speech as it is run: what it refuses, and a little of each part with the smallest models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.conftest import model
from voiceslm.bench.home.broker import broker
from voiceslm.bench.live.rows import Sheet
from voiceslm.bench.live.scenario import Outcome
from voiceslm.bench.speech import commands, endpoints, overheard
from voiceslm.bench.speech.mixing import CONDITIONS
from voiceslm.bench.speech.run import PARTS, run
from voiceslm.bench.speech.sentences import PEOPLE, READERS, STRANGER, awake, recorded
from voiceslm.config import Settings
from voiceslm.engines import models_of
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from voiceslm.entities import State

TINY = Settings(profile="tiny")


@pytest.fixture
def turn_model():
    return model(models_of(TINY).turn, "turn")


@pytest.fixture
async def mosquitto():
    try:
        async with broker():
            yield
    except Problem as problem:
        pytest.skip(str(problem))


@pytest.fixture
def little(monkeypatch):
    """A few sentences, seconds and clips."""
    monkeypatch.setattr(commands, "MOST", {PEOPLE: (0, 3), STRANGER: (0, 4), READERS: (0, 1)})
    monkeypatch.setattr(commands, "OWN_MOST", (0, 2))
    monkeypatch.setattr(commands, "QUICK_CONDITIONS", (0, 3))
    monkeypatch.setattr(endpoints, "MOST", {"barista": (0, 2)})
    monkeypatch.setattr(overheard, "MOST_SECONDS", {"none": (0.0, 8.0), "okay_nabu": (0.0, 8.0)})


async def test_an_unknown_part_is_refused_before_anything_is_loaded():
    with pytest.raises(Problem, match="flying") as problem:
        await run(Settings(), only=["flying"])

    assert all(name in problem.value.remedy for name in PARTS)


def test_only_english_recordings_are_used(speech_data):
    said = [sentence.text for sentence in recorded(speech_data / "speech", PEOPLE)]

    assert "turn off lights in the Office" in said
    assert not any("allume" in text for text in said)


def test_in_a_home_that_is_awake_everything_is_on_and_open():
    states: dict[str, State] = {
        "light.a": {"state": "off", "brightness": 40},
        "cover.b": {"state": "closed"},
        "sensor.c": {"state": 5},
    }

    assert awake(states) == {
        "light.a": {"state": "on", "brightness": 40},
        "cover.b": {"state": "open"},
        "sensor.c": {"state": 5},
    }


def test_a_sentence_sounds_the_same_in_every_run_and_different_in_every_room(speech_data):
    rooms = commands.Rooms(speech_data / "speech")
    samples = recorded(speech_data / "speech", PEOPLE)[4].samples
    clean, noisy = CONDITIONS[0], CONDITIONS[3]

    again = commands.Rooms(speech_data / "speech").say(samples, noisy, 7)

    assert np.array_equal(rooms.say(samples, noisy, 7).samples, again.samples)
    assert not np.array_equal(rooms.say(samples, noisy, 8).samples, again.samples)
    assert not np.array_equal(rooms.say(samples, clean, 7).samples, again.samples)


@pytest.mark.models
@pytest.mark.usefixtures("tiny_whisper", "joe", "turn_model", "mosquitto", "little")
async def test_a_little_of_every_part_with_the_smallest_models(speech_data):
    pytest.importorskip("jiwer")
    pauses = Outcome((Sheet("pauses").share("cut off, all", [False]),), ())
    seen = []

    report = await run(
        TINY, quick=True, data=speech_data, pauses=pauses, done=lambda so_far: seen.append([*so_far.parts])
    )

    assert seen[-1] == [*PARTS, "pauses"]
    found = {row.measure: row for part in report.parts.values() for row in part.rows}
    assert found["clean: words wrong, another synthetic voice"].value < 30
    assert found["clean: command done, and nothing else"].value > 50
    assert found["noise, 5 dB: something else done"].n == found["clean: asked back"].n > 2
    assert found["wake word okay_nabu: turns an hour"].value == 0.0
    assert found["no wake word: actions an hour"].met is not None
    assert found["cut off, barista"].n == 2
    document = json.loads(json.dumps(report.document(), allow_nan=False))
    assert document["models"]["stt"] == "whisper-tiny.en"
    assert report.page().startswith("# Speech, measured (quick)")
