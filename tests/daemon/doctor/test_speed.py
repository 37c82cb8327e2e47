"""What is advised once the engines were measured."""

from __future__ import annotations

from voiceslm.config import Settings
from voiceslm.daemon.doctor import memory
from voiceslm.daemon.doctor.profiles import Speeds
from voiceslm.daemon.doctor.speed import judge

QUICK = Speeds(stt=0.2, prompt=0.25, token=0.04, voice=0.08)
SLOW = Speeds(stt=0.6, prompt=0.8, token=0.12, voice=0.2)
ROOM = memory.Facts(needed=0, available=8_000_000_000, swap=0, limit=None, runs=False)


def test_a_quick_machine_keeps_its_profile():
    found = judge(QUICK, Settings(), ROOM)
    assert (found.level, found.what) == (
        "ok",
        "with the profile default an answer begins about 0.8 s after a question",
    )


def test_a_slow_machine_is_advised_a_smaller_profile_and_how_to_get_it():
    found = judge(SLOW, Settings(), ROOM)
    assert (found.level, found.what) == ("advice", "take the profile tiny")
    assert found.cause == "the first sound comes after 2.4 s with default, after 1.2 s with tiny"
    assert found.mend.startswith("voiceslm models pull --profile tiny")


def test_a_machine_that_does_more_than_its_profile_asks_is_advised_a_larger_one():
    tiny = Speeds(stt=0.15, prompt=0.06, token=0.015, voice=0.08)
    found = judge(tiny, Settings(profile="tiny"), ROOM)
    assert (found.level, found.what) == ("advice", "take the profile default")


def test_without_memory_for_more_the_small_profile_is_right():
    small_room = memory.Facts(needed=0, available=900_000_000, swap=0, limit=None, runs=False)
    tiny = Speeds(stt=0.15, prompt=0.06, token=0.015, voice=0.08)
    assert judge(tiny, Settings(profile="tiny"), small_room).level == "ok"


def test_models_of_ones_own_are_only_said_to_be_slow():
    settings = Settings.model_validate({"llm": {"model": "/models/own.gguf"}})
    found = judge(SLOW, settings, ROOM)
    assert (found.level, found.what) == (
        "advice",
        "with these models an answer begins about 2.4 s after a question",
    )
