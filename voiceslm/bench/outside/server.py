"""A PulseAudio of one's own, with rooms in it: a microphone, a loudspeaker, and a mouth to speak with.

A room is a null sink with two channels: the left is the air before the microphone, the right the loudspeaker.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE
from voiceslm.bench.outside.tape import Tape
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from voiceslm.events import Samples

PROGRAMS = ("pulseaudio", "pactl", "pacat", "parec")
PLUGIN = "*-pulse.conf"
"""In ALSA's configuration: makes the sound server PortAudio's default device."""

START_SECONDS, STOP_SECONDS = 10.0, 5.0
LOOK_SECONDS = 0.05
HISS = 10 ** (-60 / 20)
"""Amplitude of a room's noise: -60 dBFS."""

HISS_SECONDS = 1.0
"""Of noise at a time."""

WIRES = (
    "module-null-sink sink_name={air} rate={rate} channels=2 channel_map=front-left,front-right",
    (
        "module-remap-sink sink_name={air}-mouth master={air} channels=1 channel_map=mono "
        "master_channel_map=front-left remix=no"
    ),
    (
        "module-remap-sink sink_name={air}-loudspeaker master={air} channels=1 channel_map=mono "
        "master_channel_map=front-right remix=no"
    ),
    (
        "module-remap-source source_name={air}-microphone master={air}.monitor channels=1 channel_map=mono "
        "master_channel_map=front-left remix=no"
    ),
)

RECORD = ("parec", "--format=float32le", "--channels=2", "--latency-msec=40")
SPEAK = ("pacat", "--playback", "--format=float32le", "--channels=1")


@dataclass(frozen=True, slots=True)
class Room:
    """Where a program lives, and what is recorded there."""

    air: str
    """Name of its sink."""

    env: Mapping[str, str]
    """For the program: its microphone and loudspeaker are then those of the room."""

    tape: Tape

    async def say(self, samples: Samples) -> None:
        """Speak float32 [n] at 16 kHz into the microphone; returns when it has been said."""
        speaker = await asyncio.create_subprocess_exec(
            *SPEAK,
            f"--device={self.air}-mouth",
            f"--rate={RATE}",
            "--latency-msec=20",
            env=self.env,
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await speaker.communicate(samples.astype(np.float32).tobytes())


class Server:
    """The sound server; `sound_server` starts one."""

    def __init__(self, folder: Path) -> None:
        """Keep its sockets in ``folder``, whose path must be short."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PULSE_")}
        self.env = inherited | {"XDG_RUNTIME_DIR": str(folder)}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; returns once it answers.

        Raises:
            Problem: it does not.
        """
        self._process = await asyncio.create_subprocess_exec(
            *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--realtime=no"),
            *("--high-priority=no", "-L", "module-native-protocol-unix"),
            env=self.env,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                while await self._asked("info"):  # noqa: ASYNC110 - it tells nobody when it is up
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            await self.end()
            raise Problem("PulseAudio does not start") from None

    async def end(self) -> None:
        """End it."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None

    @asynccontextmanager
    async def room(self, air: str) -> AsyncIterator[Room]:
        """Have a room of that name, with its noise, recorded while the block runs."""
        for wire in WIRES:
            await self._asked("load-module", *wire.format(air=air, rate=Tape.RATE).split())
        env = self.env | {"PULSE_SINK": f"{air}-loudspeaker", "PULSE_SOURCE": f"{air}-microphone"}
        tape = Tape()
        async with self._hissing(air), self._recording(air, tape):
            yield Room(air, env, tape)

    @asynccontextmanager
    async def _recording(self, air: str, tape: Tape) -> AsyncIterator[None]:
        recorder = await self._begun(*RECORD, f"--rate={Tape.RATE}", f"--device={air}.monitor")
        assert recorder.stdout is not None
        reading = asyncio.create_task(tape.take(recorder.stdout), name=f"tape of {air}")
        try:
            yield
        finally:
            await _ended(recorder)
            await reading

    @asynccontextmanager
    async def _hissing(self, air: str) -> AsyncIterator[None]:
        rate = f"--rate={Tape.RATE}"  # nothing is to be resampled beside what is measured
        hissing = await self._begun(*SPEAK, rate, f"--device={air}-mouth", "--latency-msec=500")
        pipe = hissing.stdin
        assert pipe is not None

        async def hiss() -> None:
            rng = np.random.default_rng(0)
            with contextlib.suppress(ConnectionError):
                while True:
                    pipe.write(
                        (HISS * rng.standard_normal(round(HISS_SECONDS * Tape.RATE), np.float32)).tobytes()
                    )
                    await pipe.drain()

        noise = asyncio.create_task(hiss(), name=f"noise of {air}")
        try:
            yield
        finally:
            noise.cancel()
            await asyncio.gather(noise, return_exceptions=True)
            await _ended(hissing)

    async def _begun(self, *command: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *command,
            env=self.env,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def _asked(self, *words: str) -> int:
        """Give it a command; return the exit code."""
        asking = await asyncio.create_subprocess_exec(
            "pactl",
            *words,
            env=self.env,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return await asking.wait()


@asynccontextmanager
async def sound_server() -> AsyncIterator[Server]:
    """Run a sound server of one's own while the block runs.

    Raises:
        Problem: PulseAudio, or what makes it ALSA's default, is not installed, or it does not start.
    """
    require(PROGRAMS, Path("/etc/alsa/conf.d"))
    with tempfile.TemporaryDirectory(prefix="voiceslm-sound-", dir="/tmp") as folder:
        server = Server(Path(folder))
        await server.start()
        try:
            yield server
        finally:
            await server.end()


def require(programs: Sequence[str], alsa: Path) -> None:
    """See whether all is installed that a room needs.

    Raises:
        Problem: something is not.
    """
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        what, mend = f"{missing[0]} is", "apt install pulseaudio pulseaudio-utils libasound2-plugins"
        raise Problem(f"{what} not installed, which the room of sound software needs", f"Install it: {mend}")
    if not any(alsa.glob(PLUGIN)):
        raise Problem("ALSA has no plugin for PulseAudio", "Install it: apt install libasound2-plugins")


async def _ended(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
