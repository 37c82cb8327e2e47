"""Whether this user may use the sound, and a service too: what works in a terminal may fail as one."""

from __future__ import annotations

import grp
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.daemon.doctor.finding import advice, broken, ok
from voiceslm.daemon.service.layout import UNIT
from voiceslm.daemon.service.manager import BOOTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceslm.daemon.doctor.finding import Finding

CARDS = Path("/dev/snd")
GROUP = "audio"
"""Owns the sound cards, on every distribution with udev's own rules."""

SERVERS = {"pipewire-0": "PipeWire", "pulse/native": "PulseAudio"}
"""Sockets in a session's runtime folder, and whose they are; PipeWire has both."""

LINGERING = Path("/var/lib/systemd/linger")
USER_UNITS = Path("~/.config/systemd/user")


@dataclass(frozen=True, slots=True)
class Facts:
    """Who may do what."""

    user: str
    uid: int
    cards: bool
    """The kernel has sound cards (/dev/snd/pcm*)."""

    usable: bool
    """This process may open every one of them."""

    member: bool
    """The user is in the group, by the system's list."""

    joined: bool
    """This very session has the group."""

    runtime: Path | None
    """``XDG_RUNTIME_DIR``, where a session's sockets lie; None where it is not set."""

    session: bool
    """The session's folder is there, set or not (/run/user/UID)."""

    server: str
    """Whose socket is there; empty for none."""

    user_service: bool
    """Our service is installed for this user."""

    lingers: bool | None
    """The user's services run without anybody logged in; None where there is no systemd."""

    @property
    def where(self) -> str:
        """Where a sound server's socket should be, in words."""
        return str(self.runtime or "XDG_RUNTIME_DIR, which is not set")


def gather() -> Facts:
    """Ask the system."""
    uid = os.geteuid()
    nodes = list(CARDS.glob("pcm*"))
    runtime = Path(os.environ["XDG_RUNTIME_DIR"]) if os.environ.get("XDG_RUNTIME_DIR") else None
    sockets = [name for socket, name in SERVERS.items() if runtime and os.path.lexists(runtime / socket)]
    user = _user(uid)
    group = _group()
    return Facts(
        user=user,
        uid=uid,
        cards=bool(nodes),
        usable=all(os.access(node, os.R_OK | os.W_OK) for node in nodes),
        member=group is not None and (user in group.gr_mem or _primary(uid) == group.gr_gid),
        joined=group is not None and group.gr_gid in (os.getegid(), *os.getgroups()),
        runtime=runtime,
        session=Path(f"/run/user/{uid}").is_dir(),
        server=sockets[0] if sockets else "",
        user_service=os.path.lexists(USER_UNITS.expanduser() / UNIT),
        lingers=os.path.lexists(LINGERING / user) if BOOTED.is_dir() else None,
    )


def judge(facts: Facts) -> Iterator[Finding]:
    """Say what keeps this user, or a service of this user, from the sound."""
    if facts.cards and facts.uid:
        yield _group_finding(facts)
    yield from _server(facts)
    if facts.user_service and facts.lingers is False:
        yield advice(
            "sound.lingering",
            f"the service of {facts.user} starts with a log-in and ends with the log-out",
            "lingering is off, so without a session there is neither sound server nor service",
            f"sudo loginctl enable-linger {facts.user}",
        )


def _group_finding(facts: Facts) -> Finding:
    check, join = "sound.group", f"sudo usermod -aG {GROUP} {facts.user}, then log out and in again"
    if facts.member and not facts.joined and not facts.usable:
        return broken(
            check,
            f"{facts.user} may use the sound cards, but this session may not yet",
            f"the group {GROUP} was given after it began",
            f"Log out and in again; for services: sudo systemctl restart user@{facts.uid}.service",
        )
    if not facts.usable:
        return broken(
            check,
            f"{facts.user} may not use the sound cards in {CARDS}",
            f"{facts.user} is not in the group {GROUP}",
            join,
        )
    if not facts.member and not facts.joined:
        return advice(
            check,
            f"{facts.user} may use the sound cards only while logged in at this machine",
            f"{facts.user} is not in the group {GROUP}: what works in a terminal fails as a service",
            join,
        )
    return ok(check, f"{facts.user} may use the sound cards")


def _server(facts: Facts) -> Iterator[Finding]:
    check = "sound.server"
    if facts.server:
        yield ok(check, f"{facts.server} runs in {facts.runtime}")
    elif facts.runtime is None and facts.session:
        yield advice(
            check,
            "the sound server of this user's session is not looked for",
            "XDG_RUNTIME_DIR is not set, as after su or sudo",
            f"export XDG_RUNTIME_DIR=/run/user/{facts.uid}",
        )
    elif facts.user_service:
        yield broken(
            check,
            "no sound server runs for this user, whose service needs one",
            f"no socket of PipeWire or PulseAudio is in {facts.where}",
            "systemctl --user enable --now pipewire-pulse.socket, or install the system service",
        )


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _primary(uid: int) -> int | None:
    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return None


def _group() -> grp.struct_group | None:
    try:
        return grp.getgrnam(GROUP)
    except KeyError:
        return None
