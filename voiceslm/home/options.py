"""What it takes to connect to a broker."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from voiceslm.config import mqtt_password
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.config import Mqtt
    from voiceslm.home.message import Message


@dataclass(frozen=True, slots=True)
class Options:
    """What it takes to connect."""

    host: str

    client_id: str
    """The broker knows a client by it; a second one of the same name drives out the first."""

    port: int = 0
    """0: 1883, or 8883 with TLS."""

    username: str = ""
    password: str | Callable[[], str] = field(default="", repr=False)
    """Or what reads it, at every attempt to connect: its file may be put right meanwhile."""

    tls: bool = False

    ca_file: str = ""
    """Empty: the system's authorities."""

    cert_file: str = ""
    key_file: str = ""
    version: Literal["5", "3.1.1"] = "5"

    keepalive: int = 30
    """Seconds of silence after which either side asks whether the other is there."""

    will: Message | None = None
    """Published by the broker if this client vanishes, and by the client itself when it leaves."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or (8883 if self.tls else 1883)

    def secret(self) -> str:
        """Return the password; may read a file.

        Raises:
            Problem: that file cannot be read.
        """
        return self.password if isinstance(self.password, str) else self.password()


def options_of(mqtt: Mqtt, *, client_id: str, will: Message | None = None) -> Options:
    """Return the options that the settings make."""
    return Options(
        host=mqtt.host,
        client_id=client_id,
        port=mqtt.port,
        username=mqtt.username,
        password=partial(mqtt_password, mqtt),
        tls=mqtt.tls == "on",
        ca_file=mqtt.ca_file,
        cert_file=mqtt.cert_file,
        key_file=mqtt.key_file,
        version=mqtt.version,
        keepalive=mqtt.keepalive_seconds,
        will=will,
    )


def tls_context(options: Options) -> ssl.SSLContext | None:
    """Return what TLS needs, None where it is off; reads files.

    Raises:
        Problem: a file cannot be read or holds something else.
    """
    if not options.tls:
        return None
    ca, cert, key = (
        _file(setting, name)
        for setting, name in (
            ("mqtt.ca_file", options.ca_file),
            ("mqtt.cert_file", options.cert_file),
            ("mqtt.key_file", options.key_file),
        )
    )
    try:
        context = ssl.create_default_context(cafile=ca)
    except ssl.SSLError:
        raise Problem(f"{ca} (mqtt.ca_file) holds no certificate", "Name a PEM file") from None
    try:
        if cert:
            context.load_cert_chain(cert, key, password="")  # else OpenSSL asks at the terminal
    except ssl.SSLError:
        raise Problem(
            f"{cert} (mqtt.cert_file) and its key cannot be used", "Name PEM files that belong together"
        ) from None
    return context


def _file(setting: str, name: str) -> Path | None:
    """Return the path of a file that can be read, None for no name."""
    if not name:
        return None
    try:
        path = Path(name).expanduser()
        path.open("rb").close()
    except (OSError, ValueError, RuntimeError) as error:  # of the disk; a NUL in it; a home that nobody has
        reason = error.strerror if isinstance(error, OSError) else error
        raise Problem(
            f"{name} ({setting}) cannot be read: {reason}", "Name a file that this user may read"
        ) from None
    return path
