"""Runs the real command in a process of its own, as a user does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

PATIENCE = 240
"""Seconds until a command counts as hung, on a slow and busy machine."""


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def document(self):
        return json.loads(self.out)

    def assert_refused(self, *words, code=1):
        """The command failed with one clear line that has all the words in it."""
        assert self.code == code, self
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("error: ")
        assert "Traceback" not in self.err + self.out
        for word in words:
            assert word in lines[0]


def environment(**changes):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICESLM_")}
    return kept | changes


def voiceslm(*arguments, prefix=(), cwd=None, **changes):
    done = subprocess.run(
        [*prefix, sys.executable, "-m", "voiceslm", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=cwd,
        env=environment(**changes),
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
