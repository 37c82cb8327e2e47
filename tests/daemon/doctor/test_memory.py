"""Whether the models fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voiceslm.config import Settings
from voiceslm.daemon.doctor.memory import Facts, gather, judge, kilobytes, needed_by

GB = 1_000_000_000
ENOUGH = Facts(needed=2 * GB, available=3 * GB, swap=0, limit=None, runs=False)


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, "ok"),
        ({"available": GB}, "broken"),
        ({"available": GB, "swap": 2 * GB}, "advice"),
        ({"limit": GB}, "broken"),
        ({"limit": 4 * GB}, "ok"),
        ({"available": GB, "runs": True}, "ok"),
    ],
)
def test_memory_is_judged_by_what_the_models_need(change, level):
    assert judge(replace(ENOUGH, **change)).level == level


@pytest.mark.parametrize(("profile", "measured"), [("tiny", 698_000_000), ("default", 1_813_000_000)])
def test_what_the_profiles_need_is_what_was_measured(profile, measured):
    assert needed_by(Settings(profile=profile)) == pytest.approx(measured, rel=0.06)


def test_a_model_of_ones_own_counts_by_its_size(tmp_path):
    model = tmp_path / "own.gguf"
    with model.open("wb") as file:
        file.truncate(5 * GB)
    settings = Settings.model_validate({"profile": "tiny", "llm": {"model": str(model)}})
    assert needed_by(settings) > 5 * GB


def test_the_kernels_kilobytes_are_read():
    assert kilobytes("MemTotal:       4000 kB\nHugePages_Total:  0\nSwapFree:  12 kB\n") == {
        "MemTotal": 4_096_000,
        "SwapFree": 12_288,
    }


def test_this_machine_can_be_asked():
    assert gather(Settings(profile="tiny"), runs=False).available > 0
