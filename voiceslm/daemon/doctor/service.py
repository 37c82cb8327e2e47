"""The service, if it is installed, and the daemon, if one runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voiceslm.daemon.doctor.finding import advice, broken, ok, trouble
from voiceslm.daemon.service.layout import UNIT
from voiceslm.daemon.service.manager import BOOTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding
    from voiceslm.daemon.doctor.units import Unit

AS_ITSELF = (
    "sudo -u voiceslm env CACHE_DIRECTORY=/var/cache/voiceslm STATE_DIRECTORY=/var/lib/voiceslm "
    "RUNTIME_DIRECTORY=/run/voiceslm /opt/voiceslm/bin/voiceslm doctor --config /etc/voiceslm/voiceslm.toml"
)
"""Examines the machine's service as its own user, in its own folders."""

RESTLESS = 5
"""Restarts since it was started at which something is wrong with it."""


def check(case: Case) -> Iterator[Finding]:
    """Look at both units and the daemon."""
    if BOOTED.is_dir():
        yield from judge_units(case.units)
    else:
        yield ok("service.systemd", "no systemd here: voiceslm is started by hand or by other means")
    if case.deaf is not None:
        yield trouble("service.daemon", "a running voiceslm does not answer", case.deaf)
    elif case.service_unasked:
        yield advice(
            "service.daemon",
            "the machine's service runs; how it is was not asked",
            "only its own user may ask it, and has its settings, models and devices",
            AS_ITSELF,
        )
    else:
        yield from judge_daemon(case.daemon)


def judge_units(units: Iterable[Unit]) -> Iterator[Finding]:
    """Say how the service is."""
    installed = [unit for unit in units if unit.installed]
    if not installed:
        yield ok("service.installed", "not installed as a service; `voiceslm service install` does that")
    for unit in installed:
        yield _unit(unit)
    if sum(unit.active for unit in installed) > 1:
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
    check, says = "service.user" if unit.user else "service.machine", unit.says
    active, enabled = says.get("ActiveState", ""), says.get("UnitFileState", "")
    logs = f"voiceslm service logs{unit.flag}"
    if says.get("LoadState") != "loaded":
        return broken(
            check,
            f"{unit} cannot be used",
            f"systemd says: {says.get('LoadState')}",
            f"voiceslm service install{unit.flag}",
        )
    restarts = int(says.get("NRestarts") or 0)
    if active == "failed" or says.get("SubState") == "auto-restart":
        return broken(
            check,
            f"{unit} has failed",
            f"systemd says: {says.get('Result')}, restarted {restarts} times",
            f"See why: {logs}; then: {unit.systemctl} restart {UNIT}",
        )
    if active in ("inactive", "deactivating"):
        return advice(
            check,
            f"{unit} is installed and not running",
            "it was stopped, or never started",
            f"{unit.systemctl} start {UNIT}",
        )
    if enabled not in ("enabled", "enabled-runtime", "static"):
        return advice(
            check,
            f"{unit} runs, but will not after the next start of this machine",
            f"it is {enabled or 'not enabled'}",
            f"{unit.systemctl} enable {UNIT}",
        )
    if restarts >= RESTLESS:
        return advice(
            check,
            f"{unit} was restarted {restarts} times",
            "it ended, or stood still and its watchdog ended it",
            f"See why: {logs}",
        )
    told = f" ({says['StatusText']})" if says.get("StatusText") else ""
    return ok(check, f"{unit} is {active} and {enabled}{told}")
