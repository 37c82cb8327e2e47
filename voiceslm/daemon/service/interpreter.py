"""A copy of the Python that runs this, independent of where it was installed."""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

SKIPPED = (
    "site-packages",
    "dist-packages",
    "test",
    "tests",
    "idlelib",
    "tkinter",
    "turtledemo",
    "ensurepip",
    "lib2to3",
)
"""Folders of the standard library that nothing here imports: 80 % of it."""

BUILD_FILES = "config-*"
"""What extensions are compiled with."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python as it lies on disk."""

    executable: Path
    prefix: Path
    library: Path
    """The standard library, below ``prefix``."""

    shared: Path | None
    """libpython, where the executable loads one."""


def running() -> Interpreter:
    """Return the Python of this process: the one behind its virtual environment."""
    base = {"base": sys.base_prefix, "installed_base": sys.base_prefix}
    return Interpreter(
        executable=Path(os.path.realpath(sys.executable)),
        prefix=Path(sys.base_prefix),
        library=Path(sysconfig.get_path("stdlib", vars=base)),
        shared=_shared_library(Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")),
    )


def copy(source: Interpreter, target: Path) -> Path:
    """Copy an interpreter and its standard library to ``target``, which does not exist.

    It finds its library by its own place. A libpython is in ``target/lib``, for LD_LIBRARY_PATH.

    Returns:
        The copied executable.

    Raises:
        OSError: something cannot be read or written.
    """
    executable = target / "bin" / source.executable.name
    executable.parent.mkdir(parents=True)
    shutil.copy2(source.executable, executable)
    shutil.copytree(
        source.library,
        target / source.library.relative_to(source.prefix),
        ignore=shutil.ignore_patterns(*SKIPPED, BUILD_FILES),
        ignore_dangling_symlinks=True,
    )
    if source.shared:
        (target / "lib").mkdir(exist_ok=True)
        shutil.copy2(source.shared, target / "lib" / source.shared.name)
    return executable


def _shared_library(maps: str) -> Path | None:
    """Find libpython among the files that a process has mapped."""
    found = re.search(r"(/\S+/libpython3[^/\s]*\.so[^/\s]*)$", maps, re.MULTILINE)
    return Path(found[1]) if found else None
