"""What is asked before and after, and when a tuned model counts as better."""

from __future__ import annotations

import pytest

from voiceslm.llm import Message
from voiceslm.llm.tools import BRIEF
from voiceslm.tuning import Example
from voiceslm.tuning.chat import Drift
from voiceslm.tuning.judge import MADE_UP_HOMES, MOST_CALLS, Marks, asked_of, verdict
from voiceslm.tuning.split import Split

SAME = Drift(1.0, 1.0, 40)
AWAY = Drift(1.0, 2.0, 40)


def call(number, device="lamp"):
    messages = (Message("system", BRIEF), Message("user", f"sentence {number}"))
    return Example(messages, "lamp on", "home", device=device)


def reply(number):
    return Example((Message("user", f"question {number}"),), "answer", "own")


@pytest.mark.parametrize(
    ("before", "after", "drift", "why"),
    [
        (Marks({"calls": 0.1}, {}), Marks({"calls": 0.9}, {}), SAME, ""),
        (Marks({}, {"replies": 3.0}), Marks({}, {"replies": 2.0}), SAME, ""),
        (Marks({"calls": 0.9}, {}), Marks({"calls": 0.9}, {}), SAME, "no more commands right"),
        (Marks({"calls": 0.9}, {}), Marks({"calls": 0.8}, {}), SAME, "no more commands right"),
        (Marks({}, {"replies": 2.0}), Marks({}, {"replies": 2.5}), SAME, "replies no more as it should"),
        (Marks({"calls": 0.1}, {}), Marks({"calls": 0.9}, {}), AWAY, "2.72 times as surprised"),
        (Marks({}, {}), Marks({}, {}), SAME, "nothing by which it could be judged"),
    ],
)
def test_it_is_better_when_more_is_right_and_it_talks_as_before(before, after, drift, why):
    found = verdict(before, after, drift)
    assert bool(found) == bool(why)
    assert why in found


def test_what_is_held_out_is_asked_and_not_too_much_of_it():
    asked = asked_of(Split((), tuple(map(call, range(500))), (call(0, "new"), reply(1))), seed=0)
    assert {how: len(found) for how, found in asked.calls.items()} == {
        "said in a new way": MOST_CALLS,
        "of a new device": 1,
    }
    assert asked.replies == (reply(1),)


def test_where_nothing_is_held_out_what_was_trained_is_asked():
    asked = asked_of(Split((call(1),)), seed=0)
    assert asked.calls == {"as trained": (call(1),)}


def test_made_up_homes_that_would_have_to_be_told_first_are_few():
    held = tuple(call(number, f"0-{number % 20}/lamp") for number in range(200))
    asked = asked_of(Split((), held), seed=0)
    homes = {one.device for one in asked.calls["said in a new way"]}
    assert len(homes) == MADE_UP_HOMES
