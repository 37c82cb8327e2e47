"""A daemon with fake engines and a fake sound device, everything between them real; and who listens to its broker."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiomqtt
import numpy as np

from tests.fakes import FakeLlm, FakeStt, FakeVoice
from voiceslm.audio import FRAME, RATE
from voiceslm.audio.devices import Direction
from voiceslm.audio.streams import Counters
from voiceslm.config import Home, Listening, Mqtt, Settings
from voiceslm.daemon.onlooker import Onlooker
from voiceslm.daemon.running import daemon

PATIENCE = 10.0
"""Seconds until a test gives up waiting."""

AT_ONCE = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]

HURRY = 10
"""How many times faster than life the loudspeaker plays."""


class SoundDevice:
    """A silent microphone, and a loudspeaker that plays to nobody."""

    def __init__(self, listener, playback, *, report, **_names):
        self._listener, self._playback, self._report = listener, playback, report

        self.counters = Counters()
        self.ill = dict.fromkeys(Direction, "")
        """What is wrong with each of the two."""
        self.flows = True
        """Whether frames come."""

    def status(self):
        return {"problems": []}

    def troubles(self):
        return dict(self.ill)

    async def run(self):
        self._report("microphone 'fake'")
        silence = np.zeros(FRAME, np.float32)
        while True:
            now = time.perf_counter()
            self._playback.pull(self._playback.rate // 100 * HURRY, now)
            if self.flows:
                self._listener.hear(silence, silence, now)
                self.counters.frames += 1
            await asyncio.sleep(FRAME / RATE)


class Model(FakeLlm):
    """Knows how to end."""

    def close(self):
        pass


class Finished:
    """Hears that everybody has finished."""

    def finished(self, audio):
        return 1.0


@dataclass
class Engines:
    """What the daemon computes with."""

    llm: Model = field(default_factory=Model)
    voice: FakeVoice = field(default_factory=FakeVoice)
    stt: FakeStt = field(default_factory=FakeStt)
    sound: SoundDevice | None = None
    """That of the daemon which was started last."""

    def install(self, monkeypatch):
        """Take the place of the real ones."""
        of = "voiceslm.crew"
        monkeypatch.setattr(f"{of}.resolve", lambda name, kind: name)
        monkeypatch.setattr(f"{of}.load_stt", lambda settings, path: self.stt)
        monkeypatch.setattr(f"{of}.load_llm", lambda settings, path, *, home: self.llm)
        monkeypatch.setattr(f"{of}.load_voice", lambda settings, path: self.voice)
        monkeypatch.setattr(f"{of}.load_turn_model", lambda path: Finished())
        monkeypatch.setattr("voiceslm.audio.device.SoundDevice", self._open)
        return self

    def _open(self, *arguments, **names):
        self.sound = SoundDevice(*arguments, **names)
        return self.sound


def settings_for(port, *, wake="okay_nabu", home=None, **mqtt):
    """Return settings of an assistant called kitchen, at a broker on this machine."""
    broker = {"host": "127.0.0.1", "port": port, "id": "kitchen"} | mqtt
    return Settings(mqtt=Mqtt(**broker), listening=Listening(wake=wake), home=Home(**(home or {})))


class Diary(Onlooker):
    """Remembers what was told."""

    def __init__(self):
        self.home = []
        self.health = []
        self.troubles = []
        self.turns = []
        self.news = asyncio.Event()

    def on_trouble(self, what):
        self.troubles.append(what)
        self.news.set()

    def on_turn(self, record):
        self.turns.append(record)
        self.news.set()

    def on_home(self, words):
        self.home.append(words)
        self.news.set()

    def on_health(self, part, condition):
        self.health.append((part, condition.why))
        self.news.set()

    async def until(self, true):
        """Wait until ``true`` is, looking again at everything that is told."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def running(settings, notifier=None):
    """Run the daemon; yields it and what it told."""
    diary = Diary()
    async with daemon(settings, diary, notifier=notifier) as found:
        yield found, diary


class Telegraph:
    """Somebody else at the broker, who hears everything."""

    def __init__(self, client):
        self._client = client
        self.messages = []
        """Topic, payload and whether it was retained, in the order in which they came."""
        self._news = asyncio.Event()

    async def read(self):
        async for message in self._client.messages:
            self.messages.append((message.topic.value, message.payload.decode(), message.retain))
            self._news.set()

    def at(self, topic):
        """Return all payloads at ``topic``."""
        return [payload for where, payload, _ in self.messages if where == topic]

    async def says(self, topic, payload="", *, retain=False):
        await self._client.publish(topic, payload, qos=1, retain=retain)

    async def hands_over(self, topic, payload):
        """Let it be retained, and do not wait for the broker."""
        await self._client.publish(topic, payload, retain=True)

    async def until(self, true):
        """Wait until ``true`` is, looking again at every message; return what it is."""
        async with asyncio.timeout(PATIENCE):
            while not (found := true()):
                self._news.clear()
                await self._news.wait()
        return found

    async def reads(self, topic, count=1):
        """Wait for the ``count``-th message at ``topic`` and return it."""
        return (await self.until(lambda: len(self.at(topic)) >= count and self.at(topic)))[count - 1]


@asynccontextmanager
async def telegraph(port):
    """Listen to everything at the broker on ``port``."""
    async with aiomqtt.Client("127.0.0.1", port, identifier="telegraph", socket_options=AT_ONCE) as client:
        found = Telegraph(client)
        await client.subscribe("#", qos=1)
        reading = asyncio.create_task(found.read())
        try:
            yield found
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


@asynccontextmanager
async def inhabited(settings, retained=()):
    """Run the daemon in the home of its settings; yields it, what it told, and who listens to its broker.

    It has been told ``retained`` (topic, payload) and can be told more when the block begins.
    """
    async with telegraph(settings.mqtt.port) as other:
        for topic, payload in retained:
            await other.says(topic, payload, retain=True)
        async with running(settings) as (found, diary):
            await other.until(lambda: any(topic.endswith("/timers") for topic, _, _ in other.messages))
            yield found, diary, other
