"""The worked examples of docs/architecture.md, done as they stand there in a copy of the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.docs.pages import ROOT, fences

PAGE = "docs/architecture.md"
COPIED = ("voiceslm", "tests", "models", "voices", "systemd", "pyproject.toml")
NEW = [
    fence.info.removeprefix("python ") for fence in fences(PAGE) if fence.info.startswith("python voiceslm/")
]
TESTS = ["tests/skills/test_christmas.py", "tests/tts/test_morse.py", "tests/home/drivers/test_tracker.py"]
KEEPERS = ["tests/skills/test_every_intent.py", "tests/home/test_phrases.py"]
"""Those of the house's own tests that a new ability or kind has to satisfy."""

MINUTE = 60


def run(checkout, *command):
    """Run a module of Python in the copy; return its end and what it said."""
    environ = {**os.environ, "RUFF_NO_CACHE": "true"}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=checkout,
        env=environ,
        capture_output=True,
        text=True,
        timeout=MINUTE,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def change(file, diff):
    """Make the changes of a diff, whose parts are divided by lines of @@; each is found by what it keeps."""
    text = file.read_text("utf-8")
    for part in diff.split("@@\n"):
        lines = [(line[:1] or " ", f"{line[1:]}\n") for line in part.splitlines()]
        before = "".join(line for mark, line in lines if mark in " -")
        after = "".join(line for mark, line in lines if mark in " +")
        assert text.count(before) == 1, f"{file.name} has {text.count(before)} times:\n{before}"
        text = text.replace(before, after)
    file.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the checkout in which all that the page says was done."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("bench", "e2e"))
        else:
            shutil.copy(ROOT / name, folder / name)
    for fence in fences(PAGE):
        language, _, path = fence.info.partition(" ")
        if language == "diff":
            change(folder / path, fence.code)
        elif path:
            (folder / path).write_text(fence.code, "utf-8")
    return folder


def test_there_are_three_of_them_each_with_its_tests():
    written = [fence.info.removeprefix("python ") for fence in fences(PAGE)]
    assert [path for path in written if path.startswith("tests/")] == TESTS
    assert len(NEW) == len(TESTS)


def test_they_do_what_the_page_says_and_the_house_has_nothing_against_them(checkout):
    end, said = run(checkout, "pytest", "-q", "-p", "no:cacheprovider", *TESTS, *KEEPERS)
    assert end == 0, said
    assert " skipped" not in said


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_they_are_written_as_the_rest_is(checkout, command):
    end, said = run(checkout, "ruff", *command, *NEW, *TESTS)
    assert end == 0, said
