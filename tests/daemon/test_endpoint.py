"""The endpoint, asked by a real client over TCP, and by some that mean no good."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from voiceslm import __version__
from voiceslm.daemon import endpoint
from voiceslm.daemon.endpoint import ADDRESS, AT_ONCE, Answer, respond, routes, serving
from voiceslm.daemon.health import Health, Part
from voiceslm.daemon.metrics import Metrics
from voiceslm.errors import Problem
from voiceslm.metrics.stalls import watch_stalls


@pytest.fixture
def health():
    return Health(lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


@pytest.fixture
async def port(health):
    async with serving(0, routes(metrics=Metrics().text, health=health)) as port:
        yield port


@pytest.fixture
async def client(port):
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        yield client


async def send(port, data):
    """Send raw bytes, and return all that comes back before the connection ends."""
    reader, writer = await asyncio.open_connection(ADDRESS, port)
    answer = bytearray()
    with contextlib.suppress(ConnectionError):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(ConnectionError):
        while some := await reader.read(65536):
            answer += some
    writer.transport.abort()
    return bytes(answer)


def visits():
    return [task for task in asyncio.all_tasks() if task.get_name() == "endpoint"]


def status_of(answer):
    return int(answer.split(b" ", 2)[1])


# What it answers


async def test_prometheus_gets_its_text(client):
    answer = await client.get("/metrics")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    names = {family.name for family in text_string_to_metric_families(answer.text)}
    assert {"voiceslm_turns", "voiceslm_stage_seconds", "voiceslm_threads"} <= names


async def test_health_is_200_while_every_part_is_well(client, health):
    health.take({Part.MICROPHONE: ""})

    answer = await client.get("/health")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "status": "ok",
        "version": __version__,
        "parts": {"microphone": {"state": "ok", "why": "", "since": "2026-01-02T03:04:05+00:00"}},
    }


async def test_health_is_503_while_a_part_is_degraded(client, health):
    health.take({Part.MICROPHONE: "it is gone", Part.BROKER: ""})

    answer = await client.get("/health")

    assert answer.status_code == 503
    assert answer.json()["status"] == "degraded"
    assert answer.json()["parts"]["microphone"]["why"] == "it is gone"


async def test_a_head_request_gets_the_head_alone(client):
    answer = await client.head("/metrics")

    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 1000
    assert answer.content == b""


async def test_what_follows_a_question_mark_is_not_looked_at(client):
    assert (await client.get("/metrics?name=x")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/metrics/", "/../etc/passwd", "/health/x", "//metrics"])
async def test_there_is_nothing_else(client, path):
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"])
async def test_nothing_can_be_changed_through_it(port, method):
    answer = await send(port, f"{method} /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    assert status_of(answer) == 405
    assert b"Allow: GET, HEAD\r\n" in answer


async def test_no_header_tells_what_program_answers(client):
    answer = await client.get("/metrics")

    assert {*answer.headers} == {"content-type", "content-length", "cache-control", "connection"}


# To whom


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "127.0.0.1", "127.0.0.1:9464", "[::1]:80"])
async def test_this_machine_may_call_itself_by_any_of_its_names(client, host):
    assert (await client.get("/metrics", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "127.0.0.1@evil", "x:1", ""],
)
async def test_a_web_page_that_has_its_own_name_point_here_is_refused(client, host):
    answer = await client.get("/metrics", headers={"Host": host})

    assert answer.status_code == 403
    assert "voiceslm" not in answer.text


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /metrics HTTP/1.1\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nHost: evil.example\r\nhost: localhost\r\n\r\n",
        b"GET /metrics\r\nHost: localhost\r\n\r\n",
        b"GET  /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"get /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /metrics HTTP/2.0\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"\xff\xfe\x00\r\n\r\n",
        b"\r\n\r\n",
    ],
)
async def test_what_is_no_proper_request_is_called_so(port, request_):
    assert status_of(await send(port, request_)) == 400


def test_an_absolute_address_does_not_stand_in_for_the_host():
    head = b"GET http://127.0.0.1/metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n"

    assert status_of(respond(head, {"/metrics": lambda: Answer(b"secret")})) == 403


async def test_it_listens_at_one_address_alone(port):
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.2", port)


# Those that mean no good


async def test_one_that_never_finishes_its_request_is_left_alone(port, client, monkeypatch, soon):
    monkeypatch.setattr(endpoint, "REQUEST_SECONDS", 0.2)

    answer = await soon(send(port, b"GET /metrics HTTP/1.1\r\nHost: loc"))

    assert answer == b""
    assert (await client.get("/metrics")).status_code == 200


async def test_a_head_of_a_megabyte_is_not_taken_in(port, client, soon):
    head = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n"

    answer = await soon(send(port, head))

    assert b"voiceslm_" not in answer
    assert (await client.get("/metrics")).status_code == 200


async def test_a_head_that_is_a_little_too_long_is_told_so(port):
    answer = await send(port, b"GET / HTTP/1.1\r\nX: " + b"x" * endpoint.HEAD_LONGEST + b"\r\n\r\n")

    assert status_of(answer) == 431


async def test_too_many_headers_are_told_so(port):
    answer = await send(port, b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n")

    assert status_of(answer) == 431


async def test_the_body_of_a_request_is_not_read_as_another(port):
    inner = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"

    answer = await send(port, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 44\r\n\r\n" + inner)

    assert status_of(answer) == 405
    assert answer.count(b"HTTP/1.1 ") == 1


async def test_one_that_hangs_up_at_once_does_no_harm(port, client):
    for _ in range(20):
        _, writer = await asyncio.open_connection(ADDRESS, port)
        writer.transport.abort()

    assert (await client.get("/metrics")).status_code == 200


async def test_of_fifty_that_only_wait_the_last_are_closed_at_once(port, client, monkeypatch, soon):
    monkeypatch.setattr(endpoint, "REQUEST_SECONDS", 1.0)
    waiting = [asyncio.create_task(send(port, b"GET /metrics ")) for _ in range(50)]

    await soon(asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED))
    answers = await soon(asyncio.gather(*waiting))

    assert answers == [b""] * 50
    assert (await client.get("/metrics")).status_code == 200


async def test_as_many_as_may_connect_at_once_are_all_answered(client):
    answers = await asyncio.gather(*(client.get("/metrics") for _ in range(AT_ONCE)))

    assert [answer.status_code for answer in answers] == [200] * AT_ONCE


async def test_the_event_loop_goes_on_meanwhile(port):
    async with watch_stalls() as stalls:
        for _ in range(5):
            await send(port, b"GET /metrics HTTP/1.1\r\nHost: " + b"x" * 1_000_000)

    assert stalls.longest_ms < 100


# Its life


async def test_a_port_that_is_taken_is_a_problem_with_a_remedy(port):
    with pytest.raises(Problem) as caught:
        async with serving(port, {}):
            pass

    assert str(caught.value) == (
        f"there can be no endpoint at 127.0.0.1:{port}: Address already in use. "
        "Set metrics.port to another port"
    )


async def test_afterwards_nobody_listens_and_nothing_is_left(soon):
    async with serving(0, {}) as port:
        waiting = asyncio.create_task(send(port, b"GET / "))
        await send(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert visits()

    assert await soon(waiting) == b""
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(ADDRESS, port)
    assert not visits()


async def test_it_can_be_had_again_at_the_same_port_at_once():
    async with serving(0, {}) as port:
        await send(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

    async with serving(port, {}) as again:
        assert again == port
