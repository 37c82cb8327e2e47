"""Commands that mend."""

from __future__ import annotations

import importlib.util
import shlex
import sys


def install(*arguments: str) -> str:
    """Return the command that installs into the environment that runs this, with pip or else with uv."""
    quoted = shlex.join(arguments)
    if importlib.util.find_spec("pip"):
        return f"{shlex.quote(sys.executable)} -m pip install {quoted}"
    return f"uv pip install --python {shlex.quote(sys.executable)} {quoted}"


def rebuild_llama(version: str) -> str:
    """Return the command that compiles llama.cpp for this processor."""
    flags = (
        ("--no-cache-dir", "--no-deps") if importlib.util.find_spec("pip") else ("--no-cache", "--no-deps")
    )
    reinstall = "--force-reinstall" if importlib.util.find_spec("pip") else "--reinstall"
    build = install(reinstall, *flags, "--no-binary", "llama-cpp-python", f"llama-cpp-python=={version}")
    return f'CMAKE_ARGS="-DGGML_NATIVE=ON" {build}'
