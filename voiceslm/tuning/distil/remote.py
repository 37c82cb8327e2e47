"""A teacher behind any server that answers as OpenAI's does (``POST …/chat/completions``).

A server may be slow, overloaded or something else altogether; whatever comes back is data of bounded size.
"""

from __future__ import annotations

import json
import math
import time
from typing import TYPE_CHECKING, Any

import httpx

from voiceslm.errors import Problem
from voiceslm.tuning.distil.teacher import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

    from voiceslm.llm import Message

CONNECT_SECONDS = 5.0
ATTEMPTS = 3
"""Of one question, at a server that is overloaded or slow."""

FIRST_PAUSE_SECONDS = 1.0
"""Before the second attempt; it doubles before each further one."""

LONGEST_PAUSE_SECONDS = 30.0
"""However long the server asks for."""

LARGEST_BYTES = 256 * 1024
"""Of an answer: a hundred times what is asked for."""

LONGEST_TEXT = 16_000
"""Characters of what is written."""

TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Statuses after which the same may be asked again."""

NOT_ALLOWED = frozenset({401, 402, 403})


class RemoteTeacher:
    """One model of one server."""

    remote = True

    def __init__(
        self,
        url: str,
        *,
        model: str,
        key: str = "",
        licence: str = "",
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Connect to nothing yet.

        Args:
            url: what stands before ``/chat/completions``, such as ``http://box:8080/v1``.
            model: the server's name for it.
            key: sent as a bearer token; empty for none.
            licence: terms under which what it writes may be used.
            transport: what carries the requests; otherwise HTTP.
            sleep: waits for so many seconds.

        Raises:
            Problem: ``url`` is none of HTTP.
        """
        self._url = endpoint(url)
        self._host = self._url.host
        self.name = f"{model or 'the default model'} at {self._host}"
        self.licence = licence
        self._model = model
        self._sleep = sleep
        # Redirects are not followed: what may be sent to one server may not be sent to another.
        self._client = httpx.Client(
            headers={"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {key}"} if key else {}),
            transport=transport,
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, deadline: float, grammar: str = ""
    ) -> str:
        """Return what it writes; an overloaded or silent server is asked again, as often as there is time.

        Raises:
            NoAnswer: it writes nothing that can be used, or not in time.
            Problem: it does not let us, or knows nothing of such a model.
        """
        del grammar
        asked: dict[str, Any] = {
            "messages": [{"role": one.role, "content": one.content} for one in messages],
            "max_tokens": max_tokens,
            "temperature": 0.8,
            "stream": False,
        }
        if self._model:
            asked["model"] = self._model
        ends = time.monotonic() + deadline
        pause = FIRST_PAUSE_SECONDS
        for attempt in range(1, ATTEMPTS + 1):
            left = ends - time.monotonic()
            try:
                return self._once(asked, left)
            except _Again as again:
                wait = min(max(again.after, pause), LONGEST_PAUSE_SECONDS)
                if attempt == ATTEMPTS or wait >= ends - time.monotonic():
                    raise NoAnswer(str(again)) from None
                self._sleep(wait)
                pause *= 2
        raise NoAnswer("not in time")

    def _once(self, asked: dict[str, Any], seconds: float) -> str:
        ends = time.monotonic() + seconds
        timeout = httpx.Timeout(max(seconds, 0.001), connect=min(CONNECT_SECONDS, max(seconds, 0.001)))
        try:
            with self._client.stream("POST", self._url, json=asked, timeout=timeout) as response:
                self._judge(response)
                body = _body(response, ends)
        except httpx.TimeoutException:
            raise _Again("not in time") from None
        except httpx.TransportError as error:
            raise _Again(f"no connection ({type(error).__name__})") from None
        except httpx.HTTPError as error:
            raise NoAnswer(f"no HTTP ({type(error).__name__})") from None
        return text_of(body)

    def _judge(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in TRANSIENT:
            raise _Again(f"status {status}", _seconds(response.headers.get("retry-after", "")))
        if status in NOT_ALLOWED:
            raise Problem(
                f"{self._host} does not let us ask (status {status})",
                "Set `key_file` in the section [teacher]",
            )
        if status == httpx.codes.NOT_FOUND:
            raise Problem(
                f"{self._host} has no {self._model or 'model'} at {self._url.path} (status 404)",
                "Correct `url` and `model` in the section [teacher]; most addresses end in /v1",
            )
        if status != httpx.codes.OK:
            raise NoAnswer(f"status {status}")


class _Again(Exception):  # noqa: N818 - never leaves this file
    """What may be asked again; the text says why."""

    def __init__(self, why: str, after: float = 0.0) -> None:
        super().__init__(why)
        self.after = after


def endpoint(url: str) -> httpx.URL:
    """Return where questions go.

    Raises:
        Problem: ``url`` is no address of HTTP.
    """
    remedy = "Give one such as http://box:8080/v1"
    try:
        parsed = httpx.URL(url.strip().rstrip("/"))
    except (httpx.InvalidURL, UnicodeError):
        raise Problem("the teacher's address is none", remedy) from None
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.userinfo:
        raise Problem("the teacher's address is none that can be asked", remedy)
    path = parsed.path.rstrip("/")
    return parsed if path.endswith("/chat/completions") else parsed.copy_with(path=f"{path}/chat/completions")


def text_of(body: bytes) -> str:
    """Return the text in an answer.

    Raises:
        NoAnswer: there is none.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise NoAnswer("not JSON") from None
    try:
        text = document["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise NoAnswer("no answer in it") from None
    if not isinstance(text, str):
        raise NoAnswer("no text in it")
    if not text.strip():
        raise NoAnswer("empty")
    if len(text) > LONGEST_TEXT:
        raise NoAnswer("too long")
    return text


def _body(response: httpx.Response, ends: float) -> bytes:
    """Read an answer that is neither too long nor comes too slowly."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > LARGEST_BYTES:
            raise NoAnswer("too long")
        if time.monotonic() > ends:
            raise _Again("not in time")
    return b"".join(parts)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:  # none, or a date
        return 0.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0
