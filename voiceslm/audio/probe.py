"""Does this microphone hear, and does it hear this loudspeaker? A tone is played and measured."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceslm.audio import FRAME, FRAME_SECONDS, RATE
from voiceslm.audio.device import OPEN_DEADLINE, SoundDevice
from voiceslm.audio.devices import Direction
from voiceslm.audio.playback import Playback
from voiceslm.audio.side import BEGINNING_SECONDS
from voiceslm.events import Audible, Audio, Played, Speech

if TYPE_CHECKING:
    from voiceslm.events import Samples

TONE_SECONDS = 1.0
TONE_HZ = (400.0, 3000.0)
"""Gliding upwards: small loudspeakers play these, and a glide says when it came as a steady tone cannot."""

TONE_PEAK = 0.2
"""-14 dBFS: well heard, not startling."""

LISTEN_SECONDS = 1.0
"""Of the room before the tone, and of the echo after it."""

HEARD = 8.0
"""Correlation's peak over its own mean square root; noise alone stays under 6 for 2 s of sound."""

SILENT_DB = -80.0
"""A working microphone is never as quiet: 16 bits of noise are at -98, a quiet room at -60 to -70."""

LOUD_DB = -35.0
"""A room as loud as speech at two metres."""

CLIPPED = 0.99
"""Peak at which a sample counts as cut off."""


@dataclass(frozen=True, slots=True)
class Echo:
    """The tone, as the microphone heard it."""

    level_db: float
    """Loudness in the microphone's samples over that in the loudspeaker's."""

    delay_ms: float
    """From the moment it was to be audible to the microphone: air, and what the drivers do not tell."""

    round_trip_ms: float
    """From the output callback to the microphone, all buffers included."""


def tone() -> Samples:
    """Return the test tone: float32 at 16 kHz."""
    at = np.arange(round(TONE_SECONDS * RATE)) / RATE
    low, high = TONE_HZ
    phase = 2 * np.pi * (low * at + (high - low) * at**2 / (2 * TONE_SECONDS))
    fade = np.minimum(1.0, 50 * np.minimum(at, TONE_SECONDS - at))  # over 20 ms
    samples: Samples = (TONE_PEAK * fade * np.sin(phase)).astype(np.float32)
    return samples


def find(played: Samples, recorded: Samples) -> tuple[int, float] | None:
    """Find ``played`` in ``recorded`` by cross-correlation.

    Returns:
        The sample where it begins and its gain in dB (least squares), or None where it is not.
    """
    size = 1 << (len(played) + len(recorded)).bit_length()
    spectrum = np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(played, size))
    match = np.abs(np.fft.irfft(spectrum, size)[: len(recorded)])
    best = int(match.argmax())
    around = match[np.abs(np.arange(len(match)) - best) > RATE // 100]
    if match[best] <= HEARD * np.sqrt(np.mean(around**2)):
        return None
    return best, float(20 * np.log10(match[best] / np.sum(played**2)))


def decibels(samples: Samples) -> float:
    """Return the level in dBFS; -120 for none."""
    return float(max(-120.0, 10 * np.log10(np.mean(samples**2) + 1e-12))) if len(samples) else -120.0


class _Recorder:
    def __init__(self) -> None:
        self.frames: list[Samples] = []
        self.times: list[float] = []

    def hear(self, frame: Samples, _reference: Samples, at: float) -> None:
        self.frames.append(frame)
        self.times.append(at)

    def since(self, first: int) -> Samples:
        return np.concatenate([np.zeros(0, np.float32), *self.frames[first:]])


async def probe(microphone: str | None, loudspeaker: str | None) -> dict[str, Any]:
    """Open both devices, listen, play the tone, and return what ``devices --test`` prints."""
    recorder = _Recorder()
    audible: list[tuple[float, float]] = []

    def note(event: Audible | Played) -> None:
        if isinstance(event, Audible):
            audible.append((time.perf_counter(), event.at))

    playback = Playback(note)
    said: list[str] = []
    known = asyncio.Event()

    def report(words: str) -> None:
        said.append(words)
        known.set()

    sound = SoundDevice(recorder, playback, input=microphone, output=loudspeaker, report=report)
    running = asyncio.create_task(sound.run())
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(OPEN_DEADLINE + 2 * BEGINNING_SECONDS):
                await known.wait()
        began = len(recorder.frames)
        await asyncio.sleep(LISTEN_SECONDS)
        room, played = recorder.since(began), len(recorder.frames)
        playback.play(Speech(1, "", Audio(tone(), RATE)))
        await asyncio.sleep(TONE_SECONDS + LISTEN_SECONDS)
        heard, times = recorder.since(played), recorder.times[played:]
        status = sound.status() | {"streams": sound.streams()}
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    echo = _echo(heard, times, audible)
    works = {direction.value: direction.value in status["streams"] for direction in Direction}
    measured = {
        "works": works,
        "room_dbfs": round(decibels(room), 1) if len(room) else None,
        "peak": round(float(np.abs(heard).max()), 3) if len(heard) else None,
        "echo": None
        if echo is None
        else {
            "level_db": round(echo.level_db, 1),
            "delay_ms": round(echo.delay_ms),
            "round_trip_ms": round(echo.round_trip_ms),
        },
    }
    return status | measured | {"said": said[-1] if said else "", "advice": advice(measured)}


def advice(measured: dict[str, Any]) -> list[str]:
    """Return what to do about what was measured, in words; empty where all is well."""
    lines = []
    if not measured["works"]["microphone"]:
        lines.append(
            "No sound came from the microphone: see that it is plugged in, not held by another program."
        )
    elif measured["room_dbfs"] <= SILENT_DB:
        lines.append("The microphone gives silence: unmute it or raise its level (alsamixer, pavucontrol).")
    elif measured["room_dbfs"] >= LOUD_DB:
        lines.append("The room is loud, or the microphone's level too high.")
    if measured["peak"] is not None and measured["peak"] >= CLIPPED:
        lines.append("The microphone clips: lower its level or the loudspeaker's.")
    if not measured["works"]["loudspeaker"]:
        lines.append(
            "Nothing could be played: see that the loudspeaker is plugged in, not held by another program."
        )
    elif measured["works"]["microphone"] and measured["echo"] is None:
        lines.append(
            "The tone was not heard: fine with headphones; otherwise unmute or turn up the loudspeaker."
        )
    return lines


def _echo(heard: Samples, times: list[float], audible: list[tuple[float, float]]) -> Echo | None:
    found = find(tone(), heard) if len(heard) and audible else None
    if found is None:
        return None
    start, level = found
    at = times[start // FRAME] - FRAME_SECONDS + start % FRAME / RATE
    pulled, due = audible[0]
    return Echo(level, (at - due) * 1000, (at - pulled) * 1000)
