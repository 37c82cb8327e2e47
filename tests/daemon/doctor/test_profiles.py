"""Which profile a machine is quick enough for."""

from __future__ import annotations

import pytest

from voiceslm.daemon.doctor.profiles import Speeds, recommend

QUICK = Speeds(stt=0.2, prompt=0.25, token=0.04, voice=0.08)
EVERYTHING = {"default": True, "small": True, "tiny": True}


def times(factor):
    return Speeds(*(factor * value for value in (QUICK.stt, QUICK.prompt, QUICK.token, QUICK.voice)))


def test_the_first_sound_comes_after_the_words_the_prompt_a_clause_and_the_voice():
    assert QUICK.first_sound == pytest.approx(0.2 + 0.25 + 7 * 0.04 + 0.08)


@pytest.mark.parametrize(
    ("slower", "profile"), [(1, "default"), (1.8, "default"), (2.2, "small"), (3.2, "tiny"), (10, "tiny")]
)
def test_the_largest_that_is_quick_enough_is_recommended(slower, profile):
    assert recommend(times(slower), "default", fits=EVERYTHING).profile == profile


def test_a_machine_too_slow_for_any_is_told_so():
    assert not recommend(times(10), "default", fits=EVERYTHING).quick_enough
    assert recommend(times(3.2), "default", fits=EVERYTHING).quick_enough


def test_what_does_not_fit_the_memory_is_not_recommended():
    fits = EVERYTHING | {"default": False}
    assert recommend(QUICK, "default", fits=fits).profile == "small"


def test_a_larger_one_is_recommended_from_what_the_smaller_takes():
    tiny = Speeds(stt=0.15, prompt=0.06, token=0.015, voice=0.08)
    advised = recommend(tiny, "tiny", fits=EVERYTHING)
    assert advised.profile == "default"
    assert advised.seconds["tiny"] == pytest.approx(tiny.first_sound)
    assert advised.seconds["default"] > advised.seconds["small"] > advised.seconds["tiny"]
