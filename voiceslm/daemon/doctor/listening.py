"""Opens microphone and loudspeaker as the assistant does, and listens for a second. Plays silence."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio.device import HUNG, OPEN_DEADLINE, SoundDevice
from voiceslm.audio.devices import Device, Direction, load_portaudio, present
from voiceslm.audio.playback import Playback
from voiceslm.audio.side import BEGINNING_SECONDS
from voiceslm.errors import Problem
from voiceslm.worker import Worker, WorkerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.config import Settings
    from voiceslm.events import Samples

LISTEN_SECONDS = 1.0

QUIETEST_DB = -120.0
"""What a level of nothing at all is shown as."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of it."""

    devices: Sequence[Device] = ()
    unusable: Problem | None = None
    """Why nothing could even be listed."""

    opened: frozenset[Direction] = frozenset()
    problems: Sequence[str] = ()
    """Of what could not be opened, in words."""

    level_db: float | None = None
    """Of the room, dBFS; None where nothing was heard."""

    peak: float = 0.0
    """Loudest sample, 1.0 at most."""

    only_zeros: bool = False
    """Every sample was exactly 0: no working microphone is so quiet."""

    names: dict[Direction, str] = field(default_factory=dict)
    """Of what was opened."""


class _Recorder:
    """Keeps what the microphone gives; called in the audio thread."""

    def __init__(self) -> None:
        self.frames: list[Samples] = []

    def hear(self, frame: Samples, _reference: Samples, _at: float) -> None:
        self.frames.append(frame)


async def listen(settings: Settings) -> Heard:
    """Try both devices of ``settings``."""
    worker = Worker("doctor's list of devices")
    try:
        devices = await worker.run(lambda _: present(load_portaudio(), anew=False), deadline=OPEN_DEADLINE)
    except Problem as problem:
        return Heard(unusable=problem)
    except WorkerError:
        return Heard(unusable=HUNG)
    finally:
        worker.close(timeout=0.1)
    return await _open(settings, devices) if devices else Heard()


async def _open(settings: Settings, devices: Sequence[Device]) -> Heard:
    recorder, known = _Recorder(), asyncio.Event()
    sound = SoundDevice(
        recorder,
        Playback(lambda _: None),
        input=settings.audio.input,
        output=settings.audio.output,
        report=lambda _: known.set(),
    )
    running = asyncio.create_task(sound.run())
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(OPEN_DEADLINE + 2 * BEGINNING_SECONDS):
                await known.wait()
        began = len(recorder.frames)
        if sound.status()[Direction.INPUT.value]:
            await asyncio.sleep(LISTEN_SECONDS)
        samples = np.concatenate([np.zeros(0, np.float32), *recorder.frames[began:]])
        status = sound.status()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    names = {way: status[way.value] for way in Direction if status[way.value]}
    return Heard(
        devices=devices,
        opened=frozenset(names),
        names=names,
        problems=tuple(status["problems"]),
        level_db=level(samples) if len(samples) else None,
        peak=float(np.abs(samples).max(initial=0.0)),
        only_zeros=bool(len(samples)) and not samples.any(),
    )


def level(samples: Samples) -> float:
    """Return the loudness of ``samples``, float32 [n], in dBFS."""
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(QUIETEST_DB, 10 * float(np.log10(power))) if power else QUIETEST_DB
