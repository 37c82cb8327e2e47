"""A throw-away machine: a real systemd in a container, which sees the checkout, its Python and the models."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

from voiceslm.catalog import Store

CHECKOUT = Path(__file__).parents[3]

BOOT_SECONDS = 60.0

PATIENCE = 120.0
"""Seconds for a command inside, or for something to become so, on a slow and busy machine."""

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Container:
    """The running machine, entered from outside."""

    def __init__(self, leader):
        self.leader = leader
        self.root = Path(f"/proc/{leader}/root")

    def command(self, *command, user="root", **env):
        """Return what runs ``command`` inside, with a clean environment."""
        inside = ["nsenter", "--target", str(self.leader), "--all", "--wdns=/"]
        variables = {"PATH": PATH, "LANG": "C.UTF-8", "HOME": "/root"} | env
        inside += ["env", "-i", *(f"{name}={value}" for name, value in variables.items())]
        return [*inside, *([] if user == "root" else ["runuser", "-u", user, "--"]), *map(str, command)]

    def ask(self, *command, **env):
        """Run a command inside, whatever its exit code."""
        return subprocess.run(
            self.command(*command, **env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def run(self, *command, **env):
        """Run a command inside, and return what it printed."""
        done = self.ask(*command, **env)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def voiceslm(self, *arguments, **env):
        """Run the checkout's own voiceslm inside."""
        return self.ask(sys.executable, "-m", "voiceslm", *arguments, **env)

    def write(self, path, text):
        """Put a file inside."""
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def until(condition, what, seconds=PATIENCE):
    """Wait until ``condition`` returns something true, and return that."""
    deadline = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s"
        time.sleep(0.1)


@contextlib.contextmanager
def booted(root, log):
    """Boot a copy of ``root`` that is forgotten afterwards; skips where that is not possible, and says why."""
    binds = [CHECKOUT, Path(sys.prefix), *_python()]
    cache = Store().root
    package = CHECKOUT / "voiceslm"
    frozen = shutil.copytree(
        package, log.parent / "voiceslm"
    )  # what is edited meanwhile is for the next test
    command = [
        # With the test, whatever ends it, ends the container.
        *("setpriv", "--pdeathsig", "TERM"),
        *("systemd-nspawn", "--quiet", "--directory", str(root), "--volatile=overlay", "--boot"),
        *("--register=no", "--keep-unit", "--private-network", "--hostname=hearth"),
        *(f"--bind-ro={path}" for path in dict.fromkeys(binds)),
        f"--bind-ro={frozen}:{package}",
        f"--bind-ro={cache}:/root/.cache/voiceslm",
    ]
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_DIRECTORY")}
    with log.open("w") as output:
        nspawn = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
        try:
            container = Container(_leader(nspawn, log))
            _wait(container, nspawn, log)
            yield container
        finally:
            _end(nspawn)


def _python():
    """Return where this Python lies: its own prefix, or its parts of /usr."""
    if Path(sys.base_prefix) != Path("/usr"):
        return [Path(sys.base_prefix)]
    return [Path(sys.executable).resolve(), Path(sysconfig.get_path("stdlib"))]


def _leader(nspawn, log):
    """Return the process id of the systemd inside."""
    deadline = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < deadline and nspawn.poll() is None:
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                number, name, _, parent, *_ = status.read_text().split()
                if parent == str(nspawn.pid) and name == "(systemd)":
                    return int(number)
        time.sleep(0.05)
    pytest.skip(f"the container does not start: {_tail(log)}")


def _wait(container, nspawn, log):
    """Wait until everything in it has started."""
    deadline = time.monotonic() + BOOT_SECONDS
    while container.ask("systemctl", "is-system-running").stdout.strip() not in ("running", "degraded"):
        if nspawn.poll() is not None or time.monotonic() > deadline:
            pytest.skip(f"the container does not boot: {_tail(log)}")
        time.sleep(0.1)


def _tail(log):
    return " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])


def _end(nspawn):
    """End it: with the first process of its namespace, all of its processes end."""
    nspawn.terminate()
    try:
        nspawn.wait(10)
    except subprocess.TimeoutExpired:
        nspawn.kill()
        nspawn.wait(10)


def check_possible():
    """Skip where no container can be had."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a container")
    for program, package in (("systemd-nspawn", "systemd-container"), ("debootstrap", "debootstrap")):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (apt-get install {package})")
