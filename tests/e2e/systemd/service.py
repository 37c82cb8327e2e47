"""The installed service, as systemd, its journal and its own door tell of it."""

from __future__ import annotations

import json
import subprocess

from tests.e2e.systemd.container import until

UNIT = "voiceslm.service"

PROGRAM = "/usr/local/bin/voiceslm"


class Service:
    """Asks about it, and waits for it."""

    def __init__(self, container):
        self.container = container
        self.installation = None

    def show(self, name):
        """Return one of systemd's properties of the unit."""
        return self.container.run("systemctl", "show", UNIT, f"--property={name}", "--value").strip()

    @property
    def pid(self):
        return int(self.show("MainPID"))

    @property
    def active(self):
        return self.show("ActiveState") == "active"

    def journal(self):
        """Return what it has written since it was first started."""
        return self.container.run("journalctl", "--unit", UNIT, "--output=cat", "--no-pager")

    def says(self, *words, since=0):
        """Wait for a line of the journal, after its first ``since`` characters, that has all the words."""

        def told():
            return any(all(word in line for word in words) for line in self.journal()[since:].splitlines())

        until(told, f"{words} in the journal")

    def status(self):
        """Return what it says of itself at its door."""
        return json.loads(self.container.run(PROGRAM, "status", "--json"))

    def begin(self, *command):
        """Start another command inside, which speaks to it."""
        whole = self.container.command(PROGRAM, *command)
        return subprocess.Popen(
            whole, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def started_again(self, before):
        """Wait until another process than ``before`` is up and ready."""
        until(lambda: self.active and self.pid not in (0, before), "started again")
