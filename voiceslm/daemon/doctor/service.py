"""The service, if it is installed, and the daemon, if one runs."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceslm.daemon.doctor.finding import advice, broken, ok, trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding

SYSTEMD = Path("/run/systemd/system")
"""There where systemd runs, see sd_booted(3)."""

PATIENCE = 5.0
"""Seconds for systemd to answer."""

PROPERTIES = "LoadState,ActiveState,SubState,UnitFileState,Result,NRestarts,StatusText"

RESTLESS = 5
"""Restarts since it was started at which something is wrong with it."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit and what systemd says of it, by the names of `PROPERTIES`."""

    name: str
    user: bool
    """Of the user's own systemd, not the machine's."""

    says: Mapping[str, str]

    @property
    def installed(self) -> bool:
        """Whether systemd knows it."""
        return self.says.get("LoadState") not in (None, "", "not-found")

    @property
    def flag(self) -> str:
        """What `voiceslm service` wants to be told."""
        return " --user" if self.user else ""

    @property
    def systemctl(self) -> str:
        """What to type for it."""
        return "systemctl --user" if self.user else "sudo systemctl"


def check(case: Case) -> Iterator[Finding]:
    """Look at both units and the daemon."""
    if SYSTEMD.is_dir():
        units = [_ask("voiceslm.service", user=False), _ask("voiceslm-user.service", user=True)]
        yield from judge_units([unit for unit in units if unit is not None])
    else:
        yield ok("service.systemd", "no systemd here: voiceslm is started by hand or by other means")
    if case.deaf is not None:
        yield trouble("service.daemon", "a running voiceslm does not answer", case.deaf)
    else:
        yield from judge_daemon(case.daemon)


def judge_units(units: list[Unit]) -> Iterator[Finding]:
    """Say how the service is."""
    installed = [unit for unit in units if unit.installed]
    if not installed:
        yield ok("service.installed", "not installed as a service; `voiceslm service install` does that")
    for unit in installed:
        yield _unit(unit)
    if sum(unit.says.get("ActiveState") == "active" for unit in installed) > 1:
        yield advice(
            "service.twice",
            "two services run, the machine's and the user's",
            "they fight for the microphone and answer both",
            "Remove one: voiceslm service uninstall --user",
        )


def judge_daemon(status: Mapping[str, Any] | None) -> Iterator[Finding]:
    """Say how the running daemon is."""
    if status is None:
        yield ok("service.daemon", "voiceslm is not running now")
        return
    muted = ", muted" if status.get("muted") else ""
    running = status.get("running_seconds", 0)
    yield ok("service.daemon", f"voiceslm has been running for {running / 60:.0f} minutes{muted}")
    for part, health in (status.get("health") or {}).items():
        if health.get("state") == "ok":
            continue
        yield broken(
            f"service.{part}",
            f"the running voiceslm does without its {part} since {health.get('since', 'an unknown time')}",
            health.get("why", "") or "it does not say why",
            "Mend that, as the findings above say; it is then used again by itself",
        )


def _unit(unit: Unit) -> Finding:
    check, says = f"service.{unit.name}", unit.says
    active, enabled = says.get("ActiveState", ""), says.get("UnitFileState", "")
    logs = f"voiceslm service logs{unit.flag}"
    if says.get("LoadState") != "loaded":
        return broken(
            check,
            f"{unit.name} cannot be used",
            f"systemd says: {says.get('LoadState')}",
            f"voiceslm service install{unit.flag}",
        )
    restarts = int(says.get("NRestarts") or 0)
    if active == "failed" or says.get("SubState") == "auto-restart":
        return broken(
            check,
            f"{unit.name} has failed",
            f"systemd says: {says.get('Result')}, restarted {restarts} times",
            f"See why: {logs}; then: {unit.systemctl} restart {unit.name}",
        )
    if active in ("inactive", "deactivating"):
        return advice(
            check,
            f"{unit.name} is installed and not running",
            "it was stopped, or never started",
            f"{unit.systemctl} start {unit.name}",
        )
    if enabled not in ("enabled", "enabled-runtime", "static"):
        return advice(
            check,
            f"{unit.name} runs, but will not after the next start of this machine",
            f"it is {enabled or 'not enabled'}",
            f"{unit.systemctl} enable {unit.name}",
        )
    if restarts >= RESTLESS:
        return advice(
            check,
            f"{unit.name} was restarted {restarts} times",
            "it ended, or stood still and its watchdog ended it",
            f"See why: {logs}",
        )
    told = f" ({says['StatusText']})" if says.get("StatusText") else ""
    return ok(check, f"{unit.name} is {active} and {enabled}{told}")


def _ask(name: str, *, user: bool) -> Unit | None:
    """Return what systemd says of a unit; None where it does not answer, as without a user's session."""
    command = ["systemctl", *(["--user"] if user else []), "show", name, f"--property={PROPERTIES}"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if asked.returncode:
        return None
    return Unit(name, user, dict(line.split("=", 1) for line in asked.stdout.splitlines() if "=" in line))
