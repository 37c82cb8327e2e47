"""What a person has to know, or to do, once the service is installed."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from voiceslm.daemon.service.installing import lingers, settings_of
from voiceslm.daemon.service.layout import UNIT, Layout
from voiceslm.daemon.service.origin import hidden_paths

if TYPE_CHECKING:
    from voiceslm.daemon.service.commands import Commands
    from voiceslm.daemon.service.origin import Origin

CREDENTIALS = {"mqtt.password_file": 0, "home.pin_file": 1}
"""Which of `Layout.credentials` stands in for a setting."""


def advice(layout: Layout, origin: Origin, commands: Commands, *, user: bool) -> list[str]:
    """Return lines for the person who installs; the first ones are about what will not work.

    Raises:
        Problem: the configuration is wrong.
    """
    if user:
        person = getpass.getuser()
        if lingers(person, commands):
            return []
        begin = f"sudo loginctl enable-linger {person}"
        return [f"It runs only while {person} is logged in. To start it with the machine, type: {begin}"]
    hidden = hidden_paths(settings_of(layout, origin))
    return [
        *(
            f"{name} = {path}: the service cannot read home folders. {_remedy(name, layout)}"
            for name, path in hidden
        ),
        f"Settings: {layout.config}, then `systemctl reload {UNIT}`.",
    ]


def _remedy(name: str, layout: Layout) -> str:
    number = CREDENTIALS.get(name)
    if number is None:
        return f"Move it below {layout.config.parent} or {layout.state}, and name it there"
    return f"Put it into {layout.credentials[number]}, and take the setting out"
