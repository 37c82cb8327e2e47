"""What a question is about: the pair that asks the same, the passages that answer it, and how sure that is."""

from __future__ import annotations

import pytest

from voiceslm.knowledge import Pack, Pair, Passage
from voiceslm.knowledge.matching import Index
from voiceslm.knowledge.scope import grounded
from voiceslm.knowledge.words import terms

PASSAGES = (
    Passage("The shop is open from Tuesday to Friday from 9:30 to 18:30.", "Opening hours", "shop.md"),
    Passage("A city bicycle costs 18 euros a day, an electric bicycle 39 euros a day.", "Renting", "shop.md"),
    Passage("A small service costs 49 euros. Mending a flat tyre costs 15 euros.", "The workshop", "shop.md"),
    Passage("Dogs are welcome. The carrot cake contains walnuts.", "The coffee bar", "shop.md"),
)
PAIRS = (
    Pair("Where is the toilet?", "Beside the coffee bar.", "q.csv:2"),
    Pair("Do you repair motor scooters?", "No, only bicycles.", "q.csv:3"),
)


@pytest.fixture
def index():
    return Index(Pack(PAIRS, PASSAGES))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Where's the restroom?", "Beside the coffee bar."),
        ("where is the toilet please", "Beside the coffee bar."),
        ("Can you fix motor scooters?", "No, only bicycles."),
    ],
)
def test_a_question_that_asks_the_same_is_answered_as_written(index, question, answer):
    assert index.pair(question).answer == answer


@pytest.mark.parametrize(
    "question", ["Where is the coffee bar?", "Do you repair bicycles?", "Where?", "", "the"]
)
def test_another_question_is_not(index, question):
    assert index.pair(question) is None


def test_contradictory_answers_to_one_question_are_none():
    pack = Pack((Pair("Are dogs allowed?", "Yes.", "a"), Pair("Dogs allowed?", "No.", "b")))
    assert Index(pack).pair("Are dogs allowed?") is None


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("How much is it to hire a bike?", "Renting"),
        ("What does it cost to fix a puncture?", "The workshop"),
        ("When are you open on Friday?", "Opening hours"),
        ("Is there anything with nuts? walnuts?", "The coffee bar"),
    ],
)
def test_the_passage_that_answers_comes_first(index, question, heading):
    found = index.search(question)
    assert found.passages[0].heading == heading
    assert found.coverage > 0.5


@pytest.mark.parametrize("question", ["How much is a saddle?", "Do you sell skis?", "Who wrote Hamlet?"])
def test_what_is_not_known_is_covered_less(index, question):
    assert index.search(question).coverage < 0.5


def test_nothing_is_found_in_nothing():
    assert Index(Pack()).search("When are you open?").passages == ()
    assert Index(Pack()).pair("When are you open?") is None


def test_words_that_mean_the_same_are_one():
    assert terms("Hiring a bike") == terms("rent the bicycles")
    assert terms("What's the price of it?") == terms("How much does that cost?") == ("cost",)


@pytest.mark.parametrize(
    ("clause", "right"),
    [
        ("A city bicycle costs 18 euros a day.", True),
        ("It costs 20 euros.", False),
        ("We open at 9:30.", True),
        ("We open at 9.", False),
        ("Please ask Rafael about it.", False),
        ("Yes, dogs are welcome.", True),
    ],
)
def test_a_clause_may_name_only_what_is_known(clause, right):
    assert grounded(clause, [one.text for one in PASSAGES]) is right
