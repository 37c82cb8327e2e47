"""Talks to the door as a client would, byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
import json
from contextlib import asynccontextmanager

from tests.daemon.fake_control import FakeControl
from voiceslm.daemon.address import address
from voiceslm.daemon.door import Door


@asynccontextmanager
async def connected():
    reader, writer = await asyncio.open_unix_connection(address(), limit=2**25)
    try:
        yield reader, writer
    finally:
        writer.close()


async def sent(line: bytes):
    """Send one line and return the answer, after which the connection must end."""
    async with connected() as (reader, writer):
        writer.write(line)
        answer = await reader.readline()
        with contextlib.suppress(ConnectionResetError):  # it closed with something unread
            assert await reader.read() == b""
    return json.loads(answer)


async def requested(**request):
    return await sent(json.dumps(request).encode() + b"\n")


def opened(control=None):
    return Door(address(), control or FakeControl()).opened()
