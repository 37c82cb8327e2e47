"""The two unit files."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

CHECKOUT = Path(__file__).resolve().parents[3]

NAMES = ("voiceslm.service", "voiceslm-user.service")


def template(name: str) -> str:
    """Return one of the unit files: from inside the installed package, else from the checkout.

    Raises:
        Problem: it is missing.
    """
    packaged: Traversable = resources.files("voiceslm.daemon.service") / "data" / name
    source: Traversable = packaged if packaged.is_file() else CHECKOUT / "systemd" / name
    try:
        return source.read_text(encoding="utf-8")
    except OSError:
        raise Problem(f"the unit file {name} is missing ({source})", "Install voiceslm again") from None


def user_unit(interpreter: Path) -> str:
    """Return the unit of a user's session that runs the voiceslm of ``interpreter``.

    Raises:
        Problem: the unit file is missing.
    """
    line = f"ExecStart={quoted(str(interpreter))} -m voiceslm run"
    return re.sub(r"^ExecStart=.*$", lambda _: line, template("voiceslm-user.service"), flags=re.MULTILINE)


def quoted(path: str) -> str:
    """Return ``path`` as a unit file's command line takes it, see systemd.service(5)."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != path or " " in path else path
