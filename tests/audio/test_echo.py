"""The echo canceller on real speech: the echo goes, the person stays, and silence costs nothing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from voiceslm.audio import FRAME, RATE
from voiceslm.audio.echo import LAG, TAIL_SECONDS, EchoCanceller
from voiceslm.audio.room import EchoPath
from voiceslm.audio.wavfile import read_audio

SETTLED = slice(3 * RATE, None)
"""By then the canceller has learnt the room."""


@pytest.fixture(scope="module")
def far(speech_data):
    """Eight seconds of one person reading, at -20 dBFS."""
    return spoken(speech_data, "2033-164914-0003", "2033-164914-0004")[: 8 * RATE]


@pytest.fixture(scope="module")
def near(speech_data):
    """Four seconds of another, at -26 dBFS."""
    return spoken(speech_data, "1998-15444-0003", db=-26)[: 4 * RATE]


@pytest.fixture(scope="module")
def walls(speech_data):
    return read_audio(speech_data / "speech/rir/impulse_response_0.flac").samples[: RATE // 2]


def spoken(speech_data, *names, db=-20):
    clips = [read_audio(speech_data / f"speech/librispeech_read/{name}.flac").samples for name in names]
    samples = np.concatenate(clips)
    samples = samples[: len(samples) // FRAME * FRAME]
    return samples * np.float32(10 ** (db / 20) / np.sqrt(np.mean(samples**2)))


def silence(seconds):
    return np.zeros(round(seconds * RATE), np.float32)


def noise(samples, db=-60):
    random = np.random.default_rng(1)
    return samples + random.standard_normal(len(samples), np.float32) * np.float32(10 ** (db / 20))


def frames(samples):
    return samples.reshape(-1, FRAME)


def echo(far, gain_db=-10, delay=0.06, drift_ppm=0, walls=None):
    path = EchoPath(gain_db, delay, drift_ppm, walls)
    return np.concatenate([path.next(frame) for frame in frames(far)])


def cancelled(microphone, far, canceller=None):
    canceller = canceller or EchoCanceller()
    pairs = zip(frames(microphone), frames(far), strict=True)
    return np.concatenate([canceller.process(frame, reference) for frame, reference in pairs])


def level(samples):
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12)


class TestEcho:
    @pytest.mark.parametrize(("gain_db", "least"), [(0, 30), (-10, 24), (-20, 15)])
    def test_goes_however_loud_down_to_the_noise(self, far, walls, gain_db, least):
        microphone = noise(echo(far, gain_db, walls=walls))
        left = cancelled(microphone, far)
        assert level(microphone[SETTLED]) - level(left[SETTLED]) > least

    @pytest.mark.parametrize(("delay", "drift_ppm"), [(0.03, 50), (0.12, -50), (0.25, 50)])
    def test_goes_whenever_it_comes_and_whatever_clock_it_keeps(self, far, walls, delay, drift_ppm):
        microphone = noise(echo(far, -10, delay, drift_ppm, walls))
        left = cancelled(microphone, far)
        assert level(microphone[SETTLED]) - level(left[SETTLED]) > 20

    def test_goes_in_its_first_second_too_if_less(self, far, walls):
        first = far[:RATE]
        microphone = noise(echo(first, walls=walls))
        assert level(microphone) - level(cancelled(microphone, first)) > 8

    def test_need_not_be_learnt_again_after_a_rest(self, far, walls):
        first, second = far[: 6 * RATE], far[6 * RATE : 8 * RATE]
        played = np.concatenate([first, silence(5), second])
        again = cancelled(noise(echo(played, 0, walls=walls)), played)[-len(second) :]
        anew = cancelled(noise(echo(second, 0, walls=walls)), second)
        assert level(again) < level(anew) - 6


class TestThePerson:
    def test_passes_while_the_loudspeaker_rests(self, near):
        voice = near[:RATE]
        left = cancelled(voice, np.zeros_like(voice))
        assert left[LAG:] == pytest.approx(voice[:-LAG], abs=2e-3)

    def test_passes_while_the_loudspeaker_plays_to_headphones(self, far, near):
        """That nothing ever comes back takes the canceller some ten seconds to believe."""
        microphone = noise(np.concatenate([silence(12), near]))
        left = cancelled(microphone, np.tile(far, 2)[: len(microphone)])
        assert level(left[12 * RATE :]) == pytest.approx(level(near), abs=2)

    def test_is_heard_through_the_loudspeaker(self, far, near, walls):
        alone = np.concatenate([silence(4), near])
        microphone = noise(alone + echo(far[: len(alone)], walls=walls))
        left = cancelled(microphone, far[: len(alone)])
        loud = level_of_frames(alone[:-LAG]) > level(near)
        change = level_of_frames(left[LAG:])[loud] - level_of_frames(alone[:-LAG])[loud]
        assert np.median(change) > -3
        assert np.percentile(change, 20) > -10

    def test_is_of_one_piece_when_the_canceller_wakes_and_goes_to_rest(self):
        """A whistle, over a faint hum that does not come back; in the first 8 ms of each state."""
        time = np.arange(3 * RATE) / RATE
        whistle = np.sin(2 * np.pi * 1500 * time).astype(np.float32) * np.float32(0.1)
        hum = np.sin(2 * np.pi * 440 * time).astype(np.float32) * np.float32(3e-4)
        left = cancelled(whistle, np.where((time >= 0.5) & (time < 1), hum, np.float32(0)))
        for seam in (round(0.5 * RATE), round((1 + TAIL_SECONDS) * RATE)):
            after = slice(seam, seam + LAG)
            delayed = whistle[seam - LAG : seam]
            assert level(left[after] - delayed) < level(delayed) - 10


def level_of_frames(samples):
    whole = samples[: len(samples) // 512 * 512].reshape(-1, 512)
    return 10 * np.log10(np.square(whole, dtype=np.float64).mean(axis=1) + 1e-12)


class TestRest:
    def test_begins_when_the_echo_of_the_last_sound_is_over(self):
        canceller = EchoCanceller()
        quiet, loud = silence(0.01), np.full(FRAME, 0.1, np.float32)
        assert canceller.resting
        canceller.process(quiet, loud)
        resting = []
        for _ in range(200):
            canceller.process(quiet, quiet)
            resting.append(canceller.resting)
        assert resting.index(True) * 0.01 == pytest.approx(TAIL_SECONDS, abs=0.02)
        assert all(later >= earlier for earlier, later in pairwise(resting))

    def test_ends_with_the_first_sound(self):
        canceller = EchoCanceller()
        canceller.process(silence(0.01), np.full(FRAME, 0.1, np.float32))
        assert not canceller.resting


class TestBadSound:
    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, -7.0, 1e-42])
    @pytest.mark.parametrize("playing", [False, True])
    def test_is_answered_by_sound_within_full_scale(self, value, playing):
        canceller = EchoCanceller()
        bad, reference = np.full(FRAME, value, np.float32), np.full(FRAME, 0.1 * playing, np.float32)
        for frame, played in [(bad, reference), (reference, bad), (bad, bad)] * 3:
            left = canceller.process(frame, played)
            assert left.shape == (FRAME,)
            assert left.dtype == np.float32
            assert np.isfinite(left).all()
            assert np.abs(left).max() <= 1.0

    def test_is_forgotten(self, far, walls):
        canceller = EchoCanceller()
        cancelled(np.full(RATE, np.nan, np.float32), np.full(RATE, np.inf, np.float32), canceller)
        microphone = noise(echo(far, walls=walls))
        left = cancelled(microphone, far, canceller)
        assert level(microphone[SETTLED]) - level(left[SETTLED]) > 20

    def test_clipped_echo_still_goes(self, far, walls):
        microphone = np.clip(noise(echo(far, 18, walls=walls)), -1, 1)
        left = cancelled(microphone, far)
        assert level(microphone[6 * RATE :]) - level(left[6 * RATE :]) > 10

    def test_an_offset_of_the_microphone_goes_without_a_click_when_a_sound_begins(self, far):
        far = np.concatenate([silence(2), far[: 2 * RATE]])
        left = cancelled(noise(np.zeros_like(far)) + np.float32(0.2), far)
        assert np.abs(left[round(1.5 * RATE) :]).max() < 0.02
