"""What a running process has open, from Linux's /proc: sockets to the network, Unix sockets, files."""

from __future__ import annotations

import ipaddress
import os
import re
from pathlib import Path

INTERNET = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "icmp", "icmp6")
"""Tables in /proc/PID/net, see proc(5)."""

LISTENS = 0x10000
"""Flag of a Unix socket that takes connections (`__SO_ACCEPTCON` in Linux's include/linux/net.h)."""


def internet_sockets(pid):
    """Return the remote address and port of every IP socket of ``pid``."""
    rows = [row for table in INTERNET for row in _rows(pid, table)]
    mine = _sockets(pid)
    return [_address(row[2]) for row in rows if row[9] in mine]


def unix_listeners(pid):
    """Return the path of every Unix socket of ``pid`` that takes connections."""
    mine = _sockets(pid)
    return [" ".join(row[7:]) for row in _rows(pid, "unix") if row[6] in mine and int(row[3], 16) & LISTENS]


def written(pid):
    """Return every file on a disk that ``pid`` has open to write to."""
    return {
        path
        for number, path in _open(pid).items()
        if path.startswith("/") and Path(path).is_file() and _flags(pid, number) & os.O_ACCMODE
    }


def _rows(pid, table):
    path = Path(f"/proc/{pid}/net/{table}")
    return [line.split() for line in path.read_text().splitlines()[1:]] if path.exists() else []


def _sockets(pid):
    """Return the inodes of its sockets."""
    return set(re.findall(r"socket:\[(\d+)\]", "\n".join(_open(pid).values())))


def _open(pid):
    """Return what each file descriptor stands for; one that is closed meanwhile is left out."""
    found = {}
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found[entry.name] = str(entry.readlink())
        except FileNotFoundError:
            continue
    return found


def _flags(pid, number):
    text = Path(f"/proc/{pid}/fdinfo/{number}").read_text()
    return int(text.partition("flags:")[2].split()[0], 8)


def _address(text):
    """Return address and port of a table's "0100007F:1F90": words of four bytes, as the machine has them."""
    digits, port = text.split(":")
    words = [bytes.fromhex(digits[at : at + 8])[::-1] for at in range(0, len(digits), 8)]
    return str(ipaddress.ip_address(b"".join(words))), int(port, 16)
