"""HTTP as a pull needs it: short patience for a host that is not there, and reasons a person understands."""

from __future__ import annotations

import os
import ssl
import threading
from typing import TYPE_CHECKING, TypeVar

import httpx

from voiceslm.catalog.indexes import certificates

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

CONNECT_SECONDS = 3.0
READ_SECONDS = 15.0
CONTACT_SECONDS = 8.0
"""Longest a first answer may take: name resolution, which has no timeout of its own, included."""

REFUSED = (401, 403)


class Unavailable(Exception):  # noqa: N818 - not an error: the next source is tried
    """A source cannot serve a model; says why in words that fit after "the hub: "."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        """Keep what a person could do about it, if anything, apart."""
        super().__init__(reason)
        self.remedy = remedy


def open_client() -> httpx.Client:
    """Return a client that honours proxies and certificate authorities of the environment, pip's included."""
    cafile = certificates() or os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE")
    verify: ssl.SSLContext | bool = True
    if cafile and os.path.isfile(cafile):  # noqa: PTH113 - a string from the environment, nothing more
        verify = ssl.create_default_context(cafile=cafile)
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    # A wheel or a model is stored compressed or cannot be; a transfer encoding would spoil byte ranges.
    return httpx.Client(timeout=timeout, verify=verify, headers={"Accept-Encoding": "identity"})


def contact(call: Callable[[], T]) -> T:
    """Run the first request to a host, giving up after `CONTACT_SECONDS` whatever it is stuck in.

    Raises:
        Unavailable: no answer in time, or none at all.
    """
    answers: list[T] = []
    failures: list[Exception] = []

    def run() -> None:
        try:
            answers.append(call())
        except (httpx.HTTPError, httpx.InvalidURL, Unavailable) as error:
            failures.append(error)

    thread = threading.Thread(target=run, name="first-contact", daemon=True)
    thread.start()
    thread.join(CONTACT_SECONDS)
    if answers:
        return answers[0]
    if failures and isinstance(failures[0], Unavailable):
        raise failures[0]
    raise Unavailable(reason_of(failures[0]) if failures else f"no answer within {CONTACT_SECONDS:g} s")


def reason_of(error: Exception) -> str:
    """Say in a few words why a request failed."""
    if isinstance(error, httpx.ConnectTimeout):
        return f"no answer within {CONNECT_SECONDS:g} s"
    if isinstance(error, httpx.ReadTimeout):
        return f"silent for {READ_SECONDS:g} s"
    if isinstance(error, httpx.ProxyError):
        return f"the proxy refused ({error})"
    if isinstance(error, httpx.ConnectError):
        return f"no connection ({error})"
    return str(error) or type(error).__name__
