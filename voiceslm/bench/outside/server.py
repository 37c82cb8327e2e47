"""A PulseAudio of one's own, with rooms in it: a microphone, a loudspeaker, and a mouth to speak with.

A room is a null sink with two channels: the left is the air before the microphone, the right the loudspeaker.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
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
ALSA = Path("/etc/alsa/conf.d")
PLUGIN, DEFAULT = "*-pulseaudio.conf", "*-pulse.conf"
"""In ALSA's configuration: a way to the sound server, and that it is the default device."""

DEBIAN = "pulseaudio pulseaudio-utils libasound2-plugins"

START_SECONDS, STOP_SECONDS, ASK_SECONDS = 10.0, 5.0, 10.0
LOOK_SECONDS = 0.05
HISS = 10 ** (-60 / 20)
"""Amplitude of a room's noise: -60 dBFS."""

HISS_SECONDS = 1.0
"""Of noise at a time."""

CHANNEL = "channels=1 channel_map=mono remix=no"
LEFT, RIGHT = "master_channel_map=front-left", "master_channel_map=front-right"
WIRES = (
    "module-null-sink sink_name={air} rate={rate} channels=2 channel_map=front-left,front-right",
    f"module-remap-sink sink_name={{air}}-mouth master={{air}} {CHANNEL} {LEFT}",
    f"module-remap-sink sink_name={{air}}-loudspeaker master={{air}} {CHANNEL} {RIGHT}",
    f"module-remap-source source_name={{air}}-microphone master={{air}}.monitor {CHANNEL} {LEFT}",
)

RECORD = ("parec", "--format=float32le", f"--rate={Tape.RATE}", "--channels=2", "--latency-msec=40")
SPEAK = ("pacat", "--playback", "--format=float32le", "--channels=1")


@dataclass(frozen=True, slots=True)
class Room:
    """Where a program lives, and what is recorded there."""

    air: str
    """Name of its sink."""

    env: Mapping[str, str]
    """For the program: its microphone and loudspeaker are then those of the room."""

    tape: Tape
    furniture: Mapping[str, asyncio.subprocess.Process]
    """What must go on while something is measured, by what it is."""

    async def say(self, samples: Samples) -> None:
        """Speak float32 [n] at 16 kHz into the microphone; returns when it has been said.

        Raises:
            Problem: the sound server does not take it.
        """
        speaker = await asyncio.create_subprocess_exec(
            *SPEAK,
            f"--device={self.air}-mouth",
            f"--rate={RATE}",
            "--latency-msec=20",
            env=self.env,
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(len(samples) / RATE + ASK_SECONDS):
                await speaker.communicate(samples.astype(np.float32).tobytes())
        except TimeoutError:
            await _ended(speaker)
            raise Problem("PulseAudio does not play what is said") from None

    def check(self) -> None:
        """See whether the room is still one.

        Raises:
            Problem: something in it has ended.
        """
        gone = [what for what, process in self.furniture.items() if process.returncode is not None]
        if gone or self.tape.empty:
            raise Problem(
                f"the room of sound software broke down: {', '.join(gone) or 'nothing is recorded'}"
            )


class Server:
    """The sound server; `sound_server` starts one."""

    def __init__(self, folder: Path) -> None:
        """Keep its sockets in ``folder``, whose path must be short."""
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("PULSE_", "VOICESLM_"))
        }
        self.env = inherited | {"XDG_RUNTIME_DIR": str(folder)}
        self._log = folder / "pulseaudio.log"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; returns once it answers.

        Raises:
            Problem: it does not.
        """
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--realtime=no"),
                *("--high-priority=no", "-L", "module-native-protocol-unix"),
                env=self.env,
                stdout=log,
                stderr=log,
            )
        try:
            async with asyncio.timeout(START_SECONDS):
                while await self._asked("info") is None:  # noqa: ASYNC110 - it tells nobody when it is up
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            await self.end()
            last = self._log.read_text(errors="replace").strip().splitlines()[-1:]
            raise Problem(f"PulseAudio does not start: {''.join(last) or 'it says nothing'}") from None

    async def end(self) -> None:
        """End it."""
        if self._process is not None:
            await _ended(self._process)
            self._process = None

    @asynccontextmanager
    async def room(self, air: str) -> AsyncIterator[Room]:
        """Have a room of that name, with its noise, recorded while the block runs.

        Raises:
            Problem: the sound server does not make one.
        """
        async with AsyncExitStack() as stack:
            for wire in WIRES:
                number = await self._asked("load-module", *wire.format(air=air, rate=Tape.RATE).split())
                if number is None:
                    raise Problem(f"PulseAudio does not load {wire.split()[0]}")
                stack.push_async_callback(self._asked, "unload-module", number)
            tape = Tape()
            hiss = await stack.enter_async_context(self._hissing(air))
            recorder = await stack.enter_async_context(self._recording(air, tape))
            env = self.env | {"PULSE_SINK": f"{air}-loudspeaker", "PULSE_SOURCE": f"{air}-microphone"}
            yield Room(air, env, tape, {"its recorder ended": recorder, "its noise ended": hiss})

    @asynccontextmanager
    async def _recording(self, air: str, tape: Tape) -> AsyncIterator[asyncio.subprocess.Process]:
        recorder = await self._begun(*RECORD, f"--device={air}.monitor")
        assert recorder.stdout is not None
        reading = asyncio.create_task(tape.take(recorder.stdout), name=f"tape of {air}")
        try:
            yield recorder
        finally:
            await _ended(recorder)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    @asynccontextmanager
    async def _hissing(self, air: str) -> AsyncIterator[asyncio.subprocess.Process]:
        rate = f"--rate={Tape.RATE}"  # nothing is to be resampled beside what is measured
        hissing = await self._begun(*SPEAK, rate, f"--device={air}-mouth", "--latency-msec=500")
        pipe = hissing.stdin
        assert pipe is not None

        async def hiss() -> None:
            rng = np.random.default_rng(0)
            with contextlib.suppress(ConnectionError):
                while True:
                    noise = HISS * rng.standard_normal(round(HISS_SECONDS * Tape.RATE), np.float32)
                    pipe.write(noise.tobytes())
                    await pipe.drain()

        noise = asyncio.create_task(hiss(), name=f"noise of {air}")
        try:
            yield hissing
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

    async def _asked(self, *words: str) -> str | None:
        """Give it a command; return what it says to that, None where it refuses or does not answer."""
        asking = await asyncio.create_subprocess_exec(
            "pactl",
            *words,
            env=self.env,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(ASK_SECONDS):
                said, _ = await asking.communicate()
        except TimeoutError:
            await _ended(asking)
            return None
        return None if asking.returncode else said.decode(errors="replace").strip()


@asynccontextmanager
async def sound_server() -> AsyncIterator[Server]:
    """Run a sound server of one's own while the block runs.

    Raises:
        Problem: PulseAudio, or what makes it ALSA's default, is not installed, or it does not start.
    """
    require(PROGRAMS, ALSA)
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
    remedy = f"Install it: apt install {DEBIAN}"
    for name in programs:
        if shutil.which(name) is None:
            raise Problem(f"{name} is not installed, which the room of sound software needs", remedy)
    if not all(any(alsa.glob(pattern)) for pattern in (PLUGIN, DEFAULT)):
        raise Problem("ALSA has no plugin that makes PulseAudio its default device", remedy)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """End a process that has nothing to save."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
