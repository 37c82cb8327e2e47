"""What is measured, and on what: the machine, the programs, the models."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import voiceslm
from voiceslm.bench.decisive import SECTIONS
from voiceslm.catalog import resolve
from voiceslm.catalog.store import MARKER
from voiceslm.engines import models_of
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from voiceslm.catalog import Kind
    from voiceslm.config import Settings

ENGINES: tuple[Kind, ...] = ("stt", "llm", "turn", "voice")
"""What the measured turns compute with."""

PACKAGES = (
    "ctranslate2",
    "faster-whisper",
    "llama-cpp-python",
    "onnxruntime",
    "piper-tts",
    "pymicro-wakeword",
    "numpy",
    "hassil",
    "home-assistant-intents",
)
"""Those whose version shows in the figures."""

SHOWN = ("cli/", "bench/pictures/", "bench/whole/page.py")
"""Of voiceslm's code: what only shows figures."""

GIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class About:
    """All that a figure depends on, besides what else the machine does at the time."""

    version: str
    commit: str | None
    """Of the checkout, with "+" where something in it is not committed; None outside of one."""

    source: str
    """SHA-256 of voiceslm's own code, without what only shows figures."""

    machine: dict[str, Any]
    packages: dict[str, str | None]
    models: dict[str, dict[str, Any]]
    """stt, llm, voice, turn: id, and the SHA-256 of every file; an error where a model is not here."""

    settings: dict[str, Any]
    """Those that are not as shipped."""

    def document(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        return asdict(self)

    @property
    def decisive(self) -> dict[str, Any]:
        """What makes a figure another figure: the code rather than the commit, which any document changes."""
        return {key: value for key, value in self.document().items() if key != "commit"}


def look(settings: Settings) -> About:
    """Look at this machine; reads the models whole, which takes a second or two."""
    package, models = Path(voiceslm.__file__).parent, models_of(settings)
    return About(
        voiceslm.__version__,
        commit(package),
        source(package),
        machine(),
        {name: _version(name) for name in PACKAGES},
        {kind: _model(getattr(models, kind), kind) for kind in ENGINES},
        settings.model_dump(mode="json", include=SECTIONS, exclude_defaults=True),
    )


def machine() -> dict[str, Any]:
    """Say what this is."""
    return {
        "processor": processor(Path("/proc/cpuinfo")),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": distribution(),
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }


def processor(cpuinfo: Path) -> str:
    """Return the processor's name as the kernel tells it; on ARM boards that is often the board's."""
    known: dict[str, str] = {}
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            key, _, value = line.partition(":")
            known.setdefault(key.strip(), value.strip())
    return known.get("model name") or known.get("Model") or platform.machine()


def distribution() -> str:
    """Return the name of the system."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def commit(package: Path) -> str | None:
    """Return the commit of the checkout that ``package`` lies in; None where it is in none."""
    if not (package.parent / ".git").exists():
        return None
    found = _git(package, "rev-parse", "--short=12", "HEAD")
    if not found:
        return None
    return found + ("+" if _git(package, "status", "--porcelain", "--untracked-files=no") else "")


def source(package: Path) -> str:
    """Return the SHA-256 of the Python files below ``package`` that figures depend on, names and contents."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        if not name.startswith(SHOWN):
            digest.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _model(name: str, kind: Kind) -> dict[str, Any]:
    shown = Path(name).name  # a path tells whose machine it is
    try:
        path = resolve(name, kind)
    except Problem as problem:
        return {"id": shown, "error": problem.cause}
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return {"id": shown, "sha256": {file.name: _sha256(file) for file in files if file.name != MARKER}}


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
