"""What is copied so that the service needs nothing of a home folder: an interpreter and packages."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from voiceslm.daemon.service import interpreter
from voiceslm.daemon.service.distributions import files_of, needed
from voiceslm.daemon.service.packages import copy_ourselves, copy_package
from voiceslm.errors import Problem

SHOW = "import sys, ssl, json; print(json.dumps([sys.prefix, *sorted(m.__file__ for m in (ssl, json))]))"


def names(packages):
    return {package.metadata["Name"].lower().replace("_", "-") for package in packages}


def test_what_is_needed_at_run_time_is_found_however_deep_and_nothing_else():
    found = names(needed("voiceslm"))
    assert {"voiceslm", "numpy", "llama-cpp-python", "ctranslate2", "cffi"} <= found
    assert not {"pytest", "mypy", "ruff", "hypothesis"} & found


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(Problem, match="no-such-thing"):
        needed("no-such-thing")


def test_the_files_of_a_package_lie_below_site_packages():
    package = next(package for package in needed("httpx") if package.metadata["Name"] == "httpx")
    files = dict(files_of(package))
    assert "httpx/__init__.py" in files
    assert all(not relative.startswith(("/", "..")) and path.is_file() for relative, path in files.items())


def test_a_copied_interpreter_runs_with_its_own_library(tmp_path):
    source = interpreter.running()
    executable = interpreter.copy(source, tmp_path / "python")
    told = subprocess.run(
        [executable, "-I", "-S", "-c", SHOW],
        env={"LD_LIBRARY_PATH": str(tmp_path / "python/lib")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.count(str(tmp_path)) == 3, told


def test_of_what_is_only_for_developers_nothing_is_copied(tmp_path):
    interpreter.copy(interpreter.running(), tmp_path / "python")
    left = {Path(folder).name for folder, _, _ in os.walk(tmp_path)}
    assert not {"test", "idlelib", "tkinter", "site-packages"} & left


def test_the_shared_library_is_found_among_what_a_process_has_mapped():
    maps = (
        "7f00-7f01 r-xp 00000000 fe:00 12   /opt/py/lib/libpython3.11.so.1.0\n"
        "7f02-7f03 r-xp 00000000 fe:00 13   /usr/lib/libc.so.6\n"
    )
    assert interpreter._shared_library(maps) == Path("/opt/py/lib/libpython3.11.so.1.0")
    assert interpreter._shared_library("7f02-7f03 r-xp 00000000 fe:00 13   /usr/lib/libc.so.6\n") is None


def test_our_own_copy_carries_the_catalogs_and_the_unit_files(tmp_path):
    copy_ourselves(tmp_path / "voiceslm")
    for name in (
        "catalog/data/models.toml",
        "catalog/data/voices.toml",
        "daemon/service/data/voiceslm.service",
    ):
        assert (tmp_path / "voiceslm" / name).stat().st_size
    assert not list(tmp_path.rglob("__pycache__"))


def test_a_copied_package_can_be_imported_from_its_new_place(tmp_path):
    for package in needed("httpx"):
        copy_package(package, tmp_path)
    told = subprocess.run(
        [interpreter.running().executable, "-S", "-c", "import httpx; print(httpx.__file__)"],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.startswith(str(tmp_path)), told
