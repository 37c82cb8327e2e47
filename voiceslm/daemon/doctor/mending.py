"""Commands that mend."""

from __future__ import annotations

import importlib.util
import shlex
import shutil
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
OWN_UV = CHECKOUT / ".tools" / "uv" / "bin" / "uv"
"""Where scripts/setup puts uv when the machine has none."""


def install(*arguments: str) -> str:
    """Return the command that installs into the environment that runs this, with pip or else with uv."""
    if _has_pip():
        return shlex.join([sys.executable, "-m", "pip", "install", *arguments])
    uv = str(OWN_UV) if OWN_UV.exists() and not shutil.which("uv") else "uv"
    return shlex.join([uv, "pip", "install", "--python", sys.executable, *arguments])


def rebuild_llama(version: str) -> str:
    """Return the command that compiles llama.cpp for this processor; an empty version takes the newest."""
    anew = ("--force-reinstall", "--no-cache-dir") if _has_pip() else ("--reinstall", "--no-cache")
    package = f"llama-cpp-python=={version}" if version else "llama-cpp-python"
    build = install(*anew, "--no-deps", "--no-binary", "llama-cpp-python", package)
    return f'CMAKE_ARGS="-DGGML_NATIVE=ON" {build}'


def _has_pip() -> bool:
    return importlib.util.find_spec("pip") is not None
