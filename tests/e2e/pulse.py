"""A room of real sound software: a private PulseAudio with one stereo null sink.

Left is the air before the microphone, right the loudspeaker. A child process that gets `Room.env` finds the
two as its default devices; tests speak into the left and record both.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from voiceslm.events import Samples

RATE = 48_000
"""Hz of the room."""

PATIENCE = 10.0
"""Seconds for the server to answer."""

WIRES = (
    f"module-null-sink sink_name=air rate={RATE} channels=2 channel_map=front-left,front-right",
    "module-remap-sink sink_name=mouth master=air channels=1 channel_map=mono master_channel_map=front-left remix=no",
    "module-remap-sink sink_name=loudspeaker master=air channels=1 channel_map=mono master_channel_map=front-right remix=no",
    "module-remap-source source_name=microphone master=air.monitor channels=1 channel_map=mono master_channel_map=front-left remix=no",
)


class Room:
    """One server and its wiring; may be killed and started again in the same place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PULSE_")}
        self.env = inherited | {"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def pid(self):
        assert self._server is not None
        return self._server.pid

    def start(self):
        """Start the server and wire the room; returns once it answers."""
        self._server = subprocess.Popen(
            # In the foreground, so that the test owns it; n: no start-up script, thus none of the user's.
            [
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--realtime=no",
                "--high-priority=no",
                "-L",
                "module-native-protocol-unix",
            ],
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE
        while self._ask("info", check=False).returncode:
            assert time.monotonic() < deadline, "PulseAudio does not answer"
            time.sleep(0.05)
        for wire in WIRES:
            self._ask("load-module", *wire.split())
        self._ask("set-default-sink", "loudspeaker")
        self._ask("set-default-source", "microphone")

    def kill(self):
        """End the server as a crash does."""
        if self._server is not None:
            self._server.kill()
            self._server.wait(PATIENCE)
            self._server = None

    def unplug(self, device):
        """Let no sound go through the ``microphone`` or the ``loudspeaker`` any more."""
        self._suspend(device, "1")

    def plug_in(self, device):
        """Let sound go through it again."""
        self._suspend(device, "0")

    def _suspend(self, device, yes):
        what = "suspend-source" if device == "microphone" else "suspend-sink"
        self._ask(what, device, yes)

    def echo(self, db, delay_ms=60):
        """Let the loudspeaker be heard by the microphone, ``db`` louder; None ends it."""
        for line in self._ask("list", "short", "modules").stdout.splitlines():
            number, module, *_ = line.split()
            if module == "module-loopback":
                self._ask("unload-module", number)
        if db is not None:
            self._ask(
                "load-module",
                "module-loopback",
                "source=loudspeaker.monitor",
                "sink=mouth",
                f"latency_msec={delay_ms}",
            )
            streams = self._ask("list", "short", "sink-inputs").stdout.splitlines()
            newest = max(int(line.split()[0]) for line in streams)
            self._ask("set-sink-input-volume", str(newest), f"{db}dB")

    def play(self, samples, rate=16_000):
        """Speak mono float samples into the microphone; returns the player, which ends with them."""
        player = subprocess.Popen(
            [
                "pacat",
                "--playback",
                "--device=mouth",
                "--format=float32le",
                f"--rate={rate}",
                "--channels=1",
                "--latency-msec=200",
            ],
            env=self.env,
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert player.stdin is not None
        player.stdin.write(np.asarray(samples, np.float32).tobytes())
        player.stdin.close()
        return player

    def until_recorded(self, seconds):
        """Wait until the recording under way holds so much more sound."""
        wanted = self._recording.stat().st_size + seconds * RATE * 8
        deadline = time.monotonic() + seconds + PATIENCE
        while self._recording.stat().st_size < wanted:
            assert time.monotonic() < deadline, "nothing more is recorded"
            time.sleep(0.02)

    def listeners(self):
        """Return how many programs listen to the room; its own wires do not count."""
        return self._ask("list", "short", "source-outputs").stdout.count("protocol-native.c")

    @property
    def _recording(self):
        return self._folder / "recording.raw"

    @contextlib.contextmanager
    def record(self):
        """Record the room while the block runs; yields a list that then holds its [n, 2] samples at 48 kHz."""
        path = self._recording
        taken: list[Samples] = []
        with path.open("wb") as file:
            recorder = subprocess.Popen(
                [
                    "parec",
                    "--device=air.monitor",
                    "--format=float32le",
                    f"--rate={RATE}",
                    "--channels=2",
                    "--latency-msec=20",
                ],
                env=self.env,
                stdout=file,
                stderr=subprocess.DEVNULL,
            )
            try:
                deadline = time.monotonic() + PATIENCE
                while not path.stat().st_size and time.monotonic() < deadline:
                    time.sleep(0.02)
                yield taken
            finally:
                recorder.terminate()
                recorder.wait(PATIENCE)
        raw = path.read_bytes()
        taken.append(np.frombuffer(raw[: len(raw) // 8 * 8], np.float32).reshape(-1, 2))

    def _ask(self, *command, check=True):
        return subprocess.run(
            ["pactl", *command], env=self.env, capture_output=True, text=True, timeout=PATIENCE, check=check
        )


@contextlib.contextmanager
def opened_room():
    """Start a room and leave nothing of it; skips where PulseAudio or its ALSA plugin is absent."""
    for program in ("pulseaudio", "pactl", "pacat", "parec"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (apt-get install pulseaudio pulseaudio-utils)")
    if not any(Path("/etc/alsa/conf.d").glob("*-pulse.conf")):
        pytest.skip("ALSA has no pulse plugin (apt-get install libasound2-plugins)")
    with tempfile.TemporaryDirectory(prefix="room-", dir="/tmp") as folder:  # a socket's path must be short
        room = Room(Path(folder))
        room.start()
        try:
            yield room
        finally:
            room.kill()


@pytest.fixture
def room():
    with opened_room() as room:
        yield room
