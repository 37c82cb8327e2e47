"""What the ear makes of the microphone: real words, noise, echo, the wake word, and what it remembers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import soxr

from voiceslm.audio import FRAME, FRAME_SECONDS, RATE
from voiceslm.audio.earcons import Earcon, tone
from voiceslm.audio.wavfile import read_audio
from voiceslm.events import Activity, Woken
from voiceslm.listening.ear import QUIETEST, Ear, level
from voiceslm.listening.gate import QUIET, STEP, Gate

BEGAN = 100.0
"""Clock seconds."""

NOTHING = np.zeros(FRAME, np.float32)


def noise(seconds, db, seed=1):
    samples = np.random.default_rng(seed).standard_normal(round(seconds * RATE)).astype(np.float32)
    return samples * np.float32(10 ** (db / 20))


class Hearing:
    """An ear with somebody who takes down what it posts."""

    def __init__(self, **parts):
        self.posted: list[Any] = []
        self.ear = Ear(self.posted.append, **parts)
        self.frames = 0

    def hears(self, samples):
        for frame in samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME):
            self.frames += 1
            self.ear.hear(frame, NOTHING, self.now)
        return self

    @property
    def now(self):
        return BEGAN + self.frames * FRAME_SECONDS

    @property
    def activities(self):
        return [event for event in self.posted if isinstance(event, Activity)]

    def begins(self):
        """Return when the gate has somebody begin to speak, or None."""
        gate = Gate()
        for activity in self.activities:
            gate.take(activity, QUIET)
            if gate.begins(QUIET):
                return activity.at
        return None


@pytest.fixture(scope="module")
def words(speech_data):
    """Single words of 0.2 to 1 s, at one level, by kind."""
    rows = map(json.loads, (speech_data / "speech" / "manifest.jsonl").read_text().splitlines())
    sets = ("fsdd_digits", "alnum_words")
    clips = [
        (row["seconds"], read_audio(speech_data / "speech" / row["path"]).samples)
        for row in rows
        if row["set"] in sets
    ]
    return [(seconds, clip * (0.1 / np.sqrt(np.mean(clip**2)))) for seconds, clip in clips]


@pytest.fixture(scope="module")
def sentence(speech_data):
    return read_audio(speech_data / "speech" / "librispeech_read" / "1688-142285-0002.flac").samples


def said(clip, db=-60.0, *, before=1.0):
    """Return a room with some noise, in which a clip sounds after a while."""
    quiet = noise(before + len(clip) / RATE + 0.5, db)
    quiet[round(before * RATE) : round(before * RATE) + len(clip)] += clip
    return quiet


@pytest.mark.parametrize("earcon", Earcon)
def test_an_earcon_is_no_speech_even_where_nothing_cancels_it(earcon):
    audio = tone(earcon)
    sound = soxr.resample(audio.samples, audio.sample_rate, RATE).astype(np.float32)
    assert Hearing().hears(said(sound)).begins() is None


class TestSpeech:
    def test_of_a_quarter_second_is_noticed(self, words):
        short = [clip for seconds, clip in words if seconds <= 0.3]
        assert len(short) >= 10
        assert all(Hearing().hears(said(clip)).begins() is not None for clip in short)

    def test_of_one_word_is_noticed_before_the_word_is_over(self, words):
        for seconds, clip in words:
            begins = Hearing().hears(said(clip)).begins()
            assert begins is not None
            assert begins <= BEGAN + 1.0 + seconds + STEP

    def test_of_one_word_is_noticed_in_a_noisy_room(self, words):
        assert all(Hearing().hears(said(clip, -45.0)).begins() is not None for _, clip in words)

    def test_goes_on_being_speech_to_its_end(self, sentence):
        activities = Hearing().hears(said(sentence)).activities
        probable = [activity.at for activity in activities if activity.probability > QUIET.stay]
        assert probable[-1] - probable[0] > 0.8 * (len(sentence) / RATE - 0.6)

    def test_some_time_after_other_speech_is_judged_as_if_it_were_the_first(self, words):
        differences = []
        for _, clip in words[:20]:
            room = noise(3.2, -60.0)  # as many whole frames as blocks: both times are cut alike
            room[round(1.6 * RATE) : round(1.6 * RATE) + len(clip)] += clip
            judged = [activity.probability for activity in Hearing().hears(np.tile(room, 2)).activities]
            first, second = np.array_split(judged, 2)
            differences.append(np.abs(first - second).max())
        assert np.median(differences) < 0.05


class TestNoise:
    @pytest.mark.parametrize("db", [-70.0, -50.0, -30.0])
    def test_that_is_white_is_not_speech(self, db):
        assert Hearing().hears(noise(10, db)).begins() is None

    def test_that_suddenly_sets_in_is_not_speech(self):
        hearing = Hearing().hears(noise(5, -65.0)).hears(noise(5, -35.0, seed=2))
        assert hearing.begins() is None

    def test_of_taps_on_the_table_is_not_speech(self):
        taps = noise(5, -60.0)
        for second in range(1, 5):
            taps[second * RATE : second * RATE + 80] += noise(0.005, -6.0)
        assert Hearing().hears(taps).begins() is None

    def test_costs_the_neural_detector_nothing_while_the_gate_is_closed(self):
        activities = Hearing().hears(np.zeros(5 * RATE, np.float32)).activities
        assert {activity.probability for activity in activities} == {0.0}
        assert {activity.level for activity in activities} == {QUIETEST}


class TestTheNoiseFloor:
    def test_falls_to_a_quiet_room_within_a_second(self):
        last = Hearing().hears(noise(1.0, -75.0)).activities[-1]
        assert last.noise == pytest.approx(-75, abs=2)

    def test_rises_to_a_noisy_one_within_some_seconds(self):
        hearing = Hearing().hears(noise(3, -70.0)).hears(noise(10, -40.0))
        assert hearing.activities[-1].noise == pytest.approx(-40, abs=3)

    def test_is_not_raised_by_a_cough(self):
        hearing = Hearing().hears(noise(3, -60.0)).hears(noise(0.3, -20.0))
        assert hearing.activities[-1].noise < -54

    def test_is_hardly_raised_by_speech(self, sentence):
        quiet = noise(1, -60.0)
        speech = sentence * (0.1 / np.sqrt(np.mean(sentence**2)))
        hearing = Hearing().hears(quiet)
        before = hearing.activities[-1].noise
        hearing.hears(np.tile(speech, 3))
        assert hearing.activities[-1].noise < before + 15


class TestEvents:
    def test_come_every_32_ms_with_the_time_at_which_the_stretch_ended(self):
        hearing = Hearing().hears(noise(2, -60.0))
        times = [activity.at for activity in hearing.activities]
        assert times == pytest.approx([BEGAN + STEP * (n + 1) for n in range(len(times))])
        assert len(times) == int(2 / STEP)

    def test_tell_the_level_of_the_sound(self):
        assert Hearing().hears(noise(1, -33.0)).activities[-1].level == pytest.approx(-33, abs=1)

    def test_tell_the_wake_word_and_when_it_ended(self):
        class Spotter:
            frames = 0

            def hear(self, frame):
                self.frames += 1
                return 0.18 if self.frames == 150 else None

        hearing = Hearing(spotter=Spotter(), word="alexa").hears(noise(3, -60.0))
        (woken,) = [event for event in hearing.posted if isinstance(event, Woken)]
        assert woken.word == "alexa"
        assert woken.at == pytest.approx(BEGAN + 1.5)
        assert woken.ended == pytest.approx(BEGAN + 1.32)


class TestMemory:
    def test_holds_what_was_said_before_it_was_noticed(self, words):
        _, clip = words[0]
        room = said(clip)
        hearing = Hearing().hears(room)
        begins = hearing.begins()
        before = hearing.ear.audio(begins - 0.5, begins)
        assert before.seconds == pytest.approx(0.5)
        first = round((begins - 0.5 - BEGAN) * RATE)
        assert before.samples == pytest.approx(room[first : first + RATE // 2])

    def test_is_of_the_sound_without_echo(self):
        class Canceller:
            def __init__(self):
                self.references = []

            def process(self, frame, reference):
                self.references.append(reference)
                return frame - reference

        canceller = Canceller()
        hearing = Hearing(canceller=canceller)
        reference = noise(1, -20.0).reshape(-1, FRAME)
        for index, frame in enumerate(reference):
            hearing.ear.hear(frame + np.float32(0.001), frame, BEGAN + (index + 1) * FRAME_SECONDS)
        assert len(canceller.references) == len(reference)
        assert hearing.ear.audio(BEGAN, BEGAN + 1).samples == pytest.approx(np.full(RATE, 0.001), abs=1e-6)
        assert max(activity.level for activity in hearing.activities) == pytest.approx(-60, abs=0.1)


def test_the_level_of_a_full_sine_is_3_db_below_full_scale():
    assert level(np.sin(np.arange(RATE) / 5).astype(np.float32)) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("samples", [np.zeros(160, np.float32), np.zeros(0, np.float32)])
def test_silence_has_the_lowest_level(samples):
    assert level(samples) == QUIETEST
