"""``voiceslm devices``: which microphones and loudspeakers there are, and whether they work."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer
from rich.table import Table

from voiceslm.audio.devices import Device, Direction, list_devices, load_portaudio
from voiceslm.audio.probe import probe
from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, JsonOption, out, print_json
from voiceslm.errors import Problem


def devices(
    test: Annotated[
        bool, typer.Option("--test", help="Play a tone, record it, and say what was measured.")
    ] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List microphones and loudspeakers; their names go into the section `audio` of the configuration."""
    settings = settings_for(config, None)
    found = list_devices(load_portaudio())
    document: dict[str, Any] = {"devices": [_as_document(device) for device in found]}
    if test:
        document["test"] = asyncio.run(probe(settings.audio.input, settings.audio.output))
    if json:
        print_json(document)
    else:
        if found:
            _print_table(found)
        if test:
            _print_test(document["test"])
    works = any(document["test"]["works"].values()) if test else bool(found)
    if not works:
        raise Problem(
            "no microphone and no loudspeaker works",
            "Plug one in or start the sound server; as a service, the user needs the group `audio`",
        )


def _as_document(device: Device) -> dict[str, Any]:
    return {
        "name": device.name,
        "host_api": device.host_api,
        "input_channels": device.input_channels,
        "output_channels": device.output_channels,
        "sample_rate": device.rate,
        "default_input": device.default_input,
        "default_output": device.default_output,
    }


def _print_table(found: list[Device]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("device", "microphone", "loudspeaker", "rate", "through"):
        table.add_column(column)
    for device in found:
        ways = [_way(device, direction) for direction in Direction]
        table.add_row(device.name, *ways, f"{device.rate} Hz", device.host_api)
    out.print(table)


def _way(device: Device, direction: Direction) -> str:
    channels = device.channels(direction)
    if not channels:
        return "-"
    return f"{channels} ch" + (" (default)" if device.default(direction) else "")


def _print_test(result: dict[str, Any]) -> None:
    out.print(f"\n{result['said'] or 'Nothing could be opened.'}")
    for direction, stream in result["streams"].items():
        out.print(
            f"{direction}: {stream['sample_rate']} Hz, {stream['channels']} ch, "
            f"{stream['latency_ms']} ms buffered"
        )
    if result["room_dbfs"] is not None:
        out.print(f"room: {result['room_dbfs']} dBFS, peak with the tone {result['peak']}")
    if (echo := result["echo"]) is not None:
        out.print(
            f"tone heard at {echo['level_db']} dB, {echo['delay_ms']} ms after it was due, "
            f"{echo['round_trip_ms']} ms after it was handed over"
        )
    counters = result["counters"]
    out.print(
        f"overflows {counters['overflows']}, underflows {counters['underflows']}, lost {counters['dropped']}"
    )
    for line in result["advice"]:
        out.print(f"[bold]![/bold] {line}")
