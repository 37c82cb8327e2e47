"""The wake word: recognised once each time it is said, with the time at which it ended."""

from __future__ import annotations

import json

import numpy as np
import pytest

from voiceslm.audio import FRAME, FRAME_SECONDS
from voiceslm.audio.wavfile import read_audio
from voiceslm.errors import Problem
from voiceslm.listening.wake import DELAYS, Debounce, WakeWord


def heard(word: WakeWord, samples) -> list[float]:
    """Return the seconds at which the word was recognised."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    answers = [word.hear(frame) for frame in frames]
    return [index * FRAME_SECONDS for index, ago in enumerate(answers, start=1) if ago is not None]


@pytest.fixture(scope="module")
def alexa() -> WakeWord:
    return WakeWord("alexa")


@pytest.fixture(scope="module")
def someone(speech_data):
    """Nine people saying "alexa", a quiet second before and after."""
    rows = map(json.loads, (speech_data / "speech" / "manifest.jsonl").read_text().splitlines())
    paths = [row["path"] for row in rows if row["set"] == "wakeword" and row["transcript"] == "alexa"]
    quiet = np.zeros(16_000, np.float32)
    return [
        np.concatenate([quiet, read_audio(speech_data / "speech" / path).samples, quiet])
        for path in paths[:9]
    ]


@pytest.mark.parametrize(
    ("probabilities", "recognised"),
    [
        ([0.2, 0.9, 0.2], []),
        ([0.2, 0.91, 0.2], [1]),
        ([0.95] * 100, [0]),
        ([0.95, 0.1, 0.95, 0.1], [0]),
        ([0.95, *[0.1] * 40, 0.95], [0, 41]),
        ([*[0.95] * 40, 0.1, 0.95], [0, 41]),
    ],
    ids=[
        "not above",
        "above",
        "held for three seconds",
        "again at once",
        "again after a second",
        "held for more than a second, then again",
    ],
)
def test_a_word_is_recognised_once_until_a_second_has_passed_and_it_has_faded(probabilities, recognised):
    debounce = Debounce(0.9)

    assert [i for i, probability in enumerate(probabilities) if debounce.hear(probability)] == recognised


def test_most_people_are_recognised_and_none_of_them_twice(alexa, someone):
    counts = []
    for samples in someone:
        alexa.reset()
        counts.append(len(heard(alexa, samples)))

    assert max(counts) == 1
    assert sum(counts) >= 8


def test_said_twice_in_one_stream_it_is_recognised_twice(alexa, someone):
    alexa.reset()

    assert len(heard(alexa, np.concatenate([someone[0], someone[3]]))) == 2


def test_the_answer_is_how_many_seconds_ago_the_word_ended(alexa, someone):
    alexa.reset()
    frames = someone[0][: len(someone[0]) // FRAME * FRAME].reshape(-1, FRAME)

    assert [ago for frame in frames if (ago := alexa.hear(frame)) is not None] == [DELAYS["alexa"]]


def test_whispered_at_a_hundredth_of_the_level_it_is_still_recognised(alexa, someone):
    alexa.reset()

    assert len(heard(alexa, 0.01 * someone[0])) == 1


def test_after_a_reset_the_stream_begins_anew(alexa, someone):
    alexa.reset()
    first = heard(alexa, someone[0])
    alexa.reset()

    assert first
    assert heard(alexa, someone[0]) == first


def test_a_reset_in_the_middle_of_the_word_forgets_its_beginning(alexa, someone):
    alexa.reset()
    recognised = round(heard(alexa, someone[0])[0] / FRAME_SECONDS) * FRAME
    alexa.reset()
    heard(alexa, someone[0][: recognised - 4_000])
    alexa.reset()

    assert heard(alexa, someone[0][recognised - 4_000 :]) == []


def test_a_threshold_of_one_recognises_nothing(someone):
    assert heard(WakeWord("alexa", threshold=1.0), someone[0]) == []


@pytest.mark.parametrize("word", DELAYS)
def test_every_word_has_a_threshold_of_its_own_and_noise_is_none_of_them(word):
    listening = WakeWord(word)
    noise = 0.1 * np.random.default_rng(1).standard_normal(5 * 16_000).astype(np.float32)

    assert 0.8 <= listening.threshold < 1
    assert heard(listening, noise) == []


def test_the_network_answers_once_in_30_ms(alexa):
    alexa.reset()
    silence = np.zeros(FRAME, np.float32)

    answers = [alexa.probability(silence) is not None for _ in range(300)]

    assert 98 <= sum(answers) <= 100


def test_clipping_and_offset_are_no_words_and_no_failure(alexa):
    alexa.reset()
    loud = np.full(2 * 16_000, 3.0, np.float32)

    assert heard(alexa, np.concatenate([loud, -loud])) == []


def test_a_caller_may_use_its_frame_again(alexa, someone):
    alexa.reset()
    expected = heard(alexa, someone[0])
    alexa.reset()
    reused = np.empty(FRAME, np.float32)
    got = []
    for index, frame in enumerate(someone[0][: len(someone[0]) // FRAME * FRAME].reshape(-1, FRAME), start=1):
        reused[:] = frame
        if alexa.hear(reused) is not None:
            got.append(index * FRAME_SECONDS)

    assert got == expected


def test_an_unknown_word_is_a_problem_that_names_the_choices():
    with pytest.raises(Problem, match=r"'computer'.*okay_nabu, hey_jarvis, hey_mycroft, alexa"):
        WakeWord("computer")


def test_half_a_frame_is_a_mistake_of_the_program(alexa):
    with pytest.raises(ValueError, match="160"):
        alexa.hear(np.zeros(FRAME // 2, np.float32))
