"""What it takes to remove the service again; whatever is missing already is no fault."""

from __future__ import annotations

import pwd
from typing import TYPE_CHECKING

from voiceslm.daemon.service.files import exists, remove
from voiceslm.daemon.service.installing import user_unit_file
from voiceslm.daemon.service.layout import UNIT, USER, Layout
from voiceslm.daemon.service.plan import Step

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.daemon.service.commands import Commands
    from voiceslm.daemon.service.manager import Manager


def machine_removal(layout: Layout, commands: Commands, manager: Manager, *, keep_data: bool) -> list[Step]:
    """Return what removes the service of the machine; with ``keep_data``, not what is the person's own."""
    program = [
        _unit(layout.unit, manager),
        Step(
            f"command: {layout.command} removed",
            is_so=lambda: not _is_ours(layout),
            do=lambda: remove(layout.command),
        ),
        _removal("program", layout.program),
    ]
    if keep_data:
        return [_ending(manager), *program]
    return [
        _ending(manager),
        _removal("changes made with `systemctl edit`", layout.drop_ins),
        *program,
        _removal("models", layout.cache),
        _removal("timers, lists and the like", layout.state),
        _removal("configuration", layout.config.parent),
        *(_removal("credential", path) for path in layout.credentials),
        Step(f"user {USER}: removed", is_so=_no_user, do=lambda: _remove_user(commands)),
    ]


def user_removal(home: Path, manager: Manager) -> list[Step]:
    """Return what removes the service of a user's session: all of it but their configuration and models."""
    return [_ending(manager), _unit(user_unit_file(home), manager)]


def _ending(manager: Manager) -> Step:
    return Step(
        f"stop: {UNIT}, now and for good",
        is_so=lambda: not manager.state().enabled and manager.state().active == "inactive",
        do=manager.end,
    )


def _unit(path: Path, manager: Manager) -> Step:
    def take_away() -> None:
        remove(path)
        manager.read_units()

    return Step(f"unit: {path} removed", is_so=lambda: not exists(path), do=take_away)


def _is_ours(layout: Layout) -> bool:
    command = layout.command
    return command.is_symlink() and command.readlink().is_relative_to(layout.program)


def _removal(what: str, path: Path) -> Step:
    return Step(f"{what}: {path} removed", is_so=lambda: not exists(path), do=lambda: remove(path))


def _no_user() -> bool:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        return True
    return False


def _remove_user(commands: Commands) -> None:
    commands.run("userdel", USER)
