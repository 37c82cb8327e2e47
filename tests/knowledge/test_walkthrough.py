"""The walk-through of docs/knowledge.md, done as it stands there, with a small language model."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from itertools import pairwise

import pytest

from tests.docs.pages import fences
from tests.knowledge.documents import written
from voiceslm.knowledge.asked import read_asked

PAGE = "docs/knowledge.md"
MINUTE = 60
KINDS = ("markdown ", "csv ", "text ")

BLOCKS = fences(PAGE)
FILES = {one.info.partition(" ")[2]: one.code for one in BLOCKS if one.info.startswith(KINDS)}
ASKED = [
    (command.code.strip(), shown.code)
    for command, shown in pairwise(BLOCKS)
    if command.info == "console" and shown.info == "text"
]


@pytest.fixture
def folder(tmp_path):
    return written(tmp_path, FILES)


def typed(line, folder):
    """Type a command in a folder where nothing is configured; return what it printed."""
    program, *words = shlex.split(line)
    assert program == "voiceslm"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VOICESLM_")}
    environ |= {"VOICESLM_PROFILE": "tiny", "XDG_CONFIG_HOME": str(folder / "config"), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "voiceslm", *words],
        cwd=folder, env=environ, capture_output=True, text=True, timeout=2 * MINUTE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_has_files_and_questions():
    assert {"notes/hotel.md", "notes/questions.csv", "questions.txt"} <= FILES.keys()
    assert len(ASKED) == 3


@pytest.mark.parametrize(("line", "shown"), ASKED)
def test_each_question_is_answered_as_the_page_says(tiny_llm, folder, line, shown):
    printed = [" ".join(one.split()) for one in typed(line, folder).splitlines()]
    for wanted in (" ".join(one.split()) for one in shown.splitlines()):
        assert any(one.startswith(wanted) for one in printed), printed


def test_what_was_noted_can_be_built_listed_and_evaluated(folder):
    assert "2 questions with answers" in typed("voiceslm knowledge build notes", folder)
    assert "Room: double. Price a night: 118 euros." in typed("voiceslm knowledge list --path notes", folder)
    assert [bool(one.accepted) for one in read_asked(folder / "questions.txt")] == [True, True, True, False]
    line = "voiceslm knowledge eval questions.txt --path notes --scope strict --no-model"
    assert "1 of 1 (100.0%) of those that should be" in typed(line, folder)
