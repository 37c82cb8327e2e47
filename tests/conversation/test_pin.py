"""The spoken PIN."""

from __future__ import annotations

import pytest

from voiceslm.conversation.pin import (
    ASK,
    LATE,
    LOCKED,
    LOCKED_SECONDS,
    WAITS_SECONDS,
    WRONG,
    Gatekeeper,
    digits,
)
from voiceslm.entities import Change

OPEN = (Change("lock.front_door", {"state": "unlocked"}),)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def asked(clock):
    """A gatekeeper that has just asked."""
    keeper = Gatekeeper("1224", clock)
    assert keeper.ask(OPEN) == ASK
    return keeper


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1224", "1224"),
        ("1-2-2-4.", "1224"),
        ("12, 24", "1224"),
        ("one two two four", "1224"),
        ("One, to, too, for.", "1224"),
        ("twelve twenty four", "1224"),
        ("twelve twenty", "1220"),
        ("twenty zero", "200"),
        ("one double two four", "1224"),
        ("oh seven triple nine", "07999"),
        ("the PIN is one two two four", "1224"),
        ("okay, it's 1 2 2 4 please", "1224"),
        ("nineteen eighty four", "1984"),
        ("turn on the light", ""),
        ("one hundred", ""),
        ("", ""),
    ],
)
def test_digits_are_heard_however_they_are_said(text, said):
    assert digits(text) == said


@pytest.mark.parametrize(
    "text", ["1224", "one two two four", "I think it's one two two four", "hmm, 1224 maybe"]
)
def test_the_right_one_lets_through_what_waited(asked, text):
    assert asked.try_(text) == OPEN
    assert not asked.asked


@pytest.mark.parametrize("text", ["1234", "12", "one two three four five", "12 24 5", "1"])
def test_a_wrong_one_is_asked_for_again(asked, text):
    assert asked.try_(text) == WRONG
    assert asked.asked


def test_after_a_wrong_one_the_right_one_is_right(asked):
    asked.try_("9999")
    assert asked.try_("1224") == OPEN


@pytest.mark.parametrize(
    "text",
    ["never mind", "oh", "too", "set a timer for 5 minutes", "turn on the one in the hall", "", "what?"],
)
def test_what_is_no_pin_is_none_and_ends_the_waiting(asked, text):
    assert asked.try_(text) is None
    assert not asked.asked


def test_three_wrong_ones_lock_it(asked, clock):
    assert [asked.try_("9999") for _ in range(3)] == [WRONG, WRONG, LOCKED]
    assert not asked.asked
    clock.now += LOCKED_SECONDS - 1
    assert asked.ask(OPEN) == LOCKED
    assert asked.try_("1224") is None


def test_the_lock_opens_after_a_while(asked, clock):
    for _ in range(3):
        asked.try_("9999")
    clock.now += LOCKED_SECONDS
    assert asked.ask(OPEN) == ASK
    assert asked.try_("1224") == OPEN


def test_wrong_ones_count_over_several_questions(asked):
    for _ in range(2):
        asked.try_("9999")
        asked.try_("never mind")
        asked.ask(OPEN)
    assert asked.try_("9999") == LOCKED


def test_a_right_one_is_a_new_beginning(asked):
    for _ in range(2):
        asked.try_("9999")
    asked.try_("1224")
    asked.ask(OPEN)
    assert asked.try_("9999") == WRONG


def test_one_that_comes_late_opens_nothing_and_is_still_nobodys_business(asked, clock):
    clock.now += WAITS_SECONDS
    assert asked.asked
    assert asked.try_("1224") == LATE
    assert not asked.asked


def test_what_is_forgotten_does_not_wait(asked):
    asked.forget()
    assert not asked.asked
    assert asked.try_("1224") is None


@pytest.mark.parametrize(
    ("text", "whole"),
    [("12", False), ("one two", False), ("one two two four", True), ("open the door", False)],
)
def test_it_is_whole_with_as_many_digits_as_it_has(asked, text, whole):
    assert asked.whole(text) is whole


@pytest.mark.parametrize("text", ["", "open", "1", "1224"])
def test_without_a_pin_nothing_opens(clock, text):
    keeper = Gatekeeper("", clock)
    keeper.ask(OPEN)
    assert keeper.try_(text) != OPEN
