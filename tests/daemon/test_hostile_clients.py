"""Clients that are broken, slow, greedy or hostile: they are refused, and do no harm to the others."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.daemon.fake_control import FakeControl
from tests.daemon.wire import connected, opened, requested, sent
from voiceslm.daemon import door as module
from voiceslm.daemon.address import address
from voiceslm.daemon.door import CLIENTS_MOST, LINE_LONGEST, Door


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"garbage\n",
        b"\x00\xff\xfe\n",
        b"GET / HTTP/1.1\r\n",
        b"null\n",
        b"42\n",
        b'"status"\n',
        b"[]\n",
        b"{}\n",
        b'{"request": null}\n',
        b'{"request": "open_the_pod_bay_doors"}\n',
        b'{"request": ["status"]}\n',
        b'{"request": "status", "extra": 1}\n',
        b'{"request": "talk"}\n',
        b'{"request": "talk", "action": "shout"}\n',
        b'{"request": "talk", "action": true}\n',
        b'{"request": "ask"}\n',
        b'{"request": "ask", "text": 7}\n',
        b'{"request": "say", "text": null}\n',
        b'{"request": "ask", "text": "\\ud800"}\n',
        b'{"request": "ask", "text": "\xff"}\n',
        b'{"request": "status"\n',
        b"[" * 60_000 + b"\n",
        b'{"request":' * 5_000 + b"\n",
        b'{"request": "' + b"x" * 60_000 + b'"}\n',
        b'{"' + b"x" * 60_000 + b'": 1, "request": "status"}\n',
        b"9" * 60_000 + b"\n",
    ],
)
async def test_what_is_no_request_is_refused_in_a_few_words_and_does_no_harm(line):
    control = FakeControl()
    async with opened(control):
        answer = await sent(line)
        assert answer.keys() == {"error", "remedy"}
        assert 0 < len(answer["error"]) < 1000
        assert (await requested(request="status")).keys() == {"ok"}
    assert control.requests == []


async def test_a_line_that_is_too_long_is_refused():
    async with opened():
        async with connected() as (reader, writer):
            writer.write(b"x" * (2 * LINE_LONGEST))
            assert b"longer than 65536 bytes" in await reader.readline()
        assert "ok" in await requested(request="status")


async def test_the_longest_text_that_is_spoken_fits_in_any_script():
    text = "漢😀" * 5_000
    control = FakeControl()
    async with opened(control):
        line = json.dumps({"request": "say", "text": text}, ensure_ascii=False)
        await sent(line.encode() + b"\n")
    assert control.requests == [("say", text)]


async def test_a_client_that_never_ends_its_line_is_told_so_and_closed(monkeypatch):
    monkeypatch.setattr(module, "READ_DEADLINE", 0.02)
    async with opened(), connected() as (reader, writer):
        writer.write(b'{"request"')
        assert b"no whole line came within 0.02 s" in await reader.read()


async def test_a_client_that_does_not_take_its_answer_is_dropped(monkeypatch, soon):
    monkeypatch.setattr(module, "WRITE_DEADLINE", 0.02)
    control = FakeControl(reply="x" * 10_000_000)
    door = Door(address(), control)
    async with door.opened(), connected() as (reader, writer):
        reader._transport.pause_reading()
        writer.write(b'{"request": "ask", "text": "talk"}\n')
        await soon(control.busy.wait())
        await soon(asyncio.wait(set(door._clients)))
        reader._transport.resume_reading()
        assert not (await soon(reader.read())).endswith(b"\n")


async def test_what_a_client_sends_after_its_request_is_not_looked_at(soon):
    control = FakeControl(hold=True)
    async with opened(control), connected() as (_, writer):
        writer.write(b'{"request": "ask", "text": "one"}\n')
        await soon(control.busy.wait())
        writer.write(b'{"request": "mute"}\n' * 20_000)
        await soon(writer.drain())
        assert "ok" in await requested(request="status")
        assert not control.cancelled.is_set()
    assert control.requests == [("ask", "one")]


async def test_one_client_too_many_is_told_so_and_a_place_that_is_left_is_free_again(soon):
    door = Door(address(), FakeControl())
    async with door.opened():
        clients = [await asyncio.open_unix_connection(address()) for _ in range(CLIENTS_MOST)]
        assert "too many clients" in (await requested(request="status"))["error"]
        clients[0][1].close()
        await soon(asyncio.wait(set(door._clients), return_when=asyncio.FIRST_COMPLETED))
        assert "ok" in await requested(request="status")
        for _, writer in clients:
            writer.close()
