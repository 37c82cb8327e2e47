"""Disk, clock and packages, judged from what was found out."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.daemon.doctor.judged import levels, one
from voiceslm.daemon.doctor import clock, disk, python


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "its file system is read-only"),
        (errno.EACCES, "Permission denied"),
    ],
)
def test_a_folder_that_cannot_be_written_to_is_broken(number, words):
    error = OSError(number, os.strerror(number))
    found = disk.judge(disk.Facts("state", "timers", Path("/var/lib/voiceslm"), 10**9, error))
    assert (found.check, found.level, found.cause) == ("disk.state", "broken", words)


def test_models_that_can_only_be_read_are_no_fault():
    error = OSError(errno.EROFS, "Read-only file system")
    found = disk.judge(disk.Facts("cache", "models", Path("/var/cache/voiceslm"), 10**9, error))
    assert found.level == "advice"


def test_little_room_is_worth_knowing():
    found = disk.judge(disk.Facts("cache", "models", Path("/var/cache/voiceslm"), 10_000_000, None))
    assert found.level == "advice"


def test_looking_leaves_nothing_and_makes_nothing(tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    assert disk.gather("state", "timers", place / "not" / "yet").error is None
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("year", "follows", "level"),
    [(2027, True, "ok"), (2027, None, "ok"), (2027, False, "advice"), (1970, None, "broken")],
)
def test_a_clock_is_set_or_not(year, follows, level):
    assert clock.judge(year, follows).level == level


def installed(**versions):
    demanded = ["numpy<3,>=2", "rich>=14", 'jiwer<5,>=4; extra == "bench"']
    return python.Facts("3.11.7", ">=3.11", demanded, {"numpy": "2.3.1", "rich": "14.0", **versions})


def test_what_only_an_extra_needs_may_be_missing():
    assert levels(python.judge(installed())) == {"python.version": "ok", "python.packages": "ok"}


def test_a_version_that_does_not_fit_is_broken():
    found = one(python.judge(installed(numpy="1.26.4")), "python.numpy")
    assert found.what == "numpy 1.26.4 does not fit"
    assert "numpy" in found.mend


def test_a_missing_package_is_broken():
    facts = python.Facts("3.11.7", ">=3.11", ["numpy<3,>=2"], {})
    assert one(python.judge(facts), "python.numpy").what == "numpy is missing"


def test_an_old_python_is_broken():
    facts = python.Facts("3.9.2", ">=3.11", [], {})
    assert levels(python.judge(facts))["python.version"] == "broken"


def test_files_that_were_never_installed_are_no_fault():
    assert levels(python.judge(python.Facts("3.12.0", "", None, {})))["python.packages"] == "advice"
