"""The door of a running daemon: a Unix socket that only its own user may use.

A connection carries one request, a line of JSON, and one answer, another: ``{"ok": {…}}`` or
``{"error": "…", "remedy": "…"}``; then it is closed. Requests::

    {"request": "status"}   {"request": "stop"}   {"request": "mute"}   {"request": "unmute"}
    {"request": "talk", "action": "begin"}        action: begin, end or toggle
    {"request": "ask", "text": "…"}               {"request": "say", "text": "…"}

``ask`` and ``say`` are answered with what was said, the others with the status they lead to. Whoever closes
the connection, or its sending half, before the answer has come cancels the request.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from voiceslm.daemon.address import bound
from voiceslm.errors import Problem
from voiceslm.worker import WorkerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from pathlib import Path

    Answer = dict[str, Any]
    """A JSON object."""

T = TypeVar("T")

LINE_LONGEST = 64 * 1024
"""Bytes of one request: six times the longest text that is spoken."""

CLIENTS_MOST = 8
"""Connections at a time; one more is told so and closed."""

READ_DEADLINE = 5.0
"""Seconds from the connection to the end of the request."""

WRITE_DEADLINE = 5.0
"""Seconds for the client to take the answer; then it is dropped."""

ANSWER_DEADLINE = 1200.0
"""Seconds for an answer: the longest text takes a quarter of an hour to speak."""


FAULT_LONGEST = 200
"""Characters of what was wrong with a request that are given back."""


class Control(Protocol):
    """What can be asked of a running assistant. Whatever goes wrong is a `Problem` or a `WorkerError`."""

    def status(self) -> Answer:
        """Say how it is, in values that JSON knows."""
        ...

    def talk(self, down: bool | None) -> None:  # noqa: FBT001 - the state of the one key there is
        """Press the push-to-talk key, release it, or, with None, do the other of the two."""
        ...

    def stop(self) -> None:
        """End what is being said."""
        ...

    def mute(self, muted: bool) -> None:  # noqa: FBT001 - the state of the one switch there is
        """Stop listening, or listen again."""
        ...

    async def ask(self, text: str) -> Answer:
        """Answer a question aloud; return what ``voiceslm ask --json`` prints. Cancel to end it."""
        ...

    async def say(self, text: str) -> Answer:
        """Speak a text; return what ``voiceslm say --json`` prints. Cancel to end it."""
        ...


class _Gone(Exception):  # noqa: N818 - a client that goes is no error
    """The client closed the connection before the answer was known."""


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Plain(_Request):
    request: Literal["status", "stop", "mute", "unmute"]


class _Talk(_Request):
    request: Literal["talk"]
    action: Literal["begin", "end", "toggle"]


class _Words(_Request):
    request: Literal["ask", "say"]
    text: str


_REQUEST: TypeAdapter[_Plain | _Talk | _Words] = TypeAdapter(
    Annotated[_Plain | _Talk | _Words, Field(discriminator="request")]
)
_KEY_DOWN = {"begin": True, "end": False, "toggle": None}


class Door:
    """Lets clients in, passes their requests on to the assistant and its answers back."""

    def __init__(self, path: Path, control: Control) -> None:
        """Take the socket's place and who answers; nothing happens before `opened` or `serve`."""
        self._path = path
        self._control = control
        self._clients: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Keep the door open until cancelled; raises what `opened` does."""
        async with self.opened():
            await asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Keep the door open while the block runs; at its end every request is cancelled.

        Call it with the path `voiceslm.daemon.address.claimed`.

        Raises:
            Problem: there can be no socket at this place.
        """
        with bound(self._path) as listener:
            server = await asyncio.start_unix_server(self._enter, sock=listener, limit=LINE_LONGEST)
            try:
                yield
            finally:
                server.close()
                for client in self._clients:
                    client.cancel()
                await asyncio.gather(*self._clients, return_exceptions=True)

    def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        full = len(self._clients) >= CLIENTS_MOST
        client = asyncio.create_task(self._attend(reader, writer, full=full), name="door client")
        self._clients.add(client)
        client.add_done_callback(self._clients.discard)

    async def _attend(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, full: bool
    ) -> None:
        writer.transport.set_write_buffer_limits(0)  # a drained writer has nothing left to lose
        try:
            if full:
                answer = {"error": "too many clients at once", "remedy": "Try again"}
            else:
                answer = await self._answer(reader)
            with contextlib.suppress(ConnectionError, TimeoutError):  # gone, or it does not listen
                async with asyncio.timeout(WRITE_DEADLINE):
                    writer.write(_line(answer))
                    await writer.drain()
        except _Gone:
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader) -> Answer:
        try:
            request = await _read(reader)
            return {"ok": await _while_connected(self._do(request), reader)}
        except Problem as problem:
            return {"error": problem.cause, "remedy": problem.remedy}
        except WorkerError as error:
            return {"error": str(error), "remedy": ""}

    async def _do(self, request: _Plain | _Talk | _Words) -> Answer:
        control = self._control
        match request:
            case _Words(request="ask", text=text):
                return await control.ask(text)
            case _Words(text=text):
                return await control.say(text)
            case _Talk(action=action):
                control.talk(_KEY_DOWN[action])
            case _Plain(request="stop"):
                control.stop()
            case _Plain(request="mute" | "unmute" as wanted):
                control.mute(wanted == "mute")
        return control.status()


async def _read(reader: asyncio.StreamReader) -> _Plain | _Talk | _Words:
    """Read and understand the one request of a connection; a last line may lack its end."""
    try:
        async with asyncio.timeout(READ_DEADLINE):
            line = await reader.readuntil(b"\n")
    except TimeoutError:
        raise Problem(f"no whole line came within {READ_DEADLINE:g} s") from None
    except asyncio.LimitOverrunError:
        raise Problem(f"the line is longer than {LINE_LONGEST} bytes") from None
    except asyncio.IncompleteReadError as end:
        line = end.partial
    except ConnectionError:
        line = b""
    if not line:
        raise _Gone
    try:
        return _REQUEST.validate_json(line)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))[:FAULT_LONGEST]
        raise Problem(f"this is no request: {place} {fault['msg'][:FAULT_LONGEST]}") from None


async def _while_connected(work: Coroutine[Any, Any, T], reader: asyncio.StreamReader) -> T:
    """Await ``work``; cancel it when the client goes first.

    Raises:
        _Gone: the client closed the connection.
        Problem: `ANSWER_DEADLINE` passed, or the assistant itself cancelled the work.
    """
    answer = asyncio.create_task(work, name="door request")
    gone = asyncio.create_task(_end_of(reader), name="door hang-up")
    try:
        await asyncio.wait({answer, gone}, timeout=ANSWER_DEADLINE, return_when=asyncio.FIRST_COMPLETED)
        if answer.cancelled():
            raise Problem("it was stopped before its end")
        if answer.done():
            return answer.result()
        if gone.done():
            raise _Gone
        raise Problem(f"there was no answer within {ANSWER_DEADLINE:g} s")
    finally:
        answer.cancel()
        gone.cancel()
        await asyncio.gather(answer, gone, return_exceptions=True)


async def _end_of(reader: asyncio.StreamReader) -> None:
    """Wait for the end of what a client sends; whatever comes after its request is not looked at."""
    with contextlib.suppress(ConnectionError):
        while await reader.read(LINE_LONGEST):
            pass


def _line(answer: Answer) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode() + b"\n"
