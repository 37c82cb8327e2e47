"""The root of a small Debian, made once and kept: what a container starts from."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import platformdirs
import pytest

PACKAGES = (
    "ca-certificates",
    "dbus",
    "dbus-user-session",
    "libasound2-plugins",
    "libpam-systemd",
    "libportaudio2",
    "mosquitto",
    "procps",
    "pulseaudio",
    "pulseaudio-utils",
    "systemd",
    "systemd-sysv",
)

PATIENCE = 900.0
"""Seconds for a slow mirror."""


def cached_root():
    """Return the folder, made if need be; skips where that is not possible."""
    mirror, suite, components = _mirror()
    packages = sorted({*PACKAGES, *_of_libraries()})
    digest = hashlib.sha256(" ".join([*packages, components]).encode()).hexdigest()[:12]
    folder = platformdirs.user_cache_path("voiceslm-tests") / f"{suite}-{digest}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        _make(folder, [f"--components={components}", f"--include={','.join(packages)}", suite], mirror)
    return folder


def _make(folder, options, mirror):
    """Make it beside its place, so that one that was interrupted is never taken for whole."""
    partial = folder.with_name(f".{folder.name}.{os.getpid()}")
    log = folder.with_suffix(".log")
    try:
        with log.open("w") as output:
            done = subprocess.run(
                ["debootstrap", "--variant=minbase", *options, str(partial), mirror],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=PATIENCE,
                check=False,
            )
        if done.returncode:
            pytest.skip(f"debootstrap failed: {log.read_text().strip().splitlines()[-1]} (see {log})")
        for archive in partial.glob("var/cache/apt/archives/*.deb"):
            archive.unlink()
        (partial / "etc/hosts").write_text("127.0.0.1 localhost\n")
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _mirror():
    """Return address, suite and components of this machine's own Debian or Ubuntu, as apt has them."""
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line
    )
    suite = release.get("VERSION_CODENAME", "").strip('"')
    wanted = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", wanted, "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line.split() for line in targets.stdout.splitlines()]
    mirrors = [(address, component) for address, name, component in found if name == suite]
    if not mirrors:
        pytest.skip("apt knows no mirror of this machine's system")
    return mirrors[0][0], suite, ",".join(sorted({component for _, component in mirrors}))


@functools.cache
def _of_libraries():
    """Return the packages with the libraries that this Python and what was compiled here are linked to."""
    compiled = [
        Path(sys.executable).resolve(),
        *Path(sysconfig.get_path("stdlib"), "lib-dynload").glob("*.so"),
        *Path(sysconfig.get_path("platlib"), "llama_cpp").rglob("*.so"),
    ]
    told = subprocess.run(["ldd", *map(str, compiled)], capture_output=True, text=True, check=False).stdout
    names = {Path(line.split()[2]).name for line in told.splitlines() if " => /" in line}
    owners = subprocess.run(
        ["dpkg-query", "--search", *(f"*/{name}" for name in sorted(names))],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    pairs = [line.split(": ", 1) for line in owners.splitlines() if "diversion" not in line]
    found = {owner.split(":")[0] for owner, path in pairs if Path(path).name in names}
    return frozenset(package for package in found if not package.endswith(("-dev", "-dbg", "-cross")))
