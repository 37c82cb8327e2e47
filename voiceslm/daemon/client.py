"""Asks the running daemon, from another process. Blocks: for the command line, not for the event loop."""

from __future__ import annotations

import contextlib
import json
import socket
from typing import Any

from voiceslm.daemon.address import SYSTEM, fitting, found, is_claimed
from voiceslm.errors import Problem

ANSWER_LONGEST = 1024 * 1024
"""Bytes of one answer."""


class NotRunning(Problem):
    """There is no daemon to ask."""

    def __init__(self) -> None:
        """Say what to do about it."""
        remedy = "Start it with `voiceslm run`"
        if SYSTEM.parent.is_dir():
            remedy += "; or, if the service is meant, ask with sudo"
        super().__init__("voiceslm is not running", remedy)


class Starting(NotRunning):
    """There will be one in a moment."""

    def __init__(self) -> None:
        """Say so."""
        Problem.__init__(self, "voiceslm is still loading its models", "Ask again in a moment")


def call(request: dict[str, str], deadline: float) -> dict[str, Any]:
    """Send ``request`` (see `voiceslm.daemon.door`) and return what it leads to.

    Interrupting it, as with Ctrl-C, cancels the request.

    Args:
        request: its fields by name.
        deadline: seconds to wait for the daemon at each step.

    Raises:
        NotRunning: nobody opens; `Starting` where somebody will.
        Problem: the daemon may not be used, refuses the request, fails at it, or does not answer in time.
    """
    path = found()
    line = json.dumps(request, ensure_ascii=False).encode(errors="replace") + b"\n"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
            door.settimeout(deadline)
            door.connect(fitting(path))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused: the answer says why
                door.sendall(line)
            with door.makefile("rb") as answers:
                answer = answers.readline(ANSWER_LONGEST)
    except (FileNotFoundError, ConnectionRefusedError):
        raise (Starting if is_claimed(path) else NotRunning) from None
    except TimeoutError:
        raise Problem(
            f"voiceslm did not answer within {deadline:g} s", "If that lasts, start it again"
        ) from None
    except ConnectionResetError:
        answer = b""
    except OSError as error:
        raise Problem(
            f"cannot reach voiceslm at {path}: {error.strerror}", "Run this as the user it runs as"
        ) from None
    return _understood(answer)


def _understood(line: bytes) -> dict[str, Any]:
    if not line.endswith(b"\n"):
        raise Problem("voiceslm ended the connection without an answer", "Its log says why")
    answer = json.loads(line)
    if "error" in answer:
        raise Problem(answer["error"], answer.get("remedy", ""))
    result: dict[str, Any] = answer["ok"]
    return result
