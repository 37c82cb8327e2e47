"""A real mosquitto on a free port: may be killed, started again in the same place, paused and resumed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 10.0
"""Seconds for a program to do what it is expected to do at once."""

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
"""Debian keeps mosquitto where only root looks."""

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def program(name: str) -> str:
    """Return where a program is, or skip the test with the reason."""
    found = shutil.which(name, path=PATH)
    if found is None:
        pytest.skip(f"{name} is not installed: sudo scripts/debian-packages tests")
    return found


class Broker:
    """One mosquitto and its configuration."""

    def __init__(self, folder: Path, *lines: str) -> None:
        self.port = _free_port()
        self._mosquitto = program("mosquitto")
        self._config = folder / "mosquitto.conf"
        own_user = (
            ["user root"] if os.geteuid() == 0 else []
        )  # else it becomes one that may not read our files
        head = [
            f"listener {self.port} 127.0.0.1",
            "connection_messages false",
            *own_user,
            *(lines or ["allow_anonymous true"]),
        ]
        self._config.write_text("\n".join(head) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns once it listens."""
        self._process = subprocess.Popen(
            [self._mosquitto, "-c", self._config], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        running = threading.Event()
        log: list[bytes] = []
        threading.Thread(target=_read, args=(self._process, log, running), daemon=True).start()
        assert running.wait(PATIENCE), b"".join(log).decode()

    def kill(self) -> None:
        """End it without a chance to say anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order, whatever state it is in."""
        if self._process is not None:
            self.resume()
            self._end(signal.SIGTERM)

    def pause(self) -> None:
        """Let it stand still, its connections open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:  # told so early that it began to run after all
            self._process.kill()
            self._process.wait(PATIENCE)


def _read(process: subprocess.Popen[bytes], log: list[bytes], running: threading.Event) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        log.append(line)
        if b" running" in line:
            running.set()
    process.stderr.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(folder: Path, *lines: str):
    """Run a broker whose configuration has ``lines`` (none: anybody may do anything)."""
    broker = Broker(folder, *lines)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@pytest.fixture
def broker(tmp_path):
    """A broker that asks nobody for anything."""
    with running(tmp_path) as broker:
        yield broker


@pytest.fixture
def guarded_broker(tmp_path):
    """A broker that knows one user: voice, whose password is "open sesame"."""
    passwords = tmp_path / "passwords"
    subprocess.run(
        [program("mosquitto_passwd"), "-b", "-c", passwords, "voice", "open sesame"],
        check=True,
        capture_output=True,
    )
    with running(tmp_path, "allow_anonymous false", f"password_file {passwords}") as broker:
        yield broker


@dataclass(frozen=True)
class Certificates:
    """An authority, and what it has signed; each NAME.pem has a NAME.key."""

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    def issue(self, name: str, *, days: int = 2, host: str = "localhost") -> tuple[Path, Path]:
        """Return certificate and key for ``host``; negative ``days`` make it expired."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request, extension = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extension.write_text(f"subjectAltName=DNS:{host}\n")
        openssl("req", *CURVE, "-keyout", key, "-out", request, "-subj", f"/CN={host}")
        signing = ("-CA", self.authority, "-CAkey", self.folder / "authority.key", "-CAcreateserial")
        openssl(
            "x509",
            "-req",
            "-in",
            request,
            *signing,
            "-days",
            days,
            "-extfile",
            extension,
            "-out",
            certificate,
        )
        return certificate, key

    def lines(self, name: str, *, days: int = 2, host: str = "localhost") -> list[str]:
        """Return mosquitto's configuration with a certificate for ``host``."""
        certificate, key = self.issue(name, days=days, host=host)
        return [
            "allow_anonymous true",
            f"cafile {self.authority}",
            f"certfile {certificate}",
            f"keyfile {key}",
        ]


def openssl(*arguments: object) -> None:
    subprocess.run([program("openssl"), *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """An authority of our own."""
    found = Certificates(tmp_path_factory.mktemp("certificates"))
    key = found.folder / "authority.key"
    openssl("req", "-x509", *CURVE, "-keyout", key, "-out", found.authority, "-days", 2, "-subj", "/CN=ours")
    return found
