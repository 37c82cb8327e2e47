"""Whisper with real weights on recordings of real people, and every way a model folder can be wrong."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest

from voiceslm.audio.wavfile import read_audio
from voiceslm.errors import Problem
from voiceslm.events import Audio
from voiceslm.listening.vad import SileroVad
from voiceslm.stt.whisper import WhisperEngine

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "voiceslm" / "models"
SPEECH = Path(os.environ.get("VOICESLM_DATA", Path(__file__).parents[3] / "shared/data")) / "speech"

needs_data = pytest.mark.skipif(
    not (SPEECH / "manifest.jsonl").is_file(), reason="speech data absent: set VOICESLM_DATA"
)


def model(name: str) -> Path:
    folder = CACHE / name
    if not (folder / "model.bin").is_file():
        pytest.skip(f"{name} is not in {CACHE}: run `voiceslm models pull {name}`")
    return folder


@pytest.fixture(scope="module", params=["whisper-base", "whisper-tiny.en"])
def engine(request: pytest.FixtureRequest) -> WhisperEngine:
    engine = WhisperEngine(model(request.param), language="en", find_speech=SileroVad().spans)
    engine.warm_up()
    return engine


def words(text: str) -> list[str]:
    return "".join(letter for letter in text.lower() if letter.isalnum() or letter.isspace()).split()


def clip(name: str) -> Audio:
    return read_audio(SPEECH / name)


def paths(*sets: str) -> list[str]:
    rows = map(json.loads, (SPEECH / "manifest.jsonl").read_text().splitlines())
    return [row["path"] for row in rows if row["set"] in sets and row["seconds"] <= 60]


@needs_data
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("home_commands/python-docs-samples_audio.flac", "how old is the brooklyn bridge"),
        (
            "home_commands/cognitive-services-speech-sdk-js_initialSilence5s.flac",
            "whats todays weather forecast",
        ),
        ("librispeech_read/237-134500-0017.flac", "if i feel that way i feel that way"),
        ("long_reads/spk1_snt1.flac", "the child almost hurt the small dog"),
    ],
)
def test_a_sentence_is_understood_word_for_word(engine, name, said):
    transcript = engine.transcribe(clip(name))

    assert words(transcript.text) == said.split()
    assert transcript.attempts >= 1
    assert 0 < transcript.window_seconds <= 30


@needs_data
def test_forty_four_seconds_are_understood_from_beginning_to_end(engine):
    heard = " ".join(words(engine.transcribe(clip("long_reads/two_cities_16k.flac")).text))

    for phrase in ("best of times", "age of foolishness", "spring of hope", "degree of comparison only"):
        assert phrase in heard


@needs_data
def test_thanks_spoken_by_a_person_survive(engine):
    samples = clip("librispeech_read/237-134500-0034.flac").samples[: int(1.2 * 16_000)]

    assert words(engine.transcribe(Audio(samples, 16_000)).text)[:2] == ["thank", "you"]


@pytest.mark.parametrize("seconds", [0.1, 3.0, 60.0])
@pytest.mark.parametrize("level", [0.0, 0.01, 0.3])
def test_silence_and_white_noise_are_no_words(engine, seconds, level):
    noise = level * np.random.default_rng(3).standard_normal(int(seconds * 16_000)).astype(np.float32)

    transcript = engine.transcribe(Audio(noise, 16_000))

    assert transcript.text == ""


@needs_data
def test_noise_and_music_are_no_words(engine):
    heard = {name: engine.transcribe(clip(name)).text for name in paths("bg_noise", "bg_music", "rir")}

    assert {name: text for name, text in heard.items() if text} == {}


@needs_data
def test_a_recording_repeated_gives_the_same_text(engine):
    audio = clip("librispeech_read/237-134500-0001.flac")

    assert engine.transcribe(audio) == engine.transcribe(audio)


def test_another_rate_is_a_mistake_of_the_program(engine):
    with pytest.raises(ValueError, match="16000 Hz"):
        engine.transcribe(Audio(np.zeros(8_000, np.float32), 8_000))


@needs_data
def test_the_language_asked_for_is_the_language_written():
    french = WhisperEngine(model("whisper-base"), language="fr", find_speech=SileroVad().spans)

    heard = words(french.transcribe(clip("home_commands/s2p_fr_allume_toutes_les_lumi_res.flac")).text)

    assert heard[0] in {"allume", "allumez", "allumes", "allumer"}


@pytest.mark.parametrize(
    ("name", "language", "hint"),
    [("whisper-base", "xx", "en"), ("whisper-base", "", "en"), ("whisper-tiny.en", "de", "English-only")],
)
def test_a_language_the_model_does_not_know_is_a_problem(name, language, hint):
    with pytest.raises(Problem) as caught:
        WhisperEngine(model(name), language=language, find_speech=SileroVad().spans)

    assert name in caught.value.cause
    assert hint in caught.value.remedy


@pytest.mark.parametrize("missing", ["model.bin", "config.json", "tokenizer.json"])
def test_an_incomplete_folder_is_a_problem_and_nothing_goes_online(tmp_path, monkeypatch, missing):
    def online(*_args):
        pytest.fail("something went online")

    monkeypatch.setattr(socket.socket, "connect", online)
    shutil.copytree(model("whisper-tiny.en"), tmp_path / "half")
    (tmp_path / "half" / missing).unlink()

    with pytest.raises(Problem, match=missing):
        WhisperEngine(tmp_path / "half", language="en", find_speech=SileroVad().spans)


@pytest.mark.parametrize("damaged", ["model.bin", "config.json", "tokenizer.json"])
def test_a_damaged_folder_is_a_problem(tmp_path, damaged):
    shutil.copytree(model("whisper-tiny.en"), tmp_path / "half")
    content = (tmp_path / "half" / damaged).read_bytes()
    (tmp_path / "half" / damaged).write_bytes(content[: len(content) // 2])

    with pytest.raises(Problem) as caught:
        WhisperEngine(tmp_path / "half", language="en", find_speech=SileroVad().spans)

    assert str(tmp_path / "half") in caught.value.cause
    assert "models pull" in caught.value.remedy


def test_a_folder_that_is_not_there_is_a_problem(tmp_path):
    with pytest.raises(Problem, match=r"model\.bin"):
        WhisperEngine(tmp_path / "nowhere", language="en", find_speech=SileroVad().spans)


@needs_data
def test_a_hint_longer_than_the_answer_leaves_room_for_it(engine):
    audio = clip("home_commands/alexa-auto-sdk_alexa_stop.flac")
    short = Audio(audio.samples[round(0.9 * 16_000) :], 16_000)

    heard = words(engine.transcribe(short, hint="Stop! Stop talking. Wait. Be quiet. Stop.").text)

    assert heard == ["stop"]


@needs_data
def test_what_is_hinted_at_is_not_heard_in_noise(engine):
    heard = {
        word
        for name in paths("bg_noise", "bg_music")
        for word in words(engine.transcribe(clip(name), hint="Stop! Wait. Stop.").text)
    }

    assert heard.isdisjoint({"stop", "wait"})
