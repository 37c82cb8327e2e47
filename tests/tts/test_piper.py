"""The real voice."""

import json
import shutil

import numpy as np
import pytest

from voiceslm.bench.soak.gauges import heap_mb
from voiceslm.errors import Problem
from voiceslm.tts.clauses import Clause, Ending
from voiceslm.tts.piper import EDGE_SECONDS, PAUSE_SECONDS, SILENCE_LEVEL, PiperEngine

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def voice(joe):
    return PiperEngine(joe, threads=1)


def sentence(text):
    return Clause(text, Ending.SENTENCE)


def loudness(samples):
    return float(np.sqrt(np.mean(samples[np.abs(samples) > SILENCE_LEVEL] ** 2)))


def test_a_clause_becomes_sound_of_a_plausible_length(voice):
    audio = voice.synthesize(sentence("The kitchen light is on."))
    assert audio.sample_rate == voice.sample_rate == 22_050
    assert audio.samples.dtype == np.float32
    assert 0.8 < audio.seconds < 3


def test_speech_begins_at_once_and_ends_with_the_pause_of_its_ending(voice):
    for ending, pause in PAUSE_SECONDS.items():
        audio = voice.synthesize(Clause("We had a good day", ending))
        audible = np.flatnonzero(np.abs(audio.samples) > SILENCE_LEVEL)
        lead = audible[0] / audio.sample_rate
        trail = (len(audio.samples) - audible[-1]) / audio.sample_rate
        assert lead <= EDGE_SECONDS
        assert trail == pytest.approx(pause + EDGE_SECONDS, abs=0.002)


def test_clauses_are_equally_loud_without_being_levelled_one_by_one(voice):
    texts = ("No.", "The train leaves at seven in the morning.", "Bread, milk and a dozen eggs.")
    levels = [loudness(voice.synthesize(sentence(text)).samples) for text in texts]
    assert max(levels) / min(levels) < 2
    assert max(np.abs(voice.synthesize(sentence(text)).samples).max() for text in texts) <= 1.0


def test_speed_changes_the_length_only(joe, voice):
    fast = PiperEngine(joe, threads=1, speed=2.0)
    text = sentence("The train leaves at seven in the morning from platform four.")
    ratio = voice.synthesize(text).seconds / fast.synthesize(text).seconds
    assert 1.4 < ratio < 2.4


@pytest.mark.parametrize("text", ["…", "   ", "()"])
def test_what_cannot_be_pronounced_is_silent(voice, text):
    assert voice.synthesize(sentence(text)).seconds < 0.5


def test_a_very_long_clause_is_said_in_parts(voice):
    assert voice.synthesize(sentence("and on we go " * 40)).seconds > 15


def test_the_memory_of_a_long_clause_is_given_back(joe):
    voice = PiperEngine(joe, threads=1)
    before = heap_mb()
    if before is None:
        pytest.skip("this C library does not tell what it has allocated")

    voice.synthesize(sentence("and on we go " * 20))

    assert (heap_mb() or 0.0) - before < 32


@pytest.fixture
def copy(tmp_path, joe):
    shutil.copy(joe, tmp_path / "voice.onnx")
    shutil.copy(f"{joe}.json", tmp_path / "voice.onnx.json")
    return tmp_path / "voice.onnx"


def test_a_voice_without_its_configuration_is_named(copy):
    copy.with_name("voice.onnx.json").unlink()
    with pytest.raises(Problem, match=r"voice\.onnx\.json cannot be read"):
        PiperEngine(copy, threads=1)


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", '{"audio": 1}'])
def test_a_configuration_that_is_none_is_named(copy, content):
    copy.with_name("voice.onnx.json").write_text(content)
    with pytest.raises(Problem, match="not the configuration of a Piper voice"):
        PiperEngine(copy, threads=1)


@pytest.mark.parametrize("content", [b"", b"not a network", b"\x08\x07" * 50])
def test_a_voice_that_is_none_is_named(copy, content):
    copy.write_bytes(content)
    with pytest.raises(Problem, match=r"voice\.onnx cannot be loaded"):
        PiperEngine(copy, threads=1)


def test_a_voice_that_would_go_online_is_refused(copy):
    beside = copy.with_name("voice.onnx.json")
    beside.write_text(json.dumps(json.loads(beside.read_text()) | {"phoneme_type": "pinyin"}))
    with pytest.raises(Problem, match="needs data from the network"):
        PiperEngine(copy, threads=1)
