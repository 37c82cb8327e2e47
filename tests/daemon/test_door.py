"""What a client gets for what it asks, on a real socket."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.daemon.fake_control import FakeControl
from tests.daemon.wire import connected, opened, requested
from voiceslm.daemon import door as module
from voiceslm.daemon.address import address
from voiceslm.daemon.door import Door
from voiceslm.errors import Problem
from voiceslm.worker import WorkerError


@pytest.mark.parametrize(
    ("request_", "noted"),
    [
        ({"request": "stop"}, ("stop",)),
        ({"request": "mute"}, ("mute", True)),
        ({"request": "unmute"}, ("mute", False)),
        ({"request": "talk", "action": "begin"}, ("talk", True)),
        ({"request": "talk", "action": "end"}, ("talk", False)),
        ({"request": "talk", "action": "toggle"}, ("talk", None)),
    ],
)
async def test_a_request_is_done_and_answered_with_the_status_it_leads_to(request_, noted):
    control = FakeControl()
    async with opened(control):
        assert await requested(**request_) == {"ok": {"state": "listening", "requests": 1}}
    assert control.requests == [noted]


async def test_status_changes_nothing():
    control = FakeControl()
    async with opened(control):
        assert await requested(request="status") == {"ok": {"state": "listening", "requests": 0}}
    assert control.requests == []


async def test_a_question_is_answered():
    control = FakeControl(reply="Grüß dich.")
    async with opened(control):
        answer = await requested(request="ask", text="Wie geht's? 😀")
    assert answer["ok"]["reply"] == "Grüß dich."
    assert control.requests == [("ask", "Wie geht's? 😀")]


async def test_a_text_is_said():
    control = FakeControl()
    async with opened(control):
        answer = await requested(request="say", text="Dinner is ready.")
    assert answer["ok"]["reply"] == "Dinner is ready."
    assert control.requests == [("say", "Dinner is ready.")]


async def test_a_line_may_come_in_pieces_and_without_its_end():
    async with opened(), connected() as (reader, writer):
        writer.write(b'{"request":')
        await writer.drain()
        writer.write(b'"status"}')
        writer.write_eof()
        assert b'"ok"' in await reader.read()


@pytest.mark.parametrize("verb", ["ask", "say"])
async def test_a_client_that_goes_cancels_its_request(verb, soon):
    control = FakeControl(hold=True)
    async with opened(control):
        async with connected() as (_, writer):
            writer.write(json.dumps({"request": verb, "text": "a long story"}).encode() + b"\n")
            await soon(control.busy.wait())
            assert not control.cancelled.is_set()
        await soon(control.cancelled.wait())
        assert "ok" in await requested(request="status")


async def test_others_are_served_while_one_waits_for_its_answer(soon):
    control = FakeControl(hold=True)
    async with opened(control), connected() as (_, writer):
        writer.write(b'{"request": "ask", "text": "a long story"}\n')
        await soon(control.busy.wait())
        assert "ok" in await requested(request="stop")
    assert control.requests[-1] == ("stop",)


@pytest.mark.parametrize(
    ("failure", "answer"),
    [
        (Problem("there is no voice", "Type: pull"), {"error": "there is no voice", "remedy": "Type: pull"}),
        (WorkerError("llm is closed"), {"error": "llm is closed", "remedy": ""}),
        (asyncio.CancelledError(), {"error": "it was stopped before its end", "remedy": ""}),
    ],
)
async def test_what_goes_wrong_is_the_answer(failure, answer):
    async with opened(FakeControl(fail_with=failure)):
        assert await requested(request="ask", text="hello") == answer
        assert "ok" in await requested(request="status")


async def test_a_fault_of_our_own_closes_that_connection_and_no_other(caplog):
    async with opened(FakeControl(fail_with=ValueError("bug"))):
        async with connected() as (reader, writer):
            writer.write(b'{"request": "ask", "text": "hello"}\n')
            assert await reader.read() == b""
        assert "ok" in await requested(request="status")
    assert "bug" in caplog.text


async def test_an_answer_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(module, "ANSWER_DEADLINE", 0.02)
    control = FakeControl(hold=True)
    async with opened(control):
        assert "no answer within" in (await requested(request="ask", text="hello"))["error"]
    assert control.cancelled.is_set()


async def test_closing_the_door_cancels_what_was_asked_through_it(soon):
    control = FakeControl(hold=True)
    async with opened(control):
        reader, writer = await asyncio.open_unix_connection(address())
        writer.write(b'{"request": "ask", "text": "a long story"}\n')
        await soon(control.busy.wait())
    assert control.cancelled.is_set()
    assert await soon(reader.read()) == b""
    writer.close()


async def test_a_door_that_serves_is_closed_by_cancelling():
    serving = asyncio.create_task(Door(address(), FakeControl()).serve())
    while not address().exists():
        await asyncio.sleep(0)
        assert not serving.done()
    assert "ok" in await requested(request="status")
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert not address().exists()
