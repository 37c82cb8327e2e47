"""Interpreter, packages and launcher below /opt/voiceslm, each release in a folder of its own.

``bin`` is a link into the release in use. An install builds beside it, tries the result out, and then changes
that one link; one that was interrupted has changed nothing.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import voiceslm
from voiceslm.daemon.service import interpreter
from voiceslm.daemon.service.distributions import needed
from voiceslm.daemon.service.files import explained, link, put, remove
from voiceslm.daemon.service.layout import USER
from voiceslm.daemon.service.packages import SOURCE, copy_ourselves, copy_package

if TYPE_CHECKING:
    from importlib import metadata

    from voiceslm.daemon.service.commands import Commands
    from voiceslm.daemon.service.layout import Layout

NAME = "voiceslm"

TRIED_OUT = (
    "ctranslate2, faster_whisper, livekit.rtc, llama_cpp, onnxruntime, piper, sounddevice, ssl, "
    "voiceslm.cli.app, voiceslm.daemon.running"
)
"""What is imported before a release comes into use: all that has native code, and all of ours."""

TRYING_SECONDS = 300.0
"""Longest wait for that, with a cold SD card."""

COMPILING_SECONDS = 1800.0
"""Longest wait for the compilation of all modules, which leaves out what was compiled already."""


class Program:
    """What `run` is started from."""

    def __init__(self, layout: Layout, commands: Commands) -> None:
        """Take where it lies, and what runs other programs."""
        self._layout = layout
        self._folder = layout.program
        self._commands = commands
        self._packages = needed(NAME)
        self._python = interpreter.running()
        self.release = self._folder / "releases" / f"{voiceslm.__version__}-{_fingerprint(self._packages)}"
        """The folder of the release that this process would install: named by version and content."""

    def in_use(self) -> bool:
        """Say whether that release is the one in use."""
        return self._linked() == self.release and (self.release / "bin" / NAME).is_file()

    def install(self) -> None:
        """Build the release, try it out, and put it into use.

        Raises:
            Problem: it cannot be written, or the copy does not run.
        """
        remove(self.release)
        try:
            with explained(self.release):
                self._build(self.release)
            self._try_out(self.release)
        except BaseException:
            remove(self.release)
            raise
        link(self._folder / "bin", f"releases/{self.release.name}/bin")

    def leftovers(self) -> list[Path]:
        """Return the other releases that are there."""
        releases = self._folder / "releases"
        return (
            [path for path in sorted(releases.iterdir()) if path != self.release] if releases.is_dir() else []
        )

    def _linked(self) -> Path | None:
        link = self._folder / "bin"
        return self._folder / link.readlink().parent if link.is_symlink() else None

    def _build(self, release: Path) -> None:
        executable = interpreter.copy(self._python, release / "python")
        packages = _environment_at(release / "venv", executable)
        for package in self._packages:
            copy_package(package, packages)
        copy_ourselves(packages / NAME)
        put(release / "bin" / NAME, self._launcher(release), mode=0o755)
        python = release / "venv/bin/python"
        # The service cannot write here. The exit code says little: packages carry modules for other Pythons.
        self._commands.ask(
            "env",
            *self._variables(release),
            str(python),
            *("-I", "-m", "compileall", "-q", "-j", "0"),
            *(str(packages), str(release / "python")),
            seconds=COMPILING_SECONDS,
        )
        _make_readable(self._folder, release)

    def _variables(self, release: Path) -> list[str]:
        return [f"LD_LIBRARY_PATH={release / 'python/lib'}"] if self._python.shared else []

    def _launcher(self, release: Path) -> str:
        """Return what starts it; for root with the folders of the service, which is what root looks after."""
        layout = self._layout
        folders = {"RUNTIME": layout.runtime, "CACHE": layout.cache, "STATE": layout.state}
        defaults = " ".join(
            f'{name}_DIRECTORY="${{{name}_DIRECTORY-{path}}}"' for name, path in folders.items()
        )
        return "\n".join(
            [
                "#!/bin/sh",
                f'[ "$(id -u)" != 0 ] || export {defaults}',
                *(f"export {variable}" for variable in self._variables(release)),
                f'exec {release}/venv/bin/python -I -m voiceslm "$@"',
                "",
            ]
        )

    def _try_out(self, release: Path) -> None:
        """Run it as the service will: what cannot be read, or was forgotten, shows now."""
        env = dict([variable.split("=", 1) for variable in self._variables(release)])
        python = str(release / "venv/bin/python")
        command = (python, "-I", "-c", f"import {TRIED_OUT}")
        self._commands.run_as(USER, *command, env={"HOME": "/", **env}, seconds=TRYING_SECONDS)


def _fingerprint(packages: list[metadata.Distribution]) -> str:
    """Return 12 hex digits that change with the interpreter, the packages, and our own files."""
    digest = hashlib.sha256(sys.version.encode())
    for package in packages:
        digest.update((package.read_text("RECORD") or package.version).encode())
    for path in sorted(SOURCE.rglob("*.py")):
        status = path.stat()
        digest.update(f"{path.relative_to(SOURCE)} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()[:12]


def _environment_at(folder: Path, executable: Path) -> Path:
    """Make a virtual environment of ``executable``; return where its packages belong."""
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    packages.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin/python").symlink_to(executable)
    settings = f"home = {executable.parent}\ninclude-system-site-packages = false\n"
    put(folder / "pyvenv.cfg", settings, mode=0o644)
    return packages


def _make_readable(top: Path, release: Path) -> None:
    """Let everybody read what may have been copied from a folder that only its owner could enter."""
    for folder in (top, top / "releases"):
        folder.chmod(0o755)
    for place, _, names in os.walk(release):
        Path(place).chmod(0o755)
        for name in names:
            path = Path(place, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
