"""Where everything of the service lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

USER = "voiceslm"
"""The system user it runs as, and its group."""

UNIT = "voiceslm.service"


@dataclass(frozen=True, slots=True)
class Layout:
    """The service of the machine; systemd/voiceslm.service names the same places."""

    root: Path = Path("/")
    """What all of it lies below."""

    @property
    def program(self) -> Path:
        """Interpreter, packages and launcher."""
        return self.root / "opt/voiceslm"

    @property
    def command(self) -> Path:
        """What a person types: a link, on everybody's path and on that of ``sudo``."""
        return self.root / "usr/local/bin/voiceslm"

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.root / "etc/voiceslm/voiceslm.toml"

    @property
    def unit(self) -> Path:
        """The unit file."""
        return self.root / "etc/systemd/system" / UNIT

    @property
    def drop_ins(self) -> Path:
        """What ``systemctl edit`` writes."""
        return self.unit.with_name(f"{UNIT}.d")

    @property
    def cache(self) -> Path:
        """The models."""
        return self.root / "var/cache/voiceslm"

    @property
    def state(self) -> Path:
        """Timers, lists and the like; the home folder of the user as well."""
        return self.root / "var/lib/voiceslm"

    @property
    def runtime(self) -> Path:
        """The socket of the running daemon."""
        return self.root / "run/voiceslm"

    @property
    def credentials(self) -> tuple[Path, ...]:
        """Where systemd looks for the password of the broker and the PIN."""
        folder = self.root / "etc/credstore"
        return folder / "voiceslm.mqtt-password", folder / "voiceslm.home-pin"
