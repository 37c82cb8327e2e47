"""Other programs: run to their end, with a failure a person can read."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE = 60.0
"""Seconds for a program of the system to end."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a program left."""

    code: int
    out: str
    err: str = ""


class Commands:
    """Runs them on this machine."""

    def ask(self, *command: str, seconds: float = PATIENCE) -> Ended:
        """Run ``command`` and return what it printed, whatever its exit code.

        Raises:
            Problem: it is not installed, or does not end.
        """
        return self._run(command, capture=True, seconds=seconds)

    def run(self, *command: str) -> str:
        """Run ``command`` and return what it printed.

        Raises:
            Problem: it fails, is not installed, or does not end.
        """
        return _succeeded(command, self.ask(*command)).out

    def run_here(self, *command: str) -> None:
        """Run ``command``, for as long as it wants, with its output where this process's goes.

        Raises:
            Problem: it fails, or is not installed.
        """
        _succeeded(command, self._run(command, capture=False, seconds=None))

    def run_as(
        self, user: str, *command: str, env: Mapping[str, str], show: bool = False, seconds: float | None
    ) -> None:
        """Run ``command`` as ``user``, with all its groups; with ``show``, what it prints is seen.

        Args:
            user: a user of this machine.
            command: the program, by its path, and its arguments.
            env: variables that differ from this process's own.
            show: whether its output goes where this process's goes.
            seconds: how long it may take; None for as long as it wants.

        Raises:
            Problem: it fails, or does not end in time.
        """
        ended = self._run(command, capture=not show, seconds=seconds, user=user, env={**os.environ, **env})
        _succeeded(command, ended)

    def _run(
        self,
        command: tuple[str, ...],
        *,
        capture: bool,
        seconds: float | None,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Ended:
        output = subprocess.PIPE if capture else None
        groups = _groups(user) if user else None
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
                env=env,
                cwd="/",
                user=user,
                group=groups[0] if groups else None,
                extra_groups=groups,
            )
        except FileNotFoundError:
            raise Problem(f"{command[0]} is not installed", "Install it, and try again") from None
        except PermissionError as error:
            raise Problem(f"{command[0]} cannot be run: {error.strerror}", "Try it as root") from None
        except subprocess.TimeoutExpired:
            raise Problem(f"`{' '.join(command)}` has not ended within {seconds:g} s", "Try again") from None
        return Ended(done.returncode, done.stdout or "", done.stderr or "")


def _succeeded(command: tuple[str, ...], ended: Ended) -> Ended:
    if ended.code:
        lines = (ended.err or ended.out).strip().splitlines()
        said = f": {lines[-1].strip()}" if lines else f" (exit code {ended.code})"
        raise Problem(f"`{' '.join(command)}` failed{said}", "Mend that, and try again: it goes on from here")
    return ended


def _groups(user: str) -> list[int]:
    """Return the groups of a user, the primary one first."""
    return os.getgrouplist(user, pwd.getpwnam(user).pw_gid)
