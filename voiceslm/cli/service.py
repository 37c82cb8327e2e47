"""``voiceslm service``: voiceslm as a systemd service of this machine, or of your session."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voiceslm.cli.door import status as daemon_status
from voiceslm.cli.output import out
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.daemon.service import Layout, Manager, Step, UnitState
    from voiceslm.daemon.service.plan import Outcome

app = typer.Typer(
    name="service",
    help="Install voiceslm as a systemd service, look after it, remove it.",
    epilog="Without --user it is a service of the machine: it starts with it, and root installs it.",
    no_args_is_help=True,
)

UserOption = Annotated[
    bool, typer.Option("--user", help="The service of your own session, for PipeWire or PulseAudio.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Change nothing; print what would be done.")]


@app.callback()
def _begin() -> None:
    if os.geteuid() == 0:
        sys.dont_write_bytecode = True  # root leaves no files in somebody's checkout


@app.command()
def install(user: UserOption = False, dry_run: DryRunOption = False) -> None:
    """Install the service and start it; installed already, bring it up to date.

    What is as it should be is left alone, your configuration always.
    """
    from voiceslm.daemon import service  # noqa: PLC0415 - other commands should not wait for it

    commands, layout = service.Commands(), service.Layout()
    manager = service.Manager(commands, user=user)
    _check(manager, "install", user=user, dry_run=dry_run)
    origin = service.Origin.of(os.environ)
    if user:
        plan = service.user_plan(Path.home(), origin, commands, manager, _Waiting())
    else:
        plan = service.machine_plan(layout, origin, commands, manager, _Waiting())
    _carry_out(plan, dry_run=dry_run)
    for line in service.advice(layout, origin, commands, user=user):
        out.print(line, markup=False, soft_wrap=True)
    if not dry_run:
        _print_state(manager.state())


@app.command()
def uninstall(
    user: UserOption = False,
    keep_data: Annotated[
        bool,
        typer.Option("--keep-data", help="Leave configuration, timers, lists, models and the system user."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Stop the service and remove what `install` put there, be it all there or not."""
    from voiceslm.daemon import service  # noqa: PLC0415 - other commands should not wait for it

    commands, layout = service.Commands(), service.Layout()
    manager = service.Manager(commands, user=user)
    _check(manager, "uninstall", user=user, dry_run=dry_run)
    if user:
        plan = service.user_removal(Path.home(), manager)
    else:
        ask = not (keep_data or yes or dry_run)
        kept = keep_data or (ask and not typer.confirm(f"Remove {_data(layout)} as well?"))
        plan = service.machine_removal(layout, commands, manager, keep_data=kept)
    _carry_out(plan, dry_run=dry_run)


@app.command()
def status(user: UserOption = False) -> None:
    """Say how the service is, in systemd's words and in its own. Exit code 1: it does not run."""
    from voiceslm.daemon import service  # noqa: PLC0415 - other commands should not wait for it

    manager = service.Manager(service.Commands(), user=user)
    manager.check()
    state = manager.state()
    _print_state(state)
    if not state.running:
        raise typer.Exit(1)
    if not user:
        os.environ["RUNTIME_DIRECTORY"] = str(service.Layout().runtime)
    if user or os.geteuid() == 0:
        daemon_status()
    else:
        out.print(f"More as root: sudo {_ourselves()} service status", markup=False, soft_wrap=True)


@app.command()
def logs(
    user: UserOption = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the latest lines.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes.")] = False,
) -> None:
    """Show what the service has written to the journal."""
    from voiceslm.daemon import service  # noqa: PLC0415 - other commands should not wait for it

    command = ["journalctl", "--unit", service.UNIT, "--lines", str(lines)]
    command += ["--user"] if user else []
    command += ["--follow"] if follow else []
    try:
        os.execvp(command[0], command)  # noqa: S606 - the terminal is journalctl's now
    except FileNotFoundError:
        raise Problem("journalctl is not installed", "It belongs to systemd") from None


class _Waiting:
    """Shows what a starting service says of itself, each thing once."""

    def __init__(self) -> None:
        self._said = ""

    def __call__(self, state: UnitState) -> None:
        if state.text and state.text != self._said:
            self._said = state.text
            out.print(f"      {state.text}", markup=False, soft_wrap=True)


def _check(manager: Manager, verb: str, *, user: bool, dry_run: bool) -> None:
    """Find out whether it can be done at all, before anything is.

    Raises:
        Problem: there is no systemd, or this is not root.
    """
    manager.check()
    if not (user or dry_run or os.geteuid() == 0):
        raise Problem(
            f"only root can {verb} a service of the machine",
            f"Type: sudo {_ourselves()} service {verb}, or add --user for your own session",
        )


def _ourselves() -> str:
    """Return the command that is running, as another user has to type it."""
    script = Path(sys.executable).with_name("voiceslm")
    return shlex.quote(str(script)) if script.exists() else f"{shlex.quote(sys.executable)} -m voiceslm"


def _data(layout: Layout) -> str:
    config, state, cache = layout.config.parent, layout.state, layout.cache
    return f"configuration ({config}), timers and lists ({state}) and models ({cache})"


def _print_state(state: UnitState) -> None:
    rows = {
        "service": state.words(),
        "says": state.text if state.pid else "",
        "starts by itself": "yes" if state.enabled else "no",
        "restarts": str(state.restarts),
    }
    for label, value in rows.items():
        if value:
            out.print(f"{label:24} {value}", markup=False, soft_wrap=True)


def _carry_out(plan: Sequence[Step], *, dry_run: bool) -> None:
    from voiceslm.daemon.service import carry_out  # noqa: PLC0415 - other commands should not wait for it

    numbers = iter(range(1, len(plan) + 1))

    def tell(step: Step, outcome: Outcome | None) -> None:
        if outcome is None:
            out.print(f"{next(numbers)}/{len(plan)}  {step.line}", markup=False, soft_wrap=True)
        else:
            out.print(f"      {outcome}", markup=False)

    carry_out(plan, tell, dry=dry_run)
