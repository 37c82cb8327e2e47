"""What it takes to install the service, step by step."""

from __future__ import annotations

import getpass
import pwd
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm import config
from voiceslm.catalog import Store
from voiceslm.daemon.service import models
from voiceslm.daemon.service.files import exists, explained, holds, link, put, remove
from voiceslm.daemon.service.layout import UNIT, USER, Layout
from voiceslm.daemon.service.plan import Step
from voiceslm.daemon.service.program import NAME, Program
from voiceslm.daemon.service.units import template, user_unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.catalog import Entry
    from voiceslm.config import Settings
    from voiceslm.daemon.service.commands import Commands
    from voiceslm.daemon.service.manager import Manager, UnitState
    from voiceslm.daemon.service.origin import Origin

    Waiting = Callable[[UnitState], None]


def settings_of(layout: Layout, origin: Origin) -> Settings:
    """Return the settings that the service will have: its own file's, else the person's, else the defaults.

    Raises:
        Problem: they are wrong; nothing has been changed yet.
    """
    chosen = layout.config if exists(layout.config) else origin.file
    return config.load(chosen, {}) if chosen else config.Settings()


def machine_plan(
    layout: Layout, origin: Origin, commands: Commands, manager: Manager, waiting: Waiting
) -> list[Step]:
    """Return what installs the service of the machine, or brings it up to date.

    Raises:
        Problem: the configuration is wrong, or a package of this installation is missing.
    """
    program = Program(layout, commands)
    target = Store(layout.cache)
    entries = models.wanted(settings_of(layout, origin))
    source = f"a copy of {origin.file}" if origin.file else "every key explained and at its default"
    return [
        Step(
            f"user {USER}: a system user without login or home, in the group audio",
            is_so=lambda: _in_audio(commands),
            do=lambda: _make_user(layout, commands),
        ),
        Step(
            f"program: {layout.program}/bin/{NAME}, with Python and all it needs in {program.release}",
            is_so=program.in_use,
            do=program.install,
        ),
        Step(
            f"command: {layout.command}, for `sudo voiceslm status` and the like, unless something is there",
            is_so=lambda: exists(layout.command),
            do=lambda: link(layout.command, str(layout.program / "bin" / NAME)),
        ),
        Step(
            f"configuration: {layout.config}, {source}",
            is_so=lambda: exists(layout.config),
            do=lambda: _put_config(layout, origin),
        ),
        Step(
            f"models: {_names(entries)} in {layout.cache}, from {origin.store.root} or pulled",
            is_so=lambda: not models.missing(entries, target),
            do=lambda: _bring_models(entries, origin.store, layout, commands),
        ),
        Step(
            f"unit: {layout.unit}",
            is_so=lambda: holds(layout.unit, template(UNIT)),
            do=lambda: _put_unit(layout.unit, template(UNIT), manager),
        ),
        _enabling(manager, "the machine"),
        Step(
            f"start: {UNIT}, until it is ready",
            is_so=lambda: manager.state().running,
            do=lambda: manager.restart(waiting),
            follows_changes=True,
        ),
        Step(
            f"earlier releases: removed from {layout.program}",
            is_so=lambda: not program.leftovers(),
            do=lambda: _remove_all(program.leftovers()),
        ),
    ]


def user_plan(
    home: Path, origin: Origin, commands: Commands, manager: Manager, waiting: Waiting
) -> list[Step]:
    """Return what installs the service of a user's session, which runs this very installation.

    Raises:
        Problem: the configuration is wrong.
    """
    entries = models.wanted(config.load(origin.file, {}) if origin.file else config.Settings())
    unit, text = user_unit_file(home), user_unit(Path(sys.executable))
    pull = [sys.executable, "-m", "voiceslm", "models", "pull", *(entry.id for entry in entries)]
    person = getpass.getuser()
    return [
        Step(
            f"models: {_names(entries)} in {origin.store.root}",
            is_so=lambda: not models.missing(entries, origin.store),
            do=lambda: commands.run_here(*pull),
        ),
        Step(
            f"unit: {unit}, which runs {sys.executable} -m voiceslm",
            is_so=lambda: holds(unit, text),
            do=lambda: _put_unit(unit, text, manager),
        ),
        _enabling(manager, "the session"),
        Step(
            f"lingering: {person}'s session begins with the machine, not with a login",
            is_so=lambda: lingers(person, commands),
            do=lambda: _linger(person, commands),
        ),
        Step(
            f"start: {UNIT}, until it is ready",
            is_so=lambda: manager.state().running,
            do=lambda: manager.restart(waiting),
            follows_changes=True,
        ),
    ]


def user_unit_file(home: Path) -> Path:
    """Return where a user's unit lies."""
    return home / ".config/systemd/user" / UNIT


def lingers(person: str, commands: Commands) -> bool:
    """Say whether the session of ``person`` is there without a login."""
    return commands.ask("loginctl", "show-user", person, "--property=Linger", "--value").out.strip() == "yes"


def _linger(person: str, commands: Commands) -> None:
    """Ask for it: a person may for themselves on most systems; where not, `lingers` goes on saying so."""
    commands.ask("loginctl", "--no-ask-password", "enable-linger", person)


def _enabling(manager: Manager, whole: str) -> Step:
    return Step(
        f"enable: {UNIT} starts with {whole}", is_so=lambda: manager.state().enabled, do=manager.enable
    )


def _names(entries: list[Entry]) -> str:
    return ", ".join(entry.id for entry in entries) or "none of the catalog"


def _in_audio(commands: Commands) -> bool:
    return "audio" in commands.ask("id", "--name", "--groups", USER).out.split()


def _make_user(layout: Layout, commands: Commands) -> None:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        options = ("--system", "--user-group", "--home-dir", str(layout.state), "--no-create-home")
        commands.run(
            "useradd", *options, "--shell", "/usr/sbin/nologin", "--comment", "voice assistant", USER
        )
    commands.run("usermod", "--append", "--groups", "audio", USER)


def _put_config(layout: Layout, origin: Origin) -> None:
    with explained(layout.config):
        text = origin.file.read_text(encoding="utf-8-sig") if origin.file else config.commented()
    put(layout.config, text, mode=0o640, group=USER)


def _bring_models(entries: list[Entry], source: Store, layout: Layout, commands: Commands) -> None:
    target = Store(layout.cache)
    with explained(layout.cache):
        layout.cache.mkdir(parents=True, exist_ok=True)
    lacking = [
        entry.id for entry in models.missing(entries, target) if not models.bring(entry, source, target)
    ]
    models.hand_over(target)
    if lacking:
        launcher = str(layout.program / "bin" / NAME)
        env = {"CACHE_DIRECTORY": str(layout.cache), "HOME": str(layout.state)}
        commands.run_as(USER, launcher, "models", "pull", *lacking, env=env, show=True, seconds=None)


def _put_unit(path: Path, text: str, manager: Manager) -> None:
    put(path, text, mode=0o644)
    manager.read_units()


def _remove_all(paths: list[Path]) -> None:
    for path in paths:
        remove(path)
