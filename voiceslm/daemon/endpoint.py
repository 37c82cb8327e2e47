"""Figures and health over HTTP, for this machine alone."""

from __future__ import annotations

import asyncio
import http.client
import io
import json
import os
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from voiceslm import __version__
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from typing import TypeAlias

    from voiceslm.daemon.health import Health

    Route: TypeAlias = Callable[[], "Answer"]
    """Called on the event loop for each request; a few milliseconds at most."""

ADDRESS = "127.0.0.1"

HEAD_LONGEST = 8192
"""Bytes of a request until its empty line; nothing behind that is read."""

REQUEST_SECONDS = 5.0
"""For a request to come and its answer to go."""

AT_ONCE = 16
"""Connections; one more is closed at once."""

TEXT = "text/plain; charset=utf-8"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
"""https://prometheus.io/docs/instrumenting/exposition_formats/"""

_OURS = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)
"""What a request for this machine has as Host; a web page that lets its own name point here has that name."""

_REQUEST = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.[01]\r\n")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered."""

    body: bytes
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = TEXT


def routes(*, metrics: Callable[[], bytes], health: Health) -> Mapping[str, Route]:
    """Return what there is to ask for: /metrics and /health.

    Args:
        metrics: returns the figures in Prometheus' text format.
        health: how each part is; while one is degraded, the answer's status is 503.
    """

    def healthy() -> Answer:
        degraded = bool(health.degraded)
        document = {
            "status": "degraded" if degraded else "ok",
            "version": __version__,
            "parts": health.document(),
        }
        return Answer(
            json.dumps(document, indent=2).encode() + b"\n",
            HTTPStatus.SERVICE_UNAVAILABLE if degraded else HTTPStatus.OK,
            "application/json",
        )

    return {"/metrics": lambda: Answer(metrics(), content_type=PROMETHEUS), "/health": healthy}


@asynccontextmanager
async def serving(port: int, routes: Mapping[str, Route]) -> AsyncIterator[int]:
    """Answer requests while the block runs.

    Args:
        port: of 127.0.0.1; 0 takes a free one.
        routes: path -> what answers there.

    Yields:
        The port.

    Raises:
        Problem: the port cannot be had.
    """
    visits: set[asyncio.Task[None]] = set()

    def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(visits) >= AT_ONCE:
            writer.transport.abort()
            return
        visit = asyncio.create_task(_serve(reader, writer, routes), name="endpoint")
        visits.add(visit)
        visit.add_done_callback(visits.discard)
        visit.add_done_callback(lambda _: writer.transport.abort())

    try:
        server = await asyncio.start_server(visited, ADDRESS, port, limit=HEAD_LONGEST)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise Problem(
            f"there can be no endpoint at {ADDRESS}:{port}: {why}", "Set metrics.port to another port"
        ) from None
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for visit in visits:
            visit.cancel()
        await asyncio.gather(*visits, return_exceptions=True)


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, routes: Mapping[str, Route]
) -> None:
    """Answer one request, or leave it at that."""
    try:
        async with asyncio.timeout(REQUEST_SECONDS):
            try:
                response = respond(await reader.readuntil(b"\r\n\r\n"), routes)
            except asyncio.LimitOverrunError:
                response = _written(_refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))
            writer.write(response)
            writer.close()
            await writer.wait_closed()
    except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
        pass  # it has gone, or came for nothing


def respond(head: bytes, routes: Mapping[str, Route]) -> bytes:
    """Return the response to a request, of which ``head`` is all until the empty line."""
    request = _REQUEST.match(head)
    if not request:
        return _written(_refusal(HTTPStatus.BAD_REQUEST))
    method, target = request[1], request[2].decode("latin-1")
    return _written(_answer(method, target, head[request.end() :], routes), body=method != b"HEAD")


def _answer(method: bytes, target: str, headers: bytes, routes: Mapping[str, Route]) -> Answer:
    try:
        hosts = http.client.parse_headers(io.BytesIO(headers)).get_all("Host", [])
    except http.client.HTTPException:
        return _refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
    if len(hosts) != 1:
        return _refusal(HTTPStatus.BAD_REQUEST)
    if not _OURS.fullmatch(hosts[0].strip()):
        return _refusal(HTTPStatus.FORBIDDEN)
    if method not in {b"GET", b"HEAD"}:
        return _refusal(HTTPStatus.METHOD_NOT_ALLOWED)
    route = routes.get(target.partition("?")[0])
    return route() if route else _refusal(HTTPStatus.NOT_FOUND)


def _refusal(status: HTTPStatus) -> Answer:
    return Answer(f"{status.phrase}\n".encode(), status)


def _written(answer: Answer, *, body: bool = True) -> bytes:
    """Return a response; nothing in it tells what program answers."""
    lines = [
        f"HTTP/1.1 {answer.status.value} {answer.status.phrase}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body)}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    if answer.status is HTTPStatus.METHOD_NOT_ALLOWED:
        lines.append("Allow: GET, HEAD")
    return "\r\n".join([*lines, "", ""]).encode() + (answer.body if body else b"")
