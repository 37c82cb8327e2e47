"""Which microphones and loudspeakers there are, and which one a name means.

PortAudio freezes its list when it is initialised and numbers devices anew each time, so a device is known by
its name here. Every function may block for as long as a sound server does not answer: not for the event loop.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from voiceslm.audio.alsa import hush
from voiceslm.errors import Problem

CARDS = Path("/proc/asound/pcm")
"""Where Linux lists what every sound card can do; changes as one is plugged in or out."""


class Direction(StrEnum):
    """Where sound goes."""

    INPUT = "microphone"
    OUTPUT = "loudspeaker"


@dataclass(frozen=True, slots=True)
class Device:
    """One entry of PortAudio's list; it may be microphone, loudspeaker or both."""

    index: int
    """Number in the present list; another after the next `rescan`."""

    name: str
    host_api: str
    """Through what it is reached: ALSA, PulseAudio, Core Audio …"""

    input_channels: int
    output_channels: int
    rate: int
    """Hz, the device's own."""

    default_input: bool
    default_output: bool

    def channels(self, direction: Direction) -> int:
        """Return how many channels it has that way; 0 = none."""
        return self.input_channels if direction is Direction.INPUT else self.output_channels

    def default(self, direction: Direction) -> bool:
        """Say whether the system takes it where nobody chose."""
        return self.default_input if direction is Direction.INPUT else self.default_output


def load_portaudio() -> Any:
    """Return the `sounddevice` module; its import initialises PortAudio, which may block.

    Raises:
        Problem: the PortAudio library is not installed.
    """
    hush()
    try:
        return importlib.import_module("sounddevice")
    except OSError as error:
        raise Problem(
            f"no sound: {error}",
            "Install PortAudio (Debian, Ubuntu, Raspberry Pi OS: sudo apt-get install libportaudio2)",
        ) from error
    except Exception as error:  # PortAudio's own, whose class is lost with the module
        raise Problem(f"no sound: {error}", "See that the sound server runs") from error


def rescan(portaudio: Any) -> None:
    """Make PortAudio look for devices again; closes every stream that is open."""
    # PortAudio has no other way, and sounddevice no public name for it.
    portaudio._terminate()  # noqa: SLF001
    portaudio._initialize()  # noqa: SLF001


def present(portaudio: Any, *, anew: bool) -> list[Device]:
    """Return every device, of a new list where ``anew``.

    Raises:
        Problem: PortAudio fails.
    """
    try:
        if anew:
            rescan(portaudio)
        return list_devices(portaudio)
    except portaudio.PortAudioError as error:
        raise Problem(f"the sound system fails: {error}", "See that the sound server runs") from error


def cards() -> str:
    """Return something that differs once a card came or went, without asking PortAudio; never blocks."""
    return CARDS.read_text() if CARDS.exists() else ""


def list_devices(portaudio: Any) -> list[Device]:
    """Return every device of PortAudio's present list."""
    apis = portaudio.query_hostapis()
    default_input, default_output = portaudio.default.device
    return [
        Device(
            index=number,
            name=entry["name"],
            host_api=apis[entry["hostapi"]]["name"],
            input_channels=entry["max_input_channels"],
            output_channels=entry["max_output_channels"],
            rate=round(entry["default_samplerate"]),
            default_input=number == default_input,
            default_output=number == default_output,
        )
        for number, entry in enumerate(portaudio.query_devices())
    ]


def choose(devices: list[Device], name: str | None, direction: Direction) -> Device:
    """Return the device that ``name`` means; None means the system's default.

    A name may be shortened to any part of it, in small letters or capitals, as long as one device fits.

    Raises:
        Problem: none fits, or several.
    """
    able = [device for device in devices if device.channels(direction)]
    if not able:
        raise Problem(
            f"there is no {direction}",
            "Plug one in or start the sound server; `voiceslm devices` lists what is there",
        )
    if name is None:
        return next((device for device in able if device.default(direction)), able[0])
    exact = [device for device in able if device.name == name]
    fitting = exact or [device for device in able if name.lower() in device.name.lower()]
    if not fitting:
        names = ", ".join(repr(device.name) for device in able)
        raise Problem(f"there is no {direction} {name!r}", f"There is: {names}")
    if len({device.name for device in fitting}) > 1:
        names = ", ".join(repr(device.name) for device in fitting)
        raise Problem(f"{name!r} may be several {direction}s: {names}", "Give more of the name")
    return fitting[0]
