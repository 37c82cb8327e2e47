"""Copies of installed packages, and of our own, wherever those lie."""

from __future__ import annotations

import importlib.util
import shutil
from importlib import metadata
from pathlib import Path

import voiceslm
from voiceslm.daemon.service.distributions import files_of
from voiceslm.daemon.service.files import put
from voiceslm.daemon.service.units import NAMES, template

SOURCE = Path(voiceslm.__file__).parent
"""Our own package."""

CATALOGS = {"models.toml": "models/catalog.toml", "voices.toml": "voices/catalog.toml"}
"""What a wheel has in voiceslm/catalog/data, and where it lies in a checkout."""


def copy_package(package: metadata.Distribution, packages: Path) -> None:
    """Copy a distribution and the bytecode beside it; of our own only what it says of itself.

    Raises:
        OSError: something cannot be read or written.
    """
    ours = package.metadata["Name"] == SOURCE.name
    for relative, source in files_of(package):
        if ours and ".dist-info" not in relative.partition("/")[0]:
            continue
        _copy(source, packages / relative)
        if source.suffix == ".py":
            compiled = Path(importlib.util.cache_from_source(str(source)))
            if compiled.is_file():
                _copy(compiled, packages / Path(relative).parent / "__pycache__" / compiled.name)


def copy_ourselves(target: Path) -> None:
    """Copy our own package, from a checkout or as a wheel left it, with the data that a wheel carries.

    Raises:
        OSError: something cannot be read or written.
        Problem: the same, or a unit file is missing.
    """
    shutil.copytree(SOURCE, target, ignore=shutil.ignore_patterns("__pycache__"))
    for name, place in CATALOGS.items():
        if not (target / "catalog/data" / name).exists():
            _copy(SOURCE.parent / place, target / "catalog/data" / name)
    for name in NAMES:
        put(target / "daemon/service/data" / name, template(name), mode=0o644)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
