"""The simulated room: what is said arrives, what is played comes back as told, and time is what the clock says."""

from __future__ import annotations

import asyncio
import threading
import time

import numpy as np
import pytest

from tests.virtual_loop import VirtualLoop, run_virtual
from voiceslm.audio import FRAME, FRAME_SECONDS, RATE
from voiceslm.audio.playback import Playback
from voiceslm.audio.room import EchoPath, Recording, Room
from voiceslm.events import Audio, Speech


class Ear:
    """Remembers what it is given."""

    def __init__(self):
        self.frames, self.references, self.times = [], [], []

    def hear(self, frame, reference, at):
        self.frames.append(frame)
        self.references.append(reference)
        self.times.append(at)

    @property
    def heard(self):
        return np.concatenate(self.frames)


def noise(seconds, db=-20, seed=7):
    samples = np.random.default_rng(seed).standard_normal(round(seconds * RATE)).astype(np.float32)
    return samples * np.float32(10 ** (db / 20))


def band(seconds, highest=6000, seed=7):
    """Noise up to ``highest`` Hz: within what an interpolation between samples can be true to."""
    spectrum = np.fft.rfft(noise(seconds, seed=seed))
    spectrum[int(highest * seconds) :] = 0
    return np.fft.irfft(spectrum).astype(np.float32)


def level(samples):
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-20)


def lag(later, earlier):
    """Samples by which ``later`` lags ``earlier``."""
    size = 2 * len(later)
    found = np.fft.irfft(np.fft.rfft(later, size) * np.conj(np.fft.rfft(earlier, size)))
    return int(found[: len(later)].argmax())


def live(seconds, *, says=(), plays=None, trouble=None, **furniture):
    """Live ``seconds`` in a room and return it with the ear that was in it."""
    ear, playback = Ear(), Playback(lambda _: None)

    async def scenario():
        room = Room(ear, playback, clock=asyncio.get_running_loop().time, **furniture)
        ends = [room.say(samples, at) for samples, at in says]
        if plays is not None:
            playback.play(Speech(1, "words", Audio(plays, RATE)))
        running = asyncio.create_task(room.run())
        if trouble is not None:
            await trouble(room)
        await asyncio.sleep(seconds + FRAME_SECONDS / 2 - asyncio.get_running_loop().time())
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return room, ends

    return *run_virtual(scenario()), ear


