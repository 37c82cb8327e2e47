"""A SoundDevice over a PortAudio that does as it is told: refuses, vanishes, stands still, hangs."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

from voiceslm.audio.device import SoundDevice
from voiceslm.audio.devices import Direction, list_devices
from voiceslm.audio.playback import Playback
from voiceslm.audio.side import Side
from voiceslm.audio.streams import STARTING_BLOCKS, WAITING_BLOCKS, Block, Counters, Loudspeaker, Microphone
from voiceslm.events import Audible, Audio, Played, Speech

PATIENCE = 8.0


class Refusal(Exception):  # noqa: N818 - PortAudio's own word is used up
    pass


class FakeStream:
    def __init__(self, portaudio, kind, settings):
        self.portaudio, self.kind = portaudio, kind
        self.settings = SimpleNamespace(**settings)
        self.channels, self.latency = settings["channels"], 0.05
        self.closed = self.stands_still = False
        portaudio.refuse(kind, self.channels)
        portaudio.opened.append(kind)

    def start(self):
        self.portaudio.streams.append(self)

    def abort(self, **_):
        self.portaudio.hangs.wait()

    def close(self, **_):
        self.closed = True
        if self in self.portaudio.streams:
            self.portaudio.streams.remove(self)

    def tick(self, *, overflow=False):
        """One callback of 10 ms."""
        if self.stands_still or self.closed:
            return None
        count = self.settings.blocksize
        status = SimpleNamespace(input_overflow=overflow, output_underflow=overflow)
        moment = SimpleNamespace(currentTime=10.0, outputBufferDacTime=10.03)
        data = np.full((count, self.channels), self.portaudio.level, np.float32)
        self.settings.callback(data, count, moment, status)
        return data


class FakePortAudio:
    """Stands for the module `sounddevice`; a thread calls the callbacks of whatever is open."""

    PortAudioError = Refusal

    def __init__(self):
        self.present = ["desk"]
        self.seen: list[str] = []
        self.refused: dict[str, str] = {}
        self.least_channels = 1
        self.streams: list[FakeStream] = []
        self.hangs = threading.Event()
        self.hangs.set()
        self.overflow = False
        self.level = 0.25
        self.opened: list[str] = []
        self.ticks = 0
        self.default = SimpleNamespace(device=[0, 0])
        self._initialize()

    def _initialize(self):
        self.seen = list(self.present)

    def _terminate(self):
        for stream in list(self.streams):
            stream.close()

    def _exit_handler(self):
        pass

    def query_hostapis(self):
        return [{"name": "Fake"}]

    def query_devices(self):
        if "list" in self.refused:
            raise Refusal(self.refused["list"])
        return [
            {
                "name": name,
                "hostapi": 0,
                "max_input_channels": 4,
                "max_output_channels": 4,
                "default_samplerate": 48000.0,
            }
            for name in self.seen
        ]

    def InputStream(self, **settings):  # noqa: N802 - as sounddevice calls it
        return FakeStream(self, "input", settings)

    def OutputStream(self, **settings):  # noqa: N802
        return FakeStream(self, "output", settings)

    def refuse(self, kind, channels):
        if kind in self.refused:
            raise Refusal(self.refused[kind])
        if channels < self.least_channels:
            raise Refusal("Invalid number of channels")

    def unplug(self):
        self.present = []
        for stream in self.streams:
            stream.stands_still = True

    def kinds(self):
        """What is open now."""
        return sorted(stream.kind for stream in list(self.streams))

    def drive(self, ended):
        while not ended.wait(0.002):
            for stream in list(self.streams):
                stream.tick(overflow=self.overflow)
            self.ticks += 1


class Ear:
    def __init__(self):
        self.frames = []
        self.fails = False
        self.keeps_up = threading.Event()
        self.keeps_up.set()

    def hear(self, frame, reference, at):
        if self.fails:
            raise ZeroDivisionError
        self.keeps_up.wait(PATIENCE)
        self.frames.append(frame)


@pytest.fixture
def portaudio():
    fake, ended = FakePortAudio(), threading.Event()
    thread = threading.Thread(target=fake.drive, args=(ended,))
    thread.start()
    yield fake
    fake.hangs.set()
    ended.set()
    thread.join()


class Running:
    def __init__(self, portaudio, *, muted=False):
        self.muted = muted
        self.ear = Ear()
        self.said: list[str] = []
        self.events: list[Audible | Played] = []
        self.playback = Playback(self.events.append)
        self.sound = SoundDevice(
            self.ear,
            self.playback,
            report=self.said.append,
            muted=lambda: self.muted,
            portaudio=lambda: portaudio,
        )
        self.task = asyncio.create_task(self.sound.run())

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - polls what other threads do
                await asyncio.sleep(0.005)

    async def listening(self):
        before = len(self.ear.frames)
        await self.until(lambda: len(self.ear.frames) > before + 5)

    async def said_of(self, words):
        await self.until(lambda: any(words in line for line in self.said))


@contextlib.asynccontextmanager
async def running(portaudio, *, muted=False):
    sound = Running(portaudio, muted=muted)
    try:
        yield sound
    finally:
        sound.task.cancel()
        await asyncio.gather(sound.task, return_exceptions=True)


async def test_frames_reach_the_listener_and_what_works_is_said_once(portaudio):
    async with running(portaudio) as sound:
        await sound.listening()
        await sound.until(lambda: sound.said)
        await sound.listening()
        assert sound.said == ["microphone 'desk' at 48000 Hz; loudspeaker 'desk' at 48000 Hz"]
        status = sound.sound.status()
        assert (status["microphone"], status["loudspeaker"], status["problems"]) == ("desk", "desk", [])
        assert sound.sound.counters.frames > 0
        assert sound.playback.rate == 48_000
        await sound.until(lambda: sound.ear.frames[-1][0] == pytest.approx(0.25, abs=1e-3))
    assert portaudio.streams == []


async def test_a_device_that_takes_no_mono_is_opened_with_its_own_channels(portaudio):
    portaudio.least_channels = 4
    async with running(portaudio) as sound:
        await sound.listening()
        assert {stream.channels for stream in portaudio.streams} == {4}


async def test_no_device_at_all_is_said_and_one_plugged_in_later_is_used(portaudio):
    portaudio.present = []
    async with running(portaudio) as sound:
        await sound.until(lambda: sound.said)
        assert sound.said[0].startswith("there is no microphone; there is no loudspeaker. Plug one in")
        await asyncio.sleep(0)
        assert len(sound.said) == 1
        portaudio.present = ["headset"]
        await sound.listening()
        await sound.until(lambda: sound.sound.status()["microphone"] == "headset")


async def test_a_sound_system_that_fails_to_list_its_devices_is_said_and_tried_again(portaudio):
    portaudio.refused = {"list": "Internal PortAudio error"}
    async with running(portaudio) as sound:
        await sound.said_of("the sound system fails: Internal PortAudio error")
        portaudio.refused = {}
        await sound.listening()


async def test_a_reply_that_is_over_before_its_end_is_known_ends_without_a_loudspeaker_too(portaudio):
    portaudio.refused = {"output": "Device unavailable"}
    async with running(portaudio) as sound:
        await sound.listening()
        sound.playback.play(Speech(1, "hello", Audio(np.ones(1600, np.float32), 16_000)))
        await sound.until(lambda: not sound.playback.queued_seconds)
        sound.playback.finish(1)
        await sound.until(lambda: len(sound.events) == 2)


async def test_frames_that_stop_mean_an_unplugged_device_and_it_is_back_within_five_seconds(portaudio):
    async with running(portaudio) as sound:
        await sound.listening()
        portaudio.unplug()
        await sound.said_of("the microphone 'desk' has gone")
        portaudio.present = ["desk"]
        plugged = time.monotonic()
        await sound.listening()
        assert time.monotonic() - plugged < 5
        await sound.until(lambda: not sound.sound.status()["problems"])


async def test_a_refused_loudspeaker_leaves_the_microphone_and_its_reply_to_nobody_ends(portaudio):
    portaudio.refused = {"output": "Device unavailable"}
    async with running(portaudio) as sound:
        await sound.listening()
        await sound.said_of(
            "microphone 'desk' at 48000 Hz; the loudspeaker 'desk' cannot be opened: Device unavailable"
        )
        sound.playback.play(Speech(1, "hello", Audio(np.ones(1600, np.float32), 16_000)))
        sound.playback.finish(1)
        await sound.until(lambda: len(sound.events) == 2)
        assert [type(event) for event in sound.events] == [Audible, Played]
        portaudio.refused = {}
        await sound.said_of("loudspeaker 'desk' at 48000 Hz")


async def test_a_busy_microphone_is_tried_again_without_closing_the_loudspeaker(portaudio):
    portaudio.refused = {"input": "Device unavailable"}
    async with running(portaudio) as sound:
        await sound.said_of("the microphone 'desk' cannot be opened: Device unavailable")
        (loudspeaker,) = portaudio.streams
        portaudio.refused = {}
        await sound.listening()
        assert loudspeaker in portaudio.streams


async def test_a_sound_system_that_hangs_is_said_and_used_again_once_it_answers(portaudio):
    async with running(portaudio) as sound:
        await sound.listening()
        portaudio.hangs.clear()
        for stream in portaudio.streams:
            stream.stands_still = True
        await sound.said_of("the sound system does not answer")
        portaudio.hangs.set()
        await sound.listening()


async def test_it_ends_within_a_second_even_if_the_sound_system_hangs(portaudio):
    async with running(portaudio) as sound:
        await sound.listening()
        portaudio.hangs.clear()
        began = time.monotonic()
        sound.task.cancel()
        await asyncio.gather(sound.task, return_exceptions=True)
        assert time.monotonic() - began < 1.2


async def test_overflows_and_underflows_are_counted_and_harm_nothing(portaudio):
    portaudio.overflow = True
    async with running(portaudio) as sound:
        await sound.listening()
        counters = sound.sound.counters
        assert counters.overflows > 0
        assert counters.underflows > 0


async def test_while_muted_the_microphone_is_closed_and_that_is_no_problem(portaudio):
    async with running(portaudio) as sound:
        await sound.listening()
        sound.muted = True
        await sound.said_of("microphone off: muted; loudspeaker 'desk' at 48000 Hz")
        await sound.until(lambda: portaudio.kinds() == ["output"])
        status = sound.sound.status()
        assert (status["microphone"], status["muted"], status["problems"]) == (None, True, [])


async def test_a_reply_goes_on_through_the_same_loudspeaker_while_the_microphone_is_closed_and_opened(
    portaudio,
):
    async with running(portaudio) as sound:
        await sound.listening()
        sound.playback.play(Speech(1, "long", Audio(np.ones(16_000 * 60, np.float32), 16_000)))
        (loudspeaker,) = (stream for stream in portaudio.streams if stream.kind == "output")
        sound.muted = True
        await sound.until(lambda: portaudio.kinds() == ["output"])
        sound.muted = False
        await sound.listening()
        assert portaudio.opened.count("output") == 1
        assert loudspeaker in portaudio.streams
        await sound.until(lambda: loudspeaker.tick().all())


async def test_not_one_frame_is_heard_from_the_command_to_mute_on(portaudio):
    async with running(portaudio) as sound:
        await sound.listening()
        sound.muted = True
        frames = len(sound.ear.frames)
        await sound.until(lambda: portaudio.kinds() == ["output"])
        assert len(sound.ear.frames) <= frames + 1, "one may be on its way"
        assert sound.sound.counters.frames == len(sound.ear.frames), "only what was heard is counted"


async def test_it_is_opened_at_once_when_it_is_no_longer_muted(portaudio):
    async with running(portaudio) as sound:
        await sound.listening()
        sound.muted = True
        await sound.until(lambda: portaudio.kinds() == ["output"])
        sound.muted = False
        began = time.monotonic()
        await sound.listening()
        assert time.monotonic() - began < 1
        await sound.until(lambda: sound.sound.status()["microphone"] == "desk")
        assert not sound.sound.status()["muted"]


async def test_what_waited_to_be_heard_when_it_was_muted_is_not_heard_afterwards(portaudio):
    async with running(portaudio) as sound:
        await sound.listening()
        sound.ear.keeps_up.clear()
        blocks = portaudio.ticks
        await sound.until(lambda: portaudio.ticks > blocks + 20)
        sound.muted = True
        await sound.until(lambda: portaudio.kinds() == ["output"])
        portaudio.level = 0.5
        sound.muted = False
        await sound.until(lambda: portaudio.kinds() == ["input", "output"])
        heard = len(sound.ear.frames) + 1
        sound.ear.keeps_up.set()
        await sound.until(lambda: len(sound.ear.frames) > heard + 20)
        after = sound.ear.frames[heard + 3 :]
        assert min(frame[-1] for frame in after) == pytest.approx(0.5, abs=0.01)


async def test_muted_from_the_start_it_is_never_opened(portaudio):
    async with running(portaudio, muted=True) as sound:
        await sound.said_of("microphone off: muted; loudspeaker 'desk' at 48000 Hz")
    assert portaudio.opened == ["output"]


async def test_a_new_card_is_used_without_opening_a_muted_microphone(portaudio, monkeypatch):
    portaudio.present = []
    plugged = ""
    monkeypatch.setattr("voiceslm.audio.device.cards", lambda: plugged)
    async with running(portaudio, muted=True) as sound:
        await sound.said_of("microphone off: muted; there is no loudspeaker")
        portaudio.present = ["headset"]
        plugged = "headset"
        await sound.said_of("microphone off: muted; loudspeaker 'headset' at 48000 Hz")
    assert portaudio.opened == ["output"]


async def test_a_microphone_that_failed_before_it_was_muted_is_no_problem_and_is_tried_at_once_after(
    portaudio,
):
    portaudio.refused = {"input": "Device unavailable"}
    async with running(portaudio) as sound:
        await sound.said_of("the microphone 'desk' cannot be opened")
        sound.muted = True
        await sound.said_of("microphone off: muted")
        assert sound.sound.status()["problems"] == []
        portaudio.refused = {}
        sound.muted = False
        await sound.listening()


async def test_a_microphone_that_gives_only_zeros_stays_open_and_is_said_once(portaudio, monkeypatch):
    monkeypatch.setattr("voiceslm.audio.side.SILENCE_SECONDS", 0.3)
    portaudio.level = 0.0
    async with running(portaudio) as sound:
        silence = "the microphone 'desk' delivers only silence (zeros). See that neither its switch nor"
        await sound.said_of(silence)
        assert [problem.startswith(silence) for problem in sound.sound.status()["problems"]] == [True]
        assert sound.sound.status()["microphone"] == "desk"
        portaudio.level = 0.25
        await sound.until(lambda: not sound.sound.status()["problems"])
        portaudio.level = 0.0
        await sound.until(lambda: sound.sound.status()["problems"])
        assert sum(silence in line for line in sound.said) == 1
        assert portaudio.opened.count("input") == 1


async def test_what_the_listener_raises_ends_the_run(portaudio):
    async with running(portaudio) as sound:
        await sound.listening()
        sound.ear.fails = True
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(asyncio.shield(sound.task), PATIENCE)


@pytest.mark.parametrize(("zeros", "problem"), [(9.9, False), (10.0, True)])
def test_ten_seconds_of_zeros_are_no_quiet_room(zeros, problem):
    portaudio = FakePortAudio()
    microphone = Microphone(list_devices(portaudio)[0], queue.Queue(), Counters(), lambda: 7.0)
    microphone.open(portaudio)
    side = Side(Direction.INPUT, None)
    side.opened(microphone, 7.0)
    (stream,) = portaudio.streams
    portaudio.level = 1e-7
    for _ in range(STARTING_BLOCKS):
        stream.tick()
    portaudio.level = 0.0
    for _ in range(round(zeros * 100)):
        stream.tick()
    assert side.look(7.0) is None
    assert bool(side.note) is problem


def opened(portaudio, kind, room):
    device, counters = list_devices(portaudio)[0], Counters()
    blocks: queue.Queue[Block] = queue.Queue(room)
    stream: Microphone | Loudspeaker
    if kind == "input":
        stream = Microphone(device, blocks, counters, lambda: 7.0)
    else:
        playback = Playback(lambda _: None, rate=48_000)
        playback.play(Speech(1, "loud", Audio(np.full(48_000, 2.0, np.float32), 48_000)))
        stream = Loudspeaker(device, blocks, counters, lambda: 7.0, playback)
    stream.open(portaudio)
    return stream._stream, blocks, counters


def test_a_full_queue_drops_the_block_and_counts_it():
    stream, blocks, counters = opened(FakePortAudio(), "input", 2)
    for _ in range(5):
        stream.tick()
    assert (blocks.qsize(), counters.dropped) == (2, 3)
    blocks.get(), blocks.get()
    stream.tick()
    assert blocks.get().gap, "what is missing before it is said"


def test_what_is_played_is_clipped_on_every_channel_and_kept_with_the_time_it_is_audible():
    portaudio = FakePortAudio()
    portaudio.least_channels = 2
    stream, blocks, _ = opened(portaudio, "output", WAITING_BLOCKS)
    for _ in range(STARTING_BLOCKS):
        assert not stream.tick().any()
        blocks.get_nowait()
    data = stream.tick()
    assert data.shape == (480, 2)
    assert (data == 1.0).all()
    block = blocks.get_nowait()
    assert block.at == pytest.approx(7.03)
    assert (block.samples == data[:, 0]).all()
