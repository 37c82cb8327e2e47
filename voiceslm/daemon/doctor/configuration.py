"""The configuration: whether it can be read, and who else can read the secrets in it."""

from __future__ import annotations

import stat
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.config import home_pin, mqtt_password
from voiceslm.daemon.doctor.finding import advice, ok, trouble
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voiceslm.config import Loaded
    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding

SECRETS = ("mqtt.password", "home.pin")


def check(case: Case) -> Iterator[Finding]:
    """Look at the configuration and the files of secrets that it names."""
    if case.unreadable is not None or case.loaded is None:
        problem = case.unreadable or Problem("unknown")
        yield trouble(
            "configuration.file", "the configuration is refused; what follows goes by the defaults", problem
        )
        return
    loaded, settings = case.loaded, case.settings
    yield ok(
        "configuration.file",
        f"{loaded.file} is right" if loaded.file else "no configuration file, so the defaults hold",
    )
    yield from _exposed(loaded)
    mqtt, home = settings.mqtt, settings.home
    yield from _secret("configuration.mqtt_password", mqtt.password_file, partial(mqtt_password, mqtt))
    yield from _secret("configuration.home_pin", home.pin_file, partial(home_pin, home))


def _secret(check: str, file: str, read: Callable[[], str]) -> Iterator[Finding]:
    """Look at a secret that lies in ``file``, or is passed to the service."""
    try:
        read()
    except Problem as problem:
        yield trouble(check, "a secret cannot be read", problem)
        return
    if file and _open_to_all(Path(file).expanduser()):
        yield _open(check, file)
    elif file:
        yield ok(check, f"the secret in {file} can be read, and not by everybody")


def _exposed(loaded: Loaded) -> Iterator[Finding]:
    """Tell of secrets that stand in a file that everybody may read."""
    if loaded.file is None:
        return
    written = [name for name in SECRETS if loaded.origins.get(name, "").startswith(f"{loaded.file}, line")]
    if written and _open_to_all(loaded.file):
        yield _open("configuration.secrets", str(loaded.file), f" ({', '.join(written)})")


def _open(check: str, file: str, which: str = "") -> Finding:
    return advice(
        check,
        f"everybody on this machine can read the secret in {file}{which}",
        "its mode allows others to read it",
        f"chmod o= {file}",
    )


def _open_to_all(file: Path) -> bool:
    try:
        return bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False
