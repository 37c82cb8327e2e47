"""How a question is answered: as written, quoted, by the model, or not at all."""

from __future__ import annotations

import pytest

from voiceslm.knowledge import Pack, Pair, Passage
from voiceslm.knowledge.deciding import CHECKED, LATE_WORDS, Way, decide
from voiceslm.knowledge.matching import Index

PACK = Pack(
    (
        Pair("Where is the toilet?", "Beside the coffee bar.", "q.csv:2"),
        Pair("Do you repair motor scooters?", "No, only bicycles.", "q.csv:3"),
    ),
    (
        Passage(
            "The shop is open from Tuesday to Friday from 9:30 to 18:30.",
            "Opening hours",
            "shop.md#Opening hours",
        ),
        Passage(
            "A city bicycle costs 18 euros a day. A tandem costs 45 euros a day.",
            "Renting",
            "shop.md#Renting",
        ),
        Passage(
            "A small service costs 49 euros. Mending a flat tyre costs 15 euros.",
            "Workshop",
            "shop.md#Workshop",
        ),
        Passage(
            "Dogs are welcome. The carrot cake contains walnuts.", "The coffee bar", "shop.md#The coffee bar"
        ),
    ),
)


@pytest.fixture(scope="module")
def index(meaning):
    return Index(PACK, meaning)


def taken(question, index, *, strict=True, in_prompt=True):
    return decide(question, index, strict=strict, in_prompt=in_prompt)


@pytest.mark.parametrize("question", ["Where's the restroom?", "where is the toilet please"])
@pytest.mark.parametrize("strict", [True, False])
def test_a_question_that_was_written_down_gets_its_answer_as_written(index, question, strict):
    found = taken(question, index, strict=strict)
    assert (found.way, found.text, found.sources) == (Way.ANSWER, "Beside the coffee bar.", ("q.csv:2",))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What does it cost to rent a tandem for a day?", "A tandem costs 45 euros a day."),
        ("How much is a small service?", "A small service costs 49 euros."),
    ],
)
def test_a_question_that_one_sentence_clearly_answers_is_answered_with_it(index, question, sentence):
    found = taken(question, index)
    assert (found.way, found.text) == (Way.QUOTE, sentence)


def test_in_a_strict_scope_what_may_be_the_answer_is_checked_and_said_as_written(index):
    found = taken("Is the carrot cake fine with my allergy?", index)
    assert (found.way, found.text) == (Way.CHECKED, "")
    assert found.passages[0].text == "The carrot cake contains walnuts."
    assert len(found.passages) <= CHECKED


@pytest.mark.parametrize(("in_prompt", "way"), [(True, Way.PREFIX), (False, Way.RETRIEVE)])
def test_in_an_open_scope_the_model_says_it_in_its_own_words(index, in_prompt, way):
    found = taken("Is the carrot cake fine with my allergy?", index, strict=False, in_prompt=in_prompt)
    assert (found.way, found.text) == (way, "")
    late = sum(len(one.text.split()) for one in found.passages)
    assert late > 0
    assert in_prompt or late <= LATE_WORDS


@pytest.mark.parametrize("question", ["Who wrote Hamlet?", "Do you sell skis?", "Set the volume to ten.", ""])
def test_what_nothing_known_speaks_of_is_refused_in_a_strict_scope_and_left_alone_in_an_open_one(
    index, question
):
    assert taken(question, index).way is Way.REFUSED
    assert taken(question, index, strict=False) is None


def test_a_yes_to_one_question_is_never_taken_for_one_to_another_that_has_a_strange_word(meaning):
    pack = Pack((Pair("Can I leave my luggage here?", "Yes, behind the counter.", "a"),))
    found = taken("Can I leave my elephant luggage here?", Index(pack, meaning))
    assert (found.way, found.passages) == (Way.CHECKED, ())


def test_where_nothing_is_known_everything_is_refused(meaning):
    assert taken("When are you open?", Index(Pack(), meaning)).way is Way.REFUSED


def test_two_answers_to_one_question_are_none(meaning):
    pack = Pack((Pair("Are dogs allowed?", "Yes.", "a"), Pair("Dogs allowed?", "No.", "b")))
    assert taken("Are dogs allowed?", Index(pack, meaning)).way is not Way.ANSWER
