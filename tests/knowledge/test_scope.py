"""What a model may say of what is known."""

from __future__ import annotations

import pytest

from voiceslm.knowledge.scope import Scope

KNOWN = (
    "A city bicycle costs 18 euros a day. Rafael Okoye leads the workshop. We open at 9:30. Dogs are welcome."
)


def scope(question="How much is a bicycle?", strange=()):
    known = {
        "city",
        "bicycle",
        "costs",
        "euros",
        "day",
        "rafael",
        "okoye",
        "leads",
        "workshop",
        "open",
        "dogs",
        "welcome",
    }
    return Scope(
        KNOWN, question, strange, lambda text: [w for w in text.lower().strip(".").split() if w not in known]
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "A city bicycle costs 18 euros a day.",
        "It costs eighteen euros.",
        "We open at 9:30.",
        "The workshop is led by Rafael Okoye.",
        "Yes, dogs are welcome.",
    ],
)
def test_what_stands_there_may_be_said(sentence):
    assert Scope(KNOWN, "", (), lambda _: ()).allows(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It costs 20 euros.",
        "It costs twenty euros.",
        "We open at 9.",
        "Please ask Miriam about it.",
        "I don't know.",
        "I'm sorry, there is no information about that.",
        "As an AI language model I cannot say.",
    ],
)
def test_what_does_not_stand_there_may_not(sentence):
    assert not Scope(KNOWN, "", (), lambda _: ()).allows(sentence)


def test_the_numbers_of_the_question_may_be_said_again():
    assert Scope(KNOWN, "What do 2 bicycles cost?", (), lambda _: ()).allows("2 bicycles, 18 euros each.")


def test_nothing_is_affirmed_of_what_nobody_knows():
    asked = scope("Do you rent kayaks?", ["kayaks"])
    assert not asked.allows("Yes, we do.")
    assert not asked.allows("A day with kayaks costs 18 euros.")
    assert asked.allows("A city bicycle costs 18 euros a day.")


def test_a_sentence_most_of_which_nobody_said_is_not_let_pass():
    assert not scope().allows("Bring sandwiches, sunscreen and towels.")
