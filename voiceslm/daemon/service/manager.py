"""systemd: the machine's own, or that of the user's session."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.daemon.service.layout import UNIT
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.daemon.service.commands import Commands, Ended

BOOTED = Path("/run/systemd/system")
"""There where systemd runs the machine, see sd_booted(3)."""

POLL_SECONDS = 0.25

PATIENCE = 900.0
"""Seconds for a start: a large model, read for the first time from a slow card, that extends its time-out."""

PROPERTIES = (
    "LoadState",
    "ActiveState",
    "SubState",
    "Result",
    "StatusText",
    "MainPID",
    "NRestarts",
    "UnitFileState",
    "ActiveEnterTimestamp",
    "ExecMainStatus",
)


@dataclass(frozen=True, slots=True)
class UnitState:
    """How the unit is, in systemd's words."""

    load: str
    active: str
    sub: str
    result: str
    text: str
    """What the daemon says of itself."""

    pid: int
    restarts: int
    enabled: bool
    since: str
    exit_code: int

    @property
    def running(self) -> bool:
        """Whether it is up and ready."""
        return self.active == "active"

    @property
    def failing(self) -> bool:
        """Whether it has ended otherwise than asked to, be it started again or not."""
        return self.active == "failed" or self.sub == "auto-restart"

    def words(self) -> str:
        """Say it plainly, in one line."""
        if self.load == "not-found":
            return "not installed"
        if self.running:
            return f"running since {self.since}"
        if self.failing:
            again = ", and is started again and again" if self.sub == "auto-restart" else ""
            return f"ends by itself ({self.result}, exit code {self.exit_code}){again}"
        return {
            "activating": "starting",
            "deactivating": "stopping",
            "reloading": "reading its configuration",
        }.get(self.active, "stopped")


class Manager:
    """Asks systemd about the one unit, and has it do things."""

    def __init__(self, commands: Commands, *, user: bool) -> None:
        """Speak to the machine's systemd, or to the user's."""
        self._commands = commands
        self.user = user

    def check(self) -> None:
        """Find out whether it is there.

        Raises:
            Problem: it is not; says what can be done instead.
        """
        if not BOOTED.is_dir():
            raise Problem(
                "systemd does not run this machine", "Start `voiceslm run` from whatever starts programs here"
            )
        if self.user and self._ask("show", "--property=Version").code:
            raise Problem(
                "there is no session of systemd for this user",
                "Log in as that user (not through su or sudo), or set XDG_RUNTIME_DIR=/run/user/$(id -u)",
            )

    def state(self) -> UnitState:
        """Return how the unit is; not found where systemd cannot be asked."""
        lines = self._ask("show", UNIT, f"--property={','.join(PROPERTIES)}").out.splitlines()
        values = dict(line.split("=", 1) for line in lines if "=" in line)
        return UnitState(
            load=values.get("LoadState", "not-found"),
            active=values.get("ActiveState", "inactive"),
            sub=values.get("SubState", ""),
            result=values.get("Result", ""),
            text=values.get("StatusText", ""),
            pid=int(values.get("MainPID") or 0),
            restarts=int(values.get("NRestarts") or 0),
            enabled=values.get("UnitFileState") == "enabled",
            since=values.get("ActiveEnterTimestamp", ""),
            exit_code=int(values.get("ExecMainStatus") or 0),
        )

    def read_units(self) -> None:
        """Let it read the unit files again."""
        self._run("daemon-reload")

    def enable(self) -> None:
        """Start the unit with the machine, or with the session, from now on."""
        self._run("enable", UNIT)

    def restart(self, waiting: Callable[[UnitState], None]) -> None:
        """Start the unit anew and wait until it is ready; ``waiting`` is told how it goes.

        Raises:
            Problem: it ends by itself, or is not ready in time.
        """
        self._ask("reset-failed", UNIT)
        self._run("restart", "--no-block", UNIT)
        deadline = time.monotonic() + PATIENCE
        while True:
            state = self.state()
            waiting(state)
            if state.failing:
                raise Problem(f"{UNIT} {state.words()}: {self._last_words()}", f"See why: {self.journal()}")
            if state.running and not self._queued():
                return
            if time.monotonic() > deadline:
                raise Problem(
                    f"{UNIT} is still {state.words()} after {PATIENCE:g} s", f"See: {self.journal()}"
                )
            time.sleep(POLL_SECONDS)

    def end(self) -> None:
        """Stop the unit, and start it no more."""
        self._ask("disable", "--now", UNIT)
        self._ask("reset-failed", UNIT)

    def journal(self) -> str:
        """Return what a person types to see the log."""
        return f"voiceslm service logs{' --user' if self.user else ''}"

    def _queued(self) -> bool:
        """Say whether a start or stop of the unit is still to come."""
        return self._ask("show", UNIT, "--property=Job", "--value").out.strip() not in ("", "0")

    def _last_words(self) -> str:
        lines = self._commands.ask(
            "journalctl", *self._scope(), "--unit", UNIT, "--output=cat", "--lines=20", "--no-pager"
        ).out.splitlines()
        told = [line for line in lines if line.startswith("error: ")]
        return told[-1].removeprefix("error: ") if told else "it did not say why"

    def _scope(self) -> list[str]:
        return ["--user"] if self.user else []

    def _ask(self, *command: str) -> Ended:
        return self._commands.ask("systemctl", *self._scope(), *command)

    def _run(self, *command: str) -> None:
        self._commands.run("systemctl", *self._scope(), *command)
