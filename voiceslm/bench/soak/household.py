"""The daemon in a simulated room and home: what the soak holds in its hands."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
import weakref
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voiceslm.assistant import Assistant
from voiceslm.audio.device import SoundDevice
from voiceslm.audio.room import Room
from voiceslm.bench.home.broker import broker
from voiceslm.bench.home.lodging import settings_in
from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.soak.card import SoundCard
from voiceslm.bench.soak.hurry import LOOK_SECONDS, Hurry
from voiceslm.bench.soak.troubles import Diary
from voiceslm.conversation.moves import State
from voiceslm.daemon.running import daemon
from voiceslm.errors import Problem
from voiceslm.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from voiceslm.audio.playback import Playback
    from voiceslm.bench.home.broker import Broker
    from voiceslm.bench.home.devices import SimulatedHome
    from voiceslm.bench.home.homes import Home
    from voiceslm.config import Settings
    from voiceslm.conversation.live import Live
    from voiceslm.daemon.running import Daemon
    from voiceslm.listening.ear import Ear

DEVICES = 10
HOME_SEED = 17

ECHO_DB = -20.0
"""From the loudspeaker to the microphone."""

NAME = "soak"
"""Of this assistant at the broker."""

LAG_MOST = 40
"""Blocks of both ways that may wait for the audio thread before the room slows down."""

AHEAD_SECONDS = 1.0
"""Of a reply that wait to be played: meanwhile nobody waits for what is computed of the rest."""

CALM_SECONDS = 0.4
"""Of the room's time in which nobody speaks, thinks or computes: the turn and all that it led to is over."""

QUIET = (State.ASLEEP, State.AWAKE)

ENGINES = ("stt", "turn", "llm", "voice")


@dataclass(slots=True)
class Parts:
    """What the daemon made for itself, seen while it was made."""

    workers: weakref.WeakSet[Worker] = field(default_factory=weakref.WeakSet)
    assistant: Assistant | None = None
    live: Live | None = None
    ear: Ear | None = None
    playback: Playback | None = None
    sound: SoundDevice | None = None

    @property
    def computing(self) -> set[str]:
        """Names of the engines that are at work."""
        return {worker.name for worker in tuple(self.workers) if worker.busy}

    @property
    def keeps_up(self) -> bool:
        """Whether but a few blocks wait for the audio thread."""
        return self.sound is not None and self.sound._blocks.qsize() <= LAG_MOST  # noqa: SLF001 - none else knows

    @property
    def hurried(self) -> bool:
        """Whether nobody in the room waits for an engine, nor an engine for what is still to be heard."""
        if not self.live or not self.playback:
            return False
        computing = self.computing
        if self.live.state is State.THINKING or computing & {"stt", "turn"}:
            return False
        return not computing or self.playback.queued_seconds > AHEAD_SECONDS


class Household:
    """The running daemon, the room it is in, and those who live there."""

    def __init__(
        self,
        parts: Parts,
        running: Daemon,
        *,
        diary: Diary,
        clock: Hurry,
        card: SoundCard,
        room: Room,
        broker: Broker,
        home: Home,
        things: SimulatedHome,
        topic: str,
    ) -> None:
        """Take them.

        Raises:
            Problem: the daemon is made in another way than it was when this was written.
        """
        if not (parts.assistant and parts.live and parts.ear and parts.sound):
            raise Problem("the soak does not know the daemon's parts")
        self.assistant, self.live, self.ear, self.sound = (
            parts.assistant,
            parts.live,
            parts.ear,
            parts.sound,
        )
        self.running = running
        self.diary = diary
        self.clock = clock
        self.card = card
        self.room = room
        self.broker = broker
        self.home = home
        self.things = things
        self.topic = topic
        """Below which the assistant's own topics are."""
        self._parts = parts

    @property
    def computing(self) -> set[str]:
        """Names of the engines that are at work."""
        return self._parts.computing

    @property
    def quiet(self) -> bool:
        """Whether nobody speaks, thinks or computes."""
        return self.live.state in QUIET and not self.computing

    async def rest(self, seconds: float) -> bool:
        """Wait until it is quiet and stays so, at most so many real seconds; say whether it is."""
        deadline = time.perf_counter() + seconds
        since = self.clock()
        while time.perf_counter() < deadline:
            if not self.quiet:
                since = self.clock()
            elif self.clock() - since >= CALM_SECONDS:
                return True
            await asyncio.sleep(LOOK_SECONDS)
        return False

    async def until(self, condition: Callable[[], object], seconds: float) -> bool:
        """Wait until ``condition`` holds, at most so many real seconds; say whether it does."""
        deadline = time.perf_counter() + seconds
        while not condition():
            if time.perf_counter() > deadline:
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True

    def tidy(self) -> None:
        """Forget what the simulated home remembers: it is not the daemon that should be seen to grow."""
        self.things.log.clear()
        self.things.reports.clear()
        self.things.deeds.clear()


