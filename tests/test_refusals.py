"""What cannot be used of what devices announce is told in the log, counted, not once a message."""

from __future__ import annotations

import asyncio

import aiomqtt
import pytest

from voiceslm.bench.home.broker import broker
from voiceslm.config import Mqtt, Settings
from voiceslm.errors import Problem
from voiceslm.residence import Residence

MESSAGES = 20


async def test_a_flood_of_announcements_that_cannot_be_used_is_one_line():
    try:
        async with broker() as server:
            lines: list[str] = []
            told = asyncio.Event()

            def report(words):
                lines.append(words)
                if "cannot be used" in words:
                    told.set()

            residence = Residence(Settings(mqtt=Mqtt(host=server.host, port=server.port)), report=report)
            living = asyncio.create_task(residence.run())
            async with aiomqtt.Client(server.host, server.port) as client:
                for number in range(MESSAGES):
                    await client.publish(f"homeassistant/light/x{number}/config", b"{not json", retain=True)
                await asyncio.wait_for(told.wait(), 20)
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
    except Problem as problem:
        pytest.skip(str(problem))
    refusals = [line for line in lines if "cannot be used" in line]
    assert len(refusals) == 1
    assert refusals[0].endswith("not JSON")
