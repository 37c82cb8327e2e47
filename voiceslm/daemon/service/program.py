"""Interpreter, packages and launcher below /opt/voiceslm, each release in a folder of its own.

``bin`` is a link into the release in use. An install builds beside it, tries the result out, and then changes that
one link; one that was interrupted has changed nothing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import stat
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import voiceslm
from voiceslm.daemon.service import interpreter
from voiceslm.daemon.service.distributions import files_of, needed
from voiceslm.daemon.service.files import explained, link, put, remove
from voiceslm.daemon.service.layout import USER
from voiceslm.daemon.service.units import NAMES, template

if TYPE_CHECKING:
    from voiceslm.daemon.service.commands import Commands
    from voiceslm.daemon.service.layout import Layout

NAME = "voiceslm"

TRIED_OUT = (
    "ctranslate2, faster_whisper, livekit.rtc, llama_cpp, onnxruntime, piper, sounddevice, ssl, voiceslm.cli.app, "
    "voiceslm.daemon.running"
)
"""What is imported before a release comes into use: all that has native code, and all of ours."""

TRYING_SECONDS = 300.0
"""Longest wait for that, with a cold SD card."""

COMPILING_SECONDS = 1800.0
"""Longest wait for the compilation of all modules, which leaves out what was compiled already."""

CATALOGS = {"models.toml": "models/catalog.toml", "voices.toml": "voices/catalog.toml"}
"""What a wheel has in voiceslm/catalog/data, and where it lies in a checkout."""


class Program:
    """What `run` is started from."""

    def __init__(self, layout: Layout, commands: Commands) -> None:
        """Take where it lies, and what runs other programs."""
        self._folder = layout.program
        self._commands = commands
        self._packages = needed(NAME)
        self._python = interpreter.running()

    @property
    def release(self) -> Path:
        """The folder of the release that this process would install: named by version and content."""
        return self._folder / "releases" / f"{voiceslm.__version__}-{self._fingerprint()}"

    def in_use(self) -> bool:
        """Say whether that release is the one in use."""
        return self._linked() == self.release and (self.release / "bin" / NAME).is_file()

    def install(self) -> None:
        """Build the release, try it out, and put it into use.

        Raises:
            Problem: it cannot be written, or the copy does not run.
        """
        release = self.release
        remove(release)
        try:
            with explained(release):
                self._build(release)
            self._try_out(release)
        except BaseException:
            remove(release)
            raise
        link(self._folder / "bin", f"releases/{release.name}/bin")

    def leftovers(self) -> list[Path]:
        """Return the releases that are not in use."""
        releases = self._folder / "releases"
        kept = self._linked()
        return [path for path in sorted(releases.iterdir()) if path != kept] if releases.is_dir() else []

    def _linked(self) -> Path | None:
        link = self._folder / "bin"
        return self._folder / link.readlink().parent if link.is_symlink() else None

    def _fingerprint(self) -> str:
        digest = hashlib.sha256(
            f"{sys.version} {self._python} {_environment(Path('/'), self._python)}".encode()
        )
        for package in self._packages:
            digest.update((package.read_text("RECORD") or str(package.version)).encode())
        for path in sorted(_source().rglob("*.py")):
            status = path.stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}".encode())
        return digest.hexdigest()[:12]

    def _build(self, release: Path) -> None:
        executable = interpreter.copy(self._python, release / "python")
        packages = _environment_at(release / "venv", executable)
        for package in self._packages:
            _copy_package(package, packages)
        _copy_ourselves(packages / NAME)
        put(release / "bin" / NAME, self._launcher(release), mode=0o755)
        python = release / "venv/bin/python"
        # The service may not write here. A module with a mistake, as some packages carry for old Pythons, is no fault.
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
        variables = "".join(f"export {variable}\n" for variable in self._variables(release))
        return f'#!/bin/sh\n{variables}exec {release}/venv/bin/python -I -m voiceslm "$@"\n'

    def _try_out(self, release: Path) -> None:
        """Run it as the service will: what cannot be read, or was forgotten, shows now."""
        env = dict([variable.split("=", 1) for variable in self._variables(release)])
        python = str(release / "venv/bin/python")
        command = (python, "-I", "-c", f"import {TRIED_OUT}")
        self._commands.run_as(USER, *command, env={"HOME": "/", **env}, seconds=TRYING_SECONDS)


def _environment_at(folder: Path, executable: Path) -> Path:
    """Make a virtual environment of ``executable``; return where its packages belong."""
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    packages.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin/python").symlink_to(executable)
    settings = f"home = {executable.parent}\ninclude-system-site-packages = false\n"
    put(folder / "pyvenv.cfg", settings, mode=0o644)
    return packages


def _copy_package(package: metadata.Distribution, packages: Path) -> None:
    """Copy the files of a distribution, and the bytecode beside them; of our own only what it says of itself."""
    ours = package.metadata["Name"] == NAME
    for relative, source in files_of(package):
        if ours and ".dist-info" not in relative.partition("/")[0]:
            continue
        _copy(source, packages / relative)
        if source.suffix == ".py":
            compiled = Path(importlib.util.cache_from_source(str(source)))
            if compiled.is_file():
                _copy(compiled, packages / Path(relative).parent / "__pycache__" / compiled.name)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _copy_ourselves(target: Path) -> None:
    """Copy our own package, from a checkout or from where a wheel was unpacked, with the data a wheel carries."""
    shutil.copytree(_source(), target, ignore=shutil.ignore_patterns("__pycache__"))
    for name, place in CATALOGS.items():
        if not (target / "catalog/data" / name).exists():
            _copy(_source().parent / place, target / "catalog/data" / name)
    for name in NAMES:
        put(target / "daemon/service/data" / name, template(name), mode=0o644)


def _source() -> Path:
    return Path(voiceslm.__file__).parent


def _make_readable(top: Path, release: Path) -> None:
    """Let everybody read what may have been copied from a folder that only its owner could enter."""
    for folder in (top, top / "releases"):
        folder.chmod(0o755)
    for folder, _, names in os.walk(release):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