@asynccontextmanager
async def household(settings: Settings) -> AsyncIterator[Household]:
    """Run the daemon of ``settings`` among simulations while the block runs.

    Raises:
        Problem: a model or mosquitto is missing.
        ExceptionGroup: what listens in the daemon has failed.
    """
    home = sample_home(DEVICES, HOME_SEED)
    parts, diary = Parts(), Diary()
    with tempfile.TemporaryDirectory(prefix="voiceslm-soak-") as folder, _apart(folder):
        async with broker() as address, home.simulated(address, seed=HOME_SEED) as things:
            given = settings_in(settings, home, address)
            mqtt = given.mqtt.model_copy(update={"announce": "on", "id": NAME})
            given = given.model_copy(update={"mqtt": mqtt})
            clock = Hurry(lambda: parts.hurried and parts.keeps_up)
            card = SoundCard(clock.stepped)
            room = Room(card, card, echo_db=ECHO_DB, clock=clock, recorded_seconds=1.0)  # type: ignore[arg-type]
            with diary.of_exceptions(), _seen(parts, card, clock):
                passing = asyncio.create_task(room.run(), name="room")
                try:
                    async with daemon(given, diary) as running:
                        yield Household(
                            parts,
                            running,
                            diary=diary,
                            clock=clock,
                            card=card,
                            room=room,
                            broker=address,
                            home=home,
                            things=things,
                            topic=f"{mqtt.topic_prefix}/{NAME}",
                        )
                finally:
                    passing.cancel()
                    await asyncio.gather(passing, return_exceptions=True)


@contextmanager
def _apart(folder: str) -> Iterator[None]:
    """Keep what the daemon keeps in ``folder``, and its door: the user's own may be running."""
    names = ("STATE_DIRECTORY", "RUNTIME_DIRECTORY")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, folder))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _seen(parts: Parts, card: SoundCard, clock: Hurry) -> Iterator[None]:
    """See the daemon's parts as it makes them, and give its sound device another card and another clock."""
    make_worker, make_device, converse = Worker.__init__, SoundDevice.__init__, Assistant.converse

    def worker(self: Worker, name: str) -> None:
        make_worker(self, name)
        if name in ENGINES:
            parts.workers.add(self)

    def device(self: SoundDevice, *arguments: Any, **options: Any) -> None:
        make_device(self, *arguments, **options | {"clock": clock, "portaudio": lambda: card})
        parts.sound = self

    async def conversing(self: Assistant, *arguments: Any, **options: Any) -> tuple[Live, Ear, Playback]:
        made = await converse(self, *arguments, **options)
        parts.assistant = self
        parts.live, parts.ear, parts.playback = made
        return made

    with ExitStack() as stack:
        for owner, name, other in (
            (Worker, "__init__", worker),
            (SoundDevice, "__init__", device),
            (Assistant, "converse", conversing),
        ):
            stack.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, other)
        yield
