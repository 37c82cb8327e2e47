"""Whether a reply is right, a refusal, or made up."""

from __future__ import annotations

import pytest

from voiceslm.knowledge.judging import Asked, invented, is_refusal, parsed, right, strange_figures
from voiceslm.knowledge.numerals import words_of
from voiceslm.knowledge.scope import REFUSAL

KNOWN = ["A city bicycle costs 18 euros a day.", "Open from 9:30 to 18:30.", "Miriam bakes the carrot cake."]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Forty-nine euros.", "49 euros"),
        ("A hundred and nineteen", "119"),
        ("one hundred nineteen", "119"),
        ("One thousand nine hundred and ninety", "1990"),
        ("1,990 euros", "1990 euros"),
        ("two thousand and nine", "2009"),
        ("three hundred", "300"),
        ("half past nine", "9:30"),
        ("a quarter to ten", "a 9:45"),
        ("nine thirty", "9:30"),
        ("09:30, 15.00", "9:30 15"),
        ("five five five oh one", "5 5 5 oh 1"),
        ("five five five zero one four two", "5550142"),
        ("We can't, we don't.", "we can not we do not"),
        ("ten percent, 10%", "10 percent 10 percent"),
        ("twenty-one and a hundred", "21 and 100"),
        ("hundred", "100"),
        ("", ""),
    ],
)
def test_numbers_are_digits(text, words):
    assert " ".join(words_of(text)) == words


@pytest.mark.parametrize(
    ("reply", "accepted", "verdict"),
    [
        ("It costs forty-nine euros.", "49", True),
        ("It costs 149 euros.", "49", False),
        ("Yes, they are.", "^yes / free", True),
        ("Of course, open it.", "^yes", True),
        ("I would say yes.", "^yes", False),
        ("No, we don't know it as nuts.", "walnuts + !no", False),
        ("It contains walnuts.", "walnuts + !no", True),
        ("We have Tallow and Heronwheel.", "heronwheel + tallow + brightspoke", False),
        ("We close at half past six.", "18:30 / 6:30", True),
        ("I don't know. It may be 49.", "49", False),
        ("No, we are closed.", "closed / ^no", True),
        ("Nothing.", "no", False),
        ("", "49", False),
    ],
)
def test_a_reply_is_right_when_it_holds_what_is_accepted(reply, accepted, verdict):
    assert right(reply, Asked("Are you open?", parsed(accepted))) is verdict


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("Yes.", True),
        ("Yes, we do.", True),
        ("Yes, the electric bicycles are for rent.", True),
        ("Yes, dogs are welcome.", False),
    ],
)
def test_a_yes_has_to_be_about_the_question(reply, verdict):
    assert right(reply, Asked("Do you rent electric bikes?", parsed("^yes"))) is verdict


def test_what_is_to_be_refused_accepts_nothing():
    assert parsed("") == ()
    assert not right("Anything.", Asked("What?", ()))


@pytest.mark.parametrize(
    "reply", [REFUSAL, "I do not know.", "I'm not sure about that.", "I don't have that."]
)
def test_a_refusal_is_known(reply):
    assert is_refusal(reply)


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (REFUSAL, False),
        ("I don't know, but 77 euros may do.", True),
        ("Yes.", True),
        ("A saddle costs 18 euros.", True),
        ("A saddle costs 40 euros.", True),
        ("A city bicycle costs eighteen euros a day.", False),
        ("We are open till half past six.", True),
        ("Open from half past nine to half past six.", False),
        ("It is baked by Rafael.", True),
        ("We sell many things.", False),
    ],
)
def test_what_nobody_wrote_is_made_up(reply, verdict):
    assert invented(reply, KNOWN) is verdict


def test_strange_figures_are_those_that_nobody_wrote():
    assert strange_figures("18 euros, 6:30, one of 77", KNOWN) == {"77"}
