"""`voiceslm run` in a process of its own, and what was heard of it."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import soxr

from tests.e2e.pulse import RATE as ROOM_RATE
from voiceslm.audio import RATE

PATIENCE = 120.0
"""Seconds for the process to get ready or to answer, on a slow and busy machine."""


class Running:
    """The process, and what it has printed."""

    def __init__(self, env, log, *options, prefix=()):
        self.log = log
        self._env = env
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "voiceslm", "run", "--profile", "tiny", *options],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log.open("w"),
            stderr=subprocess.STDOUT,
        )

    @property
    def lines(self):
        return self.log.read_text().splitlines()

    def until(self, *words, since=0):
        """Wait for a line with all ``words`` in it after the first ``since`` lines; return how many there are."""
        found = self.within(PATIENCE, *words, since=since)
        assert found, (words, self.lines[since:])
        return found

    def within(self, seconds, *words, since=0):
        """Wait so long for the same; 0 where none came."""
        deadline = time.monotonic() + seconds
        while True:
            lines = self.lines
            for number, line in enumerate(lines[since:], since + 1):
                if all(word in line for word in words):
                    return number
            assert self.process.poll() is None, lines
            if time.monotonic() > deadline:
                return 0
            time.sleep(0.05)

    def ask(self, *command):
        """Run another command beside it."""
        return subprocess.run(
            [sys.executable, "-m", "voiceslm", *command],
            env=self._env,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def begin(self, *command):
        """Start another command beside it."""
        return subprocess.Popen(
            [sys.executable, "-m", "voiceslm", *command],
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)


def halves(taken):
    """Return what was said and what was answered, both at 16 kHz."""
    left, right = soxr.resample(taken[0], ROOM_RATE, RATE).T
    size = len(right) // 160 * 160
    return left[:size].astype(np.float32), right[:size].astype(np.float32)
