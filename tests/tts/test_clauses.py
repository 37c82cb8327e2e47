from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceslm.tts.clauses import CLAUSE_LONGEST, FIRST_CLAUSE_LONGEST, ClauseSplitter, Ending


def split(*parts):
    splitter = ClauseSplitter()
    clauses = [clause for part in parts for clause in splitter.feed(part)]
    return clauses + splitter.finish()


def texts(*parts):
    return [clause.text for clause in split(*parts)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Canberra.", ["Canberra."]),
        ("The capital of Australia is Canberra.", ["The capital of Australia", "is Canberra."]),
        ("The piano has 88 keys.", ["The piano has 88 keys."]),
        ("There are 60 minutes in an hour.", ["There are 60 minutes", "in an hour."]),
        ("The moon is about 384,400 km away.", ["The moon is about", "384,400 km away."]),
        ("Yes, it is. It was.", ["Yes, it is.", "It was."]),
        (
            "In the morning, the sun rises. Then, at noon, it is high.",
            ["In the morning,", "the sun rises.", "Then, at noon, it is high."],
        ),
        ("The sky is blue because of scattering.", ["The sky is blue", "because of scattering."]),
        ("Dr. Smith met St. James.", ["Dr. Smith met St. James."]),
        ("The answer is no. Never.", ["The answer is no.", "Never."]),
        ("Pi is 3.14159 or so. Fine!", ["Pi is 3.14159 or so.", "Fine!"]),
        ("J. R. R. Tolkien did.", ["J. R. R. Tolkien did."]),
        ("He said “Go!” Then he left.", ["He said “Go!”", "Then he left."]),
        ("1. Bread\n2. Milk", ["1. Bread", "2. Milk"]),
        ("Well… that is it.", ["Well…", "that is it."]),
        ("東京です。大阪です。", ["東京です。", "大阪です。"]),
        ("", []),
        (" \n ... \n!", []),
    ],
)
def test_text_is_cut_where_a_speaker_would_pause(text, expected):
    assert texts(text) == expected


def test_the_first_clause_is_ready_before_its_sentence_is():
    splitter = ClauseSplitter()
    assert splitter.feed("After a long winter, ")[0].text == "After a long winter,"
    assert splitter.feed("spring comes, and then summer") == []


def test_a_first_clause_too_short_to_cover_the_second_is_not_cut_off():
    assert texts("Well, yes it is true.") == ["Well, yes it is true."]


def test_each_clause_knows_what_pause_follows():
    endings = [clause.ending for clause in split("When it rains, it pours. The end")]
    assert endings == [Ending.PHRASE, Ending.SENTENCE, Ending.SENTENCE]
    assert split("The night is so cold that water freezes.")[0].ending is Ending.RUN_ON


def test_a_first_clause_without_any_mark_ends_at_a_word():
    first = split("word " * 40)[0]
    assert len(first.text) <= FIRST_CLAUSE_LONGEST
    assert first.text.endswith("word")
    assert first.ending is Ending.RUN_ON


def test_one_endless_word_is_cut_by_length():
    assert max(len(text) for text in texts("a" * 1000)) <= CLAUSE_LONGEST


WORDS = st.text(alphabet="ab.,;!? \nD—13", max_size=400)


@given(WORDS, st.data())
def test_how_the_text_is_cut_into_tokens_makes_no_difference(text, data):
    words = [index for index in range(1, len(text)) if text[index].isspace()]
    cuts = data.draw(st.sets(st.sampled_from(words))) if words else set()
    edges = [0, *sorted(cuts), len(text)]
    parts = [text[a:b] for a, b in pairwise(edges)]
    assert texts(*parts) == texts(text)


def test_a_first_sentence_need_not_wait_for_the_next_token():
    splitter = ClauseSplitter()
    splitter.feed("Bees make honey")
    assert [clause.text for clause in splitter.feed(".")] == ["Bees make honey."]


@pytest.mark.parametrize("text", ["It is 3.", "I met Mr.", "Ask J."])
def test_a_full_stop_that_may_not_end_the_sentence_waits(text):
    assert ClauseSplitter().feed(text) == []


@given(WORDS)
def test_no_word_is_lost_added_or_moved(text):
    said = "".join("".join(texts(text)).split())
    assert [c for c in said if c.isalnum()] == [c for c in text if c.isalnum()]


@given(st.text(max_size=2000))
def test_every_clause_has_something_to_say_and_fits_one_synthesis(text):
    for clause in split(text):
        assert any(character.isalnum() for character in clause.text)
        assert len(clause.text) <= CLAUSE_LONGEST
