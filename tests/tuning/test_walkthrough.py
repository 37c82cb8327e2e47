"""The walk-through of docs/tuning.md in a short form: a made-up home, the real 135M model, a few seconds of training."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import model

pytest.importorskip("torch", reason="tuning needs the extra `tune`")

BASE = "smollm2-135m-instruct"
LONGEST = 420
"""Seconds, on a machine that does other things as well."""


def typed(folder, *words):
    """Type a command of which all work goes to ``folder``."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VOICESLM_")}
    environ |= {"XDG_CONFIG_HOME": str(folder / "config"), "STATE_DIRECTORY": str(folder), "COLUMNS": "120"}
    command = [sys.executable, "-m", "voiceslm", *words]
    return subprocess.run(
        command, env=environ, cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False
    )


def test_a_small_home_is_learnt_judged_and_told(tmp_path):
    model(BASE, "llm")
    small = ("--sample", "3", "--most", "80", "--minutes", "0.3", "--base", BASE, "--name", "walk", "--yes")
    done = typed(tmp_path, "tune", *small, "--json")
    assert done.returncode in {0, 1}, done.stderr
    told = json.loads(done.stdout)
    assert told["before"].keys() == told["after"].keys()
    assert bool(told["installed"]) == (done.returncode == 0) == (not told["why_not"])
    listed = json.loads(typed(tmp_path, "tune", "--list", "--json").stdout)
    assert [one["name"] for one in listed] == (["walk"] if told["installed"] else [])
