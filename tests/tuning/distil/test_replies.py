"""What a model has written, read tolerantly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceslm.tuning.distil import replies
from voiceslm.tuning.distil.replies import MOST_LINES, Quoted


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lamp off\nkill the lamp", ["lamp off", "kill the lamp"]),
        (
            "1. lamp off\n2) kill the lamp\n(3) no lamp\n10: dark now",
            ["lamp off", "kill the lamp", "no lamp", "dark now"],
        ),
        ("- lamp off\n* kill the lamp\n• no lamp", ["lamp off", "kill the lamp", "no lamp"]),
        (
            '"lamp off"\n\u201ckill the lamp\u201d\n**no lamp**\n`dark`',
            ["lamp off", "kill the lamp", "no lamp", "dark"],
        ),
        ('1. "Lamp off."', ["Lamp off."]),
        ("\n  lamp   off  \n\n\nlamp off\n", ["lamp off"]),
        ("```\nlamp off\n```", ["lamp off"]),
        ("21.5 degrees in the hall", ["21.5 degrees in the hall"]),
        ("30 percent on the lamp", ["30 percent on the lamp"]),
        ("a lamp that is off", ["a lamp that is off"]),
        ("I'd like the lamp off", ["I'd like the lamp off"]),
        ("Who? What is it? 2 of them?", ["Who?", "What is it?", "2 of them?"]),
        ("", []),
        ("- \n* \n", []),
        ('"\n""\n', []),
    ],
)
def test_a_list_is_read_without_its_marks(text, found):
    assert replies.lines(text) == found


def test_a_list_without_an_end_has_one():
    assert len(replies.lines("\n".join(map(str, range(10_000))))) <= MOST_LINES


@given(st.text())
def test_whatever_is_written_can_be_read(text):
    for line in replies.lines(text):
        assert line.strip()
        assert "\n" not in line
    assert all(one.question for one in replies.quoted(text))


@pytest.mark.parametrize(
    "text",
    [
        "Q: When does it open?\nA: At 7:00.\nQUOTE: opens at 7:00",
        "1. Q: When does it open?\n   A: At 7:00.\n   Quote: opens at 7:00",
        '**Question 1:** When does it open?\n**Answer:** At 7:00.\n**Quote:** "opens at 7:00"',
        "Here you are:\n\n- Q: When does it open?\n- A: At 7:00.\n- QUOTE: opens at 7:00\n\nDone.",
    ],
)
def test_a_question_has_an_answer_and_a_quote(text):
    assert [*replies.quoted(text)] == [Quoted("When does it open?", "At 7:00.", "opens at 7:00")]


@pytest.mark.parametrize(
    "text",
    [
        "Q: When?\nA: At 7:00.",
        "A: At 7:00.\nQUOTE: at 7:00",
        "Q: When?\nQUOTE: at 7:00",
        "Nothing of the kind.",
    ],
)
def test_what_is_not_whole_is_left_out(text):
    assert [*replies.quoted(text)] == []


def test_a_question_that_lost_its_answer_does_not_take_the_next_ones():
    text = "Q: Who?\nQ: When?\nA: At 7:00.\nQUOTE: at 7:00"
    assert [*replies.quoted(text)] == [Quoted("When?", "At 7:00.", "at 7:00")]


@pytest.mark.parametrize(
    "text", ["hall_light on", " - Hall_Light   ON\n", "```\nhall_light on\n```", "`hall_light on`"]
)
def test_a_call_is_compared_without_its_marks(text):
    assert replies.calls(text) == "hall_light on"
