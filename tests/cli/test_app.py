"""Every command is there, and only the one that is used is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from voiceslm.cli.app import _Commands, app


@pytest.mark.parametrize("name", _Commands.places)
def test_every_command_explains_itself(name):
    told = CliRunner().invoke(app, [name, "--help"])
    assert told.exit_code == 0
    assert f"voiceslm {name}" in told.output or f"root {name}" in told.output


def test_a_command_that_does_not_exist_is_refused():
    assert CliRunner().invoke(app, ["sing"]).exit_code == 2


def test_a_word_with_the_daemon_waits_for_no_engine():
    code = (
        "import sys; from voiceslm.cli.app import app; app(['status', '--help'], standalone_mode=False); "
        "print([name for name in ('numpy', 'llama_cpp', 'faster_whisper') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.endswith("[]\n")
