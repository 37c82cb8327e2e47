"""A hub and a package index on loopback, which misbehave on request."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

from voiceslm.catalog import Entry, FileEntry, WheelMember

if TYPE_CHECKING:
    from collections.abc import Mapping

REPO, REVISION = "maker/model", "0123456789012345678901234567890123456789"
COMMIT = "c0ffee" + "0" * 34


@dataclass
class Asked:
    """One request the server saw."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass
class FakeServer:
    """Serves what was added to it; ``with`` starts and stops it."""

    files: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    hub: dict[str, dict[str, str]] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    """Path -> body bytes after which the connection drops, once."""

    hold: dict[str, int] = field(default_factory=dict)
    """Path -> body bytes after which nothing more comes until `released`."""

    mute: set[str] = field(default_factory=set)
    """Paths that are not answered until `released`."""

    ranges: bool = True
    asked: list[Asked] = field(default_factory=list)
    holding: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        owner: FakeServer = self

        class Handler(_Handler):
            server_owner = owner

        self._server = _Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def simple(self) -> str:
        return f"{self.url}/simple/"

    def gets(self, part: str) -> list[Asked]:
        """Return the downloads of paths that contain ``part``."""
        return [asked for asked in self.asked if asked.method == "GET" and part in asked.path]

    def add_hub_file(self, name: str, content: bytes, etag: str | None = None, *, large: bool = True) -> str:
        """Serve a file as the hub does: metadata on its own path, bytes from a storage host elsewhere."""
        path = f"/{REPO}/resolve/{REVISION}/{name}"
        storage = f"/storage/{name}"
        self.files[storage] = content
        tag = etag or (hashlib.sha256(content).hexdigest() if large else git_blob(content))
        self.hub[path] = {
            "X-Repo-Commit": COMMIT,
            "X-Linked-Size": str(len(content)),
            "X-Linked-Etag": f'"{tag}"',
            # Another host name, so that what must not be passed on to it can be seen.
            "Location": f"http://localhost:{self.port}{storage}",
        }
        return storage

    def add_wheel(self, project: str, version: str, members: dict[str, bytes], *, html: bool = False) -> str:
        """Serve a wheel and the project's page."""
        name = f"{project.replace('-', '_')}-{version}-py3-none-any.whl"
        content = zipped(members)
        path = f"/wheels/{name}"
        self.files[path] = content
        sha256 = hashlib.sha256(content).hexdigest()
        page = f"/simple/{project}/"
        if html:
            self.types[page] = "text/html"
            link = f'<a href="../..{path}#sha256={sha256}">{name}</a>'
            self.files[page] = f"<!DOCTYPE html><html><body>{link}</body></html>".encode()
        else:
            self.types[page] = "application/vnd.pypi.simple.v1+json"
            entry = {"filename": name, "url": path, "hashes": {"sha256": sha256}, "size": len(content)}
            meta = {"api-version": "1.1"}
            document = {"meta": meta, "name": project, "files": [entry], "versions": [version]}
            self.files[page] = json.dumps(document).encode()
        return path


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server_owner: FakeServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        owner = self.server_owner
        owner.asked.append(Asked(self.command, self.path, dict(self.headers)))
        if self.path in owner.mute:
            owner.released.wait(30)
        if self.path in owner.status:
            self._empty(owner.status[self.path])
        elif self.path in owner.hub:
            self.send_response(302)
            for key, value in owner.hub[self.path].items():
                self.send_header(key, value)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path in owner.files:
            self._file(owner.files[self.path], with_body=with_body)
        else:
            self._empty(404)

    def _empty(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _file(self, content: bytes, *, with_body: bool) -> None:
        owner, first, last, status = self.server_owner, 0, len(content) - 1, 200
        asked = self.headers.get("Range", "")
        if asked and owner.ranges:
            begin, _, end = asked.removeprefix("bytes=").partition("-")
            first, last, status = int(begin), min(int(end or last), last), 206
        body = content[first : last + 1]
        self.send_response(status)
        self.send_header("Content-Type", owner.types.get(self.path, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body)))
        if status == 206:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.end_headers()
        if with_body:
            self._body(body)

    def _body(self, body: bytes) -> None:
        owner = self.server_owner
        if (limit := owner.cut.pop(self.path, None)) is not None:
            self.wfile.write(body[:limit])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)
        elif (limit := owner.hold.pop(self.path, None)) is not None:
            self.wfile.write(body[:limit])
            self.wfile.flush()
            owner.holding.set()
            owner.released.wait(30)
            self.close_connection = True
        else:
            self.wfile.write(body)


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip of ``members``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def git_blob(content: bytes) -> str:
    """Return git's object name of ``content``."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def noise(length: int, seed: int = 1) -> bytes:
    """Return bytes that do not compress and are the same every time."""
    blocks = (hashlib.sha256(f"{seed}:{number}".encode()).digest() for number in range(length // 32 + 1))
    return b"".join(blocks)[:length]


def entry_of(
    contents: dict[str, bytes],
    *,
    sources: tuple[str, ...] = ("hub",),
    wheels: Mapping[str, tuple[WheelMember, ...]] | None = None,
    pinned: bool = True,
    gated: bool = False,
) -> Entry:
    """Return a catalog entry for ``contents``."""
    files = tuple(
        FileEntry(
            name,
            len(content),
            hashlib.sha256(content).hexdigest() if pinned else None,
            (wheels or {}).get(name, ()),
        )
        for name, content in contents.items()
    )
    return Entry(
        id="test-model",
        kind="llm",
        description="for tests",
        languages=("en",),
        licence="MIT",
        commercial="yes",
        files=files,
        sources=sources,  # type: ignore[arg-type]
        hub=REPO,
        revision=REVISION,
        gated=gated,
    )
