"""What a question is about: which words count, which pair asks the same, which sentence answers best."""

from __future__ import annotations

import numpy as np
import pytest

from voiceslm.errors import Problem
from voiceslm.knowledge import Pack, Pair, Passage
from voiceslm.knowledge.indexing import WORTH_KEEPING, index_of
from voiceslm.knowledge.matching import LOOKED_AT, Index
from voiceslm.knowledge.meaning import Meaning
from voiceslm.knowledge.wanted import suits
from voiceslm.knowledge.words import figures, names, terms

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


@pytest.fixture(scope="module")
def index(meaning):
    return Index(Pack(PAIRS, PASSAGES), meaning)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Where's the restroom?", "Beside the coffee bar."),
        ("where is the toilet please", "Beside the coffee bar."),
        ("Can you fix motor scooters?", "No, only bicycles."),
    ],
)
def test_a_question_that_asks_the_same_is_found(index, question, answer):
    assert index.pair(question).answer == answer


@pytest.mark.parametrize(
    "question", ["Where is the coffee bar?", "Do you repair bicycles?", "Where?", "", "the"]
)
def test_another_question_is_not(index, question):
    assert index.pair(question) is None


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How much is it to hire a bike?", PASSAGES[1].text),
        ("What does it cost to fix a puncture?", "Mending a flat tyre costs 15 euros."),
        ("When are you open on Friday?", PASSAGES[0].text),
        ("Are there walnuts in something?", "The carrot cake contains walnuts."),
        ("May I bring pets?", "Dogs are welcome."),
    ],
)
def test_the_sentence_that_answers_comes_first(index, question, sentence):
    assert index.search(question).passages[0].text == sentence


@pytest.mark.parametrize(
    ("question", "strange"),
    [
        ("How much is a saddle?", ("saddle",)),
        ("Do you sell skis?", ("skis",)),
        ("How long may I take to rent a bicycle?", ()),
    ],
)
def test_a_word_that_nothing_known_has_is_strange_unless_it_says_little(index, question, strange):
    assert index.search(question).strange == strange


def test_what_is_strange_makes_the_answer_less_sure(index):
    known, strange = (
        index.search("How much is a small service?"),
        index.search("How much is a saddle service?"),
    )
    assert strange.score < known.score
    assert strange.coverage < known.coverage == 1


def test_nothing_is_found_in_nothing(meaning):
    assert Index(Pack(), meaning).search("When are you open?").passages == ()
    assert Index(Pack(), meaning).pair("When are you open?") is None
    assert Index(Pack(), meaning).unknown("open") == ("open",)


def test_the_right_one_of_many_sentences_is_found(meaning):
    many = tuple(
        Passage(f"Room {number} costs {number + 50} euros.", "Rooms", "a") for number in range(4 * LOOKED_AT)
    )
    index = Index(Pack((), (*many, Passage("The sauna is on the roof.", "Sauna", "b"))), meaning)
    assert index.search("Where is the sauna?").passages[0].source == "b"
    assert index.search("How much is room 121?").passages[0].text == "Room 121 costs 171 euros."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hiring a bike", "rent the bicycles"),
        ("What's the price of it?", "How much does that cost?"),
        ("twelve months", "12 month"),
        ("evenings", "evening"),
    ],
)
def test_words_that_mean_the_same_are_one(one, other):
    assert terms(one) == terms(other) != ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,990 euros", {"1990"}),
        ("at 9:30, twenty five minutes", {"9:30", "25"}),
        ("at half past nine", {"9:30"}),
        ("two hundred and fifty euros", {"250"}),
        ("2.50 and fifteen", {"2.50", "15"}),
        ("none at all", set()),
    ],
)
def test_numbers_are_found_in_words_and_in_digits(text, found):
    assert figures(text) == found


def test_a_name_is_a_capital_inside_a_sentence():
    assert names("Rafael Okoye leads it. Ask Miriam. Bus 7 stops at Mill Lane.") == {
        "okoye",
        "miriam",
        "mill",
        "lane",
    }


@pytest.mark.parametrize(
    ("question", "answer", "right"),
    [
        ("How much is it?", "It costs 3 euros.", True),
        ("How much is it?", "It is red.", False),
        ("When do you close?", "At 18:30.", True),
        ("Who leads it?", "The workshop is led by Rafael.", True),
        ("Who leads it?", "A mechanic does.", False),
        ("Is it red?", "It is red.", None),
    ],
)
def test_a_kind_of_answer_is_wanted(question, answer, right):
    assert suits(question, answer) is right


def test_vectors_have_length_one_and_know_what_is_near(meaning):
    found = meaning.of(["Where is the toilet?", "The restroom is upstairs.", "Dogs are welcome.", ""])
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-3)
    assert found[0] @ found[1] > 0.5
    assert found[0] @ found[2] < 0.2


def test_many_texts_have_the_vectors_that_each_has_alone(meaning):
    texts = [f"Room {number} is {'very ' * number}large." for number in range(40)]
    together = meaning.of(texts)
    assert together[7] @ meaning.of([texts[7]])[0] > 0.99
    assert together.shape == (40, 384)


def test_a_model_of_meaning_that_is_damaged_is_a_problem(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"nothing")
    with pytest.raises(Problem, match="cannot be loaded"):
        Meaning(tmp_path / "model.onnx")


def test_the_vectors_of_a_thick_book_are_kept_and_those_of_another_are_not_taken_for_them(tmp_path, meaning):
    def pack(word):
        return Pack((), tuple(Passage(f"{word} number {n} is blue.", "", "a") for n in range(WORTH_KEEPING)))

    first = index_of(pack("Door"), folder=tmp_path)
    assert len([*tmp_path.glob("*.npy")]) == 1
    again = index_of(pack("Door"), folder=tmp_path)
    assert again.search("Which door is blue?") == first.search("Which door is blue?")
    index_of(pack("Gate"), folder=tmp_path)
    files = [*tmp_path.glob("*.npy")]
    assert len(files) == 2
    for file in files:
        file.write_bytes(b"broken")
    assert index_of(pack("Door"), folder=tmp_path).search("Which door is blue?") == first.search(
        "Which door is blue?"
    )