class TestAClip:
    def test_arrives_unchanged_when_and_where_it_was_said(self):
        clip = noise(0.333)
        _, (end,), ear = live(1, says=[(clip, 0.2512)], noise_db=None)
        begin = round(0.2512 * RATE)
        assert np.array_equal(ear.heard[begin : begin + len(clip)], clip)
        assert not ear.heard[:begin].any()
        assert not ear.heard[begin + len(clip) :].any()
        assert end == pytest.approx(0.2512 + 0.333)

    def test_begins_at_once_without_a_time(self):
        async def later(room):
            await asyncio.sleep(0.4)
            room.say(np.ones(100, np.float32))

        _, _, ear = live(1, trouble=later, noise_db=None)
        assert np.flatnonzero(ear.heard)[0] == pytest.approx(0.4 * RATE, abs=1)

    def test_said_too_late_begins_with_the_next_frame_and_is_whole(self):
        async def later(room):
            await asyncio.sleep(0.5)
            room.say(clip, 0.1)

        clip = noise(0.2)
        _, _, ear = live(1, trouble=later, noise_db=None)
        begin = int(np.flatnonzero(ear.heard)[0])
        assert begin == pytest.approx(0.5 * RATE, abs=FRAME)
        assert np.array_equal(ear.heard[begin : begin + len(clip)], clip)

    def test_sounds_together_with_another_and_is_clipped_at_full_scale(self):
        low, high = np.full(RATE, 0.25, np.float32), np.full(RATE, 0.5, np.float32)
        _, _, ear = live(2, says=[(low, 0.0), (high, 0.5)], noise_db=None)
        assert ear.heard[RATE * 3 // 4] == 0.75
        _, _, ear = live(1, says=[(high, 0.0), (high, 0.0), (high, 0.0)], noise_db=None)
        assert ear.heard.max() == 1.0


class TestTime:
    def test_frames_come_each_at_its_end(self):
        _, _, ear = live(0.5)
        assert ear.times == pytest.approx([FRAME_SECONDS * (n + 1) for n in range(50)])

    def test_two_minutes_cost_no_waiting(self):
        began = time.perf_counter()
        live(120, noise_db=None)
        assert time.perf_counter() - began < 30

    def test_a_busy_loop_is_caught_up_with(self):
        async def busy(room):
            await asyncio.sleep(0.105)
            loop = asyncio.get_running_loop()
            assert isinstance(loop, VirtualLoop)
            loop.hold_up(0.5)

        _, _, ear = live(1, trouble=busy)
        assert ear.times == pytest.approx([FRAME_SECONDS * (n + 1) for n in range(100)])

    def test_a_busy_loop_does_not_hold_up_a_room_with_a_thread(self):
        class Counting(Ear):
            enough = threading.Event()

            def hear(self, frame, reference, at):
                super().hear(frame, reference, at)
                if len(self.frames) == 3:
                    self.enough.set()

        async def scenario():
            ear = Counting()
            running = asyncio.create_task(Room(ear, Playback(lambda _: None), threaded=True).run())
            await asyncio.sleep(0)
            heard = ear.enough.wait(5)  # blocks the loop on purpose
            running.cancel()
            return heard

        assert asyncio.run(scenario())

    def test_cancelled_with_a_thread_it_ends_when_the_last_frame_is_heard(self):
        class Slow:
            hearing, heard = threading.Event(), threading.Event()

            def hear(self, frame, reference, at):
                self.hearing.set()
                self.heard.wait(5)

        async def scenario():
            ear = Slow()
            running = asyncio.create_task(Room(ear, Playback(lambda _: None), threaded=True).run())
            await asyncio.sleep(0)
            assert ear.hearing.wait(5)
            running.cancel()
            for _ in range(10):
                await asyncio.sleep(0)
            early = running.done()
            ear.heard.set()
            with pytest.raises(asyncio.CancelledError):
                await running
            return early

        assert not asyncio.run(scenario())

    @pytest.mark.parametrize("threaded", [False, True])
    def test_what_the_listener_raises_ends_the_room(self, threaded):
        class Deaf:
            def hear(self, frame, reference, at):
                raise OSError("no ear")

        with pytest.raises(OSError, match="no ear"):
            asyncio.run(Room(Deaf(), Playback(lambda _: None), threaded=threaded).run())


class TestNoise:
    def test_has_its_level_and_is_the_same_each_time(self):
        first, second = live(1)[2].heard, live(1)[2].heard
        assert level(first) == pytest.approx(-60, abs=0.2)
        assert np.array_equal(first, second)

    def test_differs_with_the_seed(self):
        assert not np.array_equal(live(0.1, seed=1)[2].heard, live(0.1, seed=2)[2].heard)


class TestTheLoudspeaker:
    def test_is_not_heard_without_echo_and_is_the_reference(self):
        sound = noise(0.5)
        _, _, ear = live(1, plays=sound, noise_db=None)
        assert not ear.heard.any()
        reference = np.concatenate(ear.references)
        begin = int(np.flatnonzero(reference)[0])
        assert begin == FRAME
        assert np.array_equal(reference[begin : begin + len(sound)], sound)

    @pytest.mark.parametrize("gain", [0, -10, -20])
    @pytest.mark.parametrize("delay", [0.03, 0.25])
    def test_is_heard_with_its_gain_and_delay(self, gain, delay):
        _, _, ear = live(1.5, plays=noise(1.0, -20), echo_db=gain, echo_delay=delay, noise_db=None)
        begin = FRAME + round(delay * RATE)
        assert level(ear.heard[:begin]) < -150
        assert level(ear.heard[begin : begin + RATE]) == pytest.approx(-20 + gain, abs=0.1)
        assert lag(ear.heard, np.concatenate(ear.references)) == round(delay * RATE)

    def test_is_heard_between_two_samples(self):
        """Half a sample more, twice, is one sample: nothing is lost in between."""
        sound = band(1.0)
        path = EchoPath(0, 100.5 / RATE, 0, None)
        once = np.concatenate([path.next(frame) for frame in sound.reshape(-1, FRAME)])
        path = EchoPath(0, 100.5 / RATE, 0, None)
        twice = np.concatenate([path.next(frame) for frame in once.reshape(-1, FRAME)])
        assert level(twice[201:] - sound[:-201]) < level(sound) - 35

    @pytest.mark.parametrize("drift", [50, -50])
    def test_drifts_away_with_its_clock(self, drift):
        sound = np.tile(noise(1.0), 20)
        _, _, ear = live(20, plays=sound, echo_db=-6, drift_ppm=drift, noise_db=None)
        reference = np.concatenate(ear.references)
        first, last = slice(RATE, 2 * RATE), slice(19 * RATE, 20 * RATE)
        moved = lag(ear.heard[last], reference[last]) - lag(ear.heard[first], reference[first])
        assert moved == pytest.approx(drift * 1e-6 * 18 * RATE, abs=1)

    def test_sounds_as_the_walls_colour_it(self):
        walls = np.random.default_rng(3).standard_normal(1000).astype(np.float32)
        sound = noise(1.0)
        _, _, ear = live(
            1.5, plays=sound, echo_db=-10, echo_delay=0.05, impulse_response=walls, noise_db=None
        )
        expected = np.convolve(sound, walls / np.linalg.norm(walls)) * 10 ** (-10 / 20)
        begin = FRAME + round(0.05 * RATE)
        assert ear.heard[begin : begin + len(expected)] == pytest.approx(expected, abs=1e-5)

    def test_refuses_what_cannot_be(self):
        with pytest.raises(ValueError, match="echo delay"):
            Room(Ear(), Playback(lambda _: None), echo_db=0, echo_delay=0)
        with pytest.raises(ValueError, match="16000 Hz"):
            Room(Ear(), Playback(lambda _: None, rate=48_000))


class TestTrouble:
    def test_frames_stop_while_time_passes_and_playback_waits(self):
        async def stall(room):
            await asyncio.sleep(0.3)
            room.pause_frames(0.5)

        sound = noise(0.6)
        room, _, ear = live(2, plays=sound, trouble=stall, noise_db=None)
        gaps = np.diff(ear.times)
        assert gaps.max() == pytest.approx(0.51, abs=0.011)
        assert (gaps > 0.011).sum() == 1
        assert len(room.recording.loudspeaker) == 2 * RATE
        assert level(np.concatenate(ear.references)) == pytest.approx(
            level(sound) + 10 * np.log10(0.6 * RATE / len(ear.heard)), abs=0.2
        )


class TestTheRecording:
    def test_holds_both_channels_of_the_whole_session(self):
        room, _, ear = live(1, says=[(noise(0.5), 0.1)], plays=noise(0.5), echo_db=-10)
        assert room.recording.began == 0.0
        assert np.array_equal(room.recording.microphone, ear.heard)
        assert np.array_equal(room.recording.loudspeaker, np.concatenate(ear.references))

    def test_keeps_the_newest(self):
        room, _, ear = live(3, recorded_seconds=1)
        assert room.recording.began == pytest.approx(2.0)
        assert np.array_equal(room.recording.microphone, ear.heard[-RATE:])

    def test_is_empty_before_time_begins(self):
        room = Room(Ear(), Playback(lambda _: None))
        assert len(room.recording.microphone) == 0
        assert room.recording.audible_from(0.0) is None

    def test_tells_when_the_loudspeaker_speaks_and_falls_silent(self):
        loudspeaker = np.zeros(5 * RATE, np.float32)
        loudspeaker[2 * RATE : 3 * RATE] = noise(1.0)
        loudspeaker[round(2.4 * RATE) : round(2.6 * RATE)] = 0  # a pause between two words
        recording = Recording(100.0, np.zeros_like(loudspeaker), loudspeaker)
        assert recording.audible_from(100.0) == pytest.approx(102.0)
        assert recording.audible_from(102.5) == pytest.approx(102.6)
        assert recording.audible_from(103.0) is None
        assert recording.silent_from(102.0) == pytest.approx(103.0)
        assert recording.silent_from(102.0, lasting=0.1) == pytest.approx(102.4)
        assert recording.silent_from(104.9) is None
