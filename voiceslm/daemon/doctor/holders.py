"""Which processes hold a sound card."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = Path("/proc")
CARDS = "/dev/snd/pcm"

SERVERS = frozenset({"pipewire", "wireplumber", "pulseaudio", "pipewire-pulse"})
"""They hold cards for all others: what they hold can still be used, through them."""


@dataclass(frozen=True, slots=True)
class Holder:
    """One process with one card open."""

    pid: int
    command: str
    device: str
    """Such as /dev/snd/pcmC0D0c: card 0, device 0, capture; p is playback."""

    @property
    def shares(self) -> bool:
        """Whether it lets others use the card."""
        return self.command in SERVERS


def holders(proc: Path = PROC) -> list[Holder]:
    """Return who holds a sound card, as far as this user may see."""
    return sorted(set(_scan(proc)), key=lambda holder: (holder.pid, holder.device))


def _scan(proc: Path) -> Iterator[Holder]:
    for process in proc.iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            links = [str(file.readlink()) for file in (process / "fd").iterdir()]
            command = (process / "comm").read_text("utf-8", "replace").strip()
        except OSError:  # gone meanwhile, or another user's
            continue
        for link in links:
            if link.startswith(CARDS):
                yield Holder(int(process.name), command, link)
