"""A server that answers as OpenAI's does, or as badly as it is told to."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """What is answered to one request."""

    text: str = ""
    """Written by the model; the rest of the body is made around it."""

    status: int = 200
    body: bytes | None = None
    """In place of a body around `text`."""

    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0
    """Seconds of silence before it."""

    drip: float = 0.0
    """Seconds between two bytes of the body."""


class Server:
    """Answers one request after another as told, the last for ever."""

    def __init__(self, answers):
        self._answers = [*answers]
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self._arrived = threading.Semaphore(0)
        self.leave = threading.Event()
        self.url = ""

    def take(self, path, headers, body):
        self.requests.append(
            (path, {name.lower(): value for name, value in headers.items()}, json.loads(body))
        )
        self._arrived.release()
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def wait_for(self, requests, seconds):
        """Wait until so many more have come; say whether they have."""
        return all(self._arrived.acquire(timeout=seconds) for _ in range(requests))


@contextmanager
def serving(*answers):
    """Have a server while the block runs."""
    server = Server(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            answer = server.take(
                self.path, self.headers, self.rfile.read(int(self.headers.get("Content-Length", 0)))
            )
            server.leave.wait(answer.after)
            body = answer.body
            if body is None:
                body = json.dumps({"choices": [{"message": {"content": answer.text}}]}).encode()
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self._write(body, answer.drip)
            except OSError:  # the other side has given up
                self.close_connection = True

        def _write(self, body, drip):
            if not drip:
                self.wfile.write(body)
                return
            for at in range(len(body)):
                self.wfile.write(body[at : at + 1])
                self.wfile.flush()
                if server.leave.wait(drip):
                    return

        def log_message(self, *_):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    try:
        yield server
    finally:
        server.leave.set()
        http.shutdown()
        http.server_close()
        thread.join(5)
