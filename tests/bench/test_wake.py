"""The wake word benchmark: intervals, counting, and what it listens to."""

from __future__ import annotations

import json

import numpy as np
import pytest
from rich.console import Console

from voiceslm.bench import wake_sounds
from voiceslm.bench.wake import (
    AS_RECORDED,
    AT_ALL_PITCHES,
    Delay,
    FalseAccepts,
    Heard,
    Report,
    count_interval,
    recognitions,
    share_interval,
    track,
)
from voiceslm.bench.wake_sounds import NEAR, SPOKEN, Recording, Speakers, Stream, saying, without
from voiceslm.listening.wake import DELAYS, WakeWord


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39), (50, 37.11, 65.92)],
)
def test_the_interval_of_a_count_is_garwoods(count, low, high):
    assert count_interval(count) == pytest.approx((low, high), rel=2e-3)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)]
)
def test_the_interval_of_a_share_is_wilsons(hits, of, low, high):
    assert share_interval(hits, of) == pytest.approx((low, high), abs=1e-4)


def test_recognitions_are_those_of_the_product():
    answers = [(0.03 * i, 0.95 if i in (10, 11, 12, 80) else 0.0) for i in range(100)]

    assert recognitions(answers, 0.9) == pytest.approx([0.3, 2.4])
    assert recognitions(answers, 0.96) == []


def test_a_track_begins_anew_with_every_stream():
    spotter = WakeWord("okay_nabu")
    noise = 0.1 * np.random.default_rng(2).standard_normal(32_000).astype(np.float32)

    first = track(spotter, Stream("noise", noise, None))

    assert len(first) == pytest.approx(66, abs=1)
    assert track(spotter, Stream("noise", noise, None)) == first


def clip(name: str, said: str = "") -> Recording:
    return Recording(name, said, np.ones(16_000, np.float32))


def test_recordings_of_the_word_itself_are_not_counted_against_it():
    clips = [clip("wakeword", "alexa"), clip("wakeword", "jarvis"), clip("bg_noise"), clip("rir")]

    streams = {stream.group: len(stream.samples) for stream in without("alexa", clips, pitch=1.0)}

    assert streams == {"noise": 16_000, "other wake words": 16_000}


def test_a_higher_pitch_is_a_shorter_stream():
    (stream,) = without("alexa", [clip("bg_noise")], pitch=1.25)

    assert len(stream.samples) == pytest.approx(12_800, abs=2)


def test_every_word_has_something_to_say_and_something_near_it():
    assert set(DELAYS) == set(SPOKEN) == set(NEAR)


@pytest.fixture(scope="module")
def one_pace():
    """Ask the voice for one pace only: loading it three times takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wake_sounds, "SPEEDS", (1.0,))
        yield


@pytest.fixture(scope="module")
def speakers(joe, one_pace):
    return Speakers(joe)


@pytest.fixture(scope="module")
def alexas(speakers):
    return speakers.say("alexa")


@pytest.mark.models
def test_a_higher_voice_is_a_quicker_one(alexas):
    assert [len(sound) for sound in alexas] == sorted((len(sound) for sound in alexas), reverse=True)
    assert len(alexas[0]) / len(alexas[-1]) == pytest.approx(1.25 / 0.8, rel=0.1)


@pytest.mark.models
def test_a_run_can_be_repeated(joe, one_pace, alexas):
    assert all(np.array_equal(a, b) for a, b in zip(alexas, Speakers(joe).say("alexa"), strict=True))


@pytest.mark.models
def test_every_stream_says_where_its_word_ends(speakers):
    clips = [clip(name) for name in ("bg_noise", "bg_speech", "bg_music")]
    impulse = Recording("rir", "", np.ones(1, np.float32))

    streams = saying("alexa", speakers, [*clips, impulse])

    assert {stream.group for stream in streams} >= {"quiet room", "command in one breath", "television, 5 dB"}
    for stream in (one for one in streams if one.group == "quiet room"):
        assert stream.ends is not None
        end = round(stream.ends * 16_000)
        assert np.abs(stream.samples[end - 3_000 : end]).max() > 0.02
        assert np.abs(stream.samples[end + 400 :]).max() < 0.01


def test_the_report_is_json_and_tables():
    report = Report(
        own_thresholds={"alexa": 0.9},
        heard=(Heard("alexa", "all synthetic", 0.9, 10, 9, 0, 0.6, 0.98),),
        near=(Heard("alexa", "near words", 0.9, 10, 1, 0, 0.02, 0.4),),
        false_accepts=(
            FalseAccepts("alexa", AS_RECORDED, 0.9, 0.5, 1, 0.05, 11.1),
            FalseAccepts("alexa", AT_ALL_PITCHES, 0.9, 2.5, 1, 0.01, 2.2),
        ),
        delays=(Delay("alexa", 9, 0.1, 0.2, 0.3),),
    )
    console = Console(width=160, record=True, quiet=False)

    for table in report.tables():
        console.print(table)

    shown = console.export_text()
    assert json.loads(json.dumps(report.document()))["heard"][0]["heard"] == 9
    assert "10.0 [2.0, 40.0]" in shown
    assert "2.0 [0.1, 11.1]" in shown
    assert "alexa is recognised +0.20 s after its end" in shown
