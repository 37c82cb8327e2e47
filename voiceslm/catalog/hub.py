"""The model hub as a source: what it says of each file, and the ranges to fetch of it."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

import httpx
from huggingface_hub import get_token

from voiceslm.catalog.indexes import TRUE
from voiceslm.catalog.sources import Piece, Plan, Recipe, Strip, hub_endpoint, label
from voiceslm.catalog.web import REFUSED, Unavailable, contact

if TYPE_CHECKING:
    from voiceslm.catalog.entries import Entry, FileEntry

PIECE_BYTES = 64 * 2**20
"""A file is fetched in pieces of this size, several at once; an interrupted one goes on inside."""

MAX_REDIRECTS = 5
SHA256 = re.compile(r"[0-9a-f]{64}")
GIT_BLOB = re.compile(r"[0-9a-f]{40}")


def hub_plan(entry: Entry, files: tuple[FileEntry, ...], client: httpx.Client) -> Plan:
    """Ask the hub about each file and lay out the ranges to fetch.

    Raises:
        Unavailable: offline by the user's wish, unreachable, gated, or another file than the catalog's.
    """
    endpoint = hub_endpoint()
    if os.environ.get("HF_HUB_OFFLINE", "").strip().lower() in TRUE:
        raise Unavailable("HF_HUB_OFFLINE is set", "Unset HF_HUB_OFFLINE")
    token = get_token()
    headers = (("Authorization", f"Bearer {token}"),) if token else ()
    base = f"{endpoint}/{entry.hub}/resolve/{entry.revision}/"
    folder = f"{entry.hub_folder}/" if entry.hub_folder else ""

    def recipe(file: FileEntry) -> Recipe:
        url = base + quote(folder + file.name)
        answer = contact(lambda: _head(client, url, dict(headers)))
        _refuse(answer, entry, endpoint)
        return _hub_recipe(entry, file, url, answer, headers)

    return Plan(label("hub"), tuple(recipe(file) for file in files))


def _head(client: httpx.Client, url: str, headers: dict[str, str]) -> httpx.Response:
    """Ask for a file's metadata: follow redirects within the hub, but stop at the one to its storage."""
    for _ in range(MAX_REDIRECTS):
        answer = client.head(url, headers=headers, follow_redirects=False)
        target = urljoin(url, answer.headers.get("location", ""))
        if not answer.is_redirect or "x-linked-size" in answer.headers:
            return answer
        if urlsplit(target).netloc != urlsplit(url).netloc:
            return client.head(target, follow_redirects=True)
        url = target
    raise Unavailable("it redirects without end")


def _refuse(answer: httpx.Response, entry: Entry, endpoint: str) -> None:
    if answer.status_code in REFUSED:
        raise Unavailable(
            f"access refused (HTTP {answer.status_code})",
            f"Accept the licence at {endpoint}/{entry.hub}, then set HF_TOKEN to a token of that account",
        )
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise Unavailable("it does not have this file (HTTP 404)")
    if answer.is_error:
        raise Unavailable(f"HTTP {answer.status_code}")


def _hub_recipe(
    entry: Entry, file: FileEntry, url: str, answer: httpx.Response, headers: tuple[tuple[str, str], ...]
) -> Recipe:
    size = int(answer.headers.get("x-linked-size") or answer.headers.get("content-length") or file.bytes)
    etag = (
        (answer.headers.get("x-linked-etag") or answer.headers.get("etag") or "")
        .removeprefix("W/")
        .strip('"')
    )
    linked = etag if SHA256.fullmatch(etag) else None
    if size != file.bytes or (linked and file.sha256 and linked != file.sha256):
        raise Unavailable(f"its {file.name} is not the one in the catalog")
    blob = etag if not file.sha256 and GIT_BLOB.fullmatch(etag) else None
    if not (file.sha256 or linked or blob):
        raise Unavailable(f"the catalog has no hash of {file.name}, and neither has it")
    identity = hashlib.sha256(f"{url} {size} {etag}".encode()).hexdigest()[:12]
    strips = tuple(
        Strip(
            Piece(
                key=f"{file.name}.{identity}.{start}",
                url=url,
                start=start,
                bytes=min(PIECE_BYTES, size - start),
                whole=size,
                headers=headers,
            )
        )
        for start in range(0, size, PIECE_BYTES)
    )
    commit = answer.headers.get("x-repo-commit") or entry.revision
    return Recipe(file, strips, file.sha256 or linked, blob, commit)
