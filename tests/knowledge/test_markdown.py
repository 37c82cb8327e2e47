"""Markdown and plain text to passages: paragraphs, lists and tables, and texts that nobody would write."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceslm.knowledge import Passage
from voiceslm.knowledge.markdown import of_markdown, plain
from voiceslm.knowledge.passages import LONGEST_WORD, MOST_WORDS, sentences


def texts(markdown):
    return [one.text for one in of_markdown(markdown, "a.md")]


def test_a_paragraph_is_a_passage_about_its_heading():
    found = of_markdown(
        "# The shop\n\nIt is at 14 Mill Lane.\nIt is open.\n\n## Dogs\n\nDogs are *welcome*.", "a.md"
    )
    assert list(found) == [
        Passage("It is at 14 Mill Lane. It is open.", "The shop", "a.md#The shop"),
        Passage("Dogs are welcome.", "Dogs", "a.md#Dogs"),
    ]


def test_a_heading_may_be_underlined():
    assert [
        (one.heading, one.text) for one in of_markdown("Dogs\n====\nWelcome.\n\nCats\n---\nNot.", "a.md")
    ] == [
        ("Dogs", "Welcome."),
        ("Cats", "Not."),
    ]


def test_a_hash_in_code_is_no_heading():
    found = of_markdown("# Pump\n\n```\n# not this\n```\n\nOutside.", "a.md")
    assert {one.heading for one in found} == {"Pump"}


def test_what_stands_before_the_text_about_the_file_and_comments_are_left_out():
    assert texts("---\ntitle: x\n---\nOpen daily. <!-- not\nthis -->Come in.\n\n[1]: http://x\n\n***") == [
        "Open daily. Come in."
    ]


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("**Bold** and _light_ and `code`", "Bold and light and code"),
        ("[Tea](http://x.y 'z') ![picture](a.png)", "[Tea](http://x.y 'z')"),
        ("[Tea](http://x.y) ![picture](a.png)", "Tea"),
        ("a_file_name costs 2 * 3", "a_file_name costs 2 * 3"),
        ("<b>Open</b> if 3 < 4", "Open if 3 < 4"),
    ],
)
def test_marks_are_not_read_aloud(written, seen):
    assert plain(written) == seen


class TestLists:
    def test_items_that_are_sentences_stand_alone(self):
        assert texts("- [Tea](x) costs 2 euros.\n- Cake costs 3.\n  With cream.") == [
            "Tea costs 2 euros.",
            "Cake costs 3. With cream.",
        ]

    def test_short_items_are_told_together_with_what_introduces_them(self):
        assert texts("We sell:\n\n- tea\n- coffee\n- juice\n\nCome in.") == [
            "We sell: tea, coffee, juice.",
            "Come in.",
        ]

    def test_a_long_list_is_cut_and_each_part_introduced(self):
        items = "\n".join(f"- kind of tea {number}" for number in range(40))
        found = texts(f"We sell these teas:\n{items}")
        assert len(found) > 3
        assert all(one.startswith("We sell these teas: ") for one in found)
        assert all(len(one.split()) <= MOST_WORDS for one in found)

    def test_what_introduces_nothing_is_kept(self):
        assert texts("Mind this:\n\nThe step is high.") == ["Mind this:", "The step is high."]


class TestTables:
    def test_a_row_is_said_with_the_names_of_its_columns(self):
        table = "| Bicycle | Price a day |\n|---|--:|\n| tandem | 45 euros |\n| city \\| old | 18 euros |"
        assert texts(table) == [
            "Bicycle: tandem. Price a day: 45 euros.",
            "Bicycle: city | old. Price a day: 18 euros.",
        ]

    def test_without_names_the_first_cell_is_what_the_others_are_about(self):
        assert texts("| Monday | 9 to 5 |\n| Sunday | closed |") == ["Monday: 9 to 5.", "Sunday: closed."]

    def test_each_part_of_a_long_row_says_what_it_is_about(self):
        row = " | ".join(f"has the property number {number}" for number in range(12))
        head = " | ".join(f"P{number}" for number in range(12))
        found = texts(f"| Room | {head} |\n|{'---|' * 13}\n| blue | {row} |")
        assert len(found) > 1
        assert all(one.startswith("Room: blue. P") for one in found)

    def test_empty_cells_say_nothing(self):
        assert texts("| A | B |\n|---|---|\n| x | |\n| | |") == ["A: x."]


class TestSentences:
    def test_dots_inside_a_sentence_end_none(self):
        text = "Dr. Brandt opens at 9.30 a.m. on weekdays. She is e.g. Swiss."
        assert sentences(text) == ["Dr. Brandt opens at 9.30 a.m. on weekdays.", "She is e.g. Swiss."]

    def test_a_time_of_day_may_end_one(self):
        assert sentences("We open at 9 a.m. Dogs are welcome.") == ["We open at 9 a.m.", "Dogs are welcome."]

    def test_a_long_paragraph_is_cut_between_them(self):
        text = " ".join(f"This is sentence number {number} of the text." for number in range(20))
        found = texts(text)
        assert " ".join(found) == text
        assert all(one.endswith(".") for one in found)

    def test_one_that_is_too_long_is_cut_at_its_commas(self):
        text = ", ".join("a clause of five words" for _ in range(10))
        assert all(one.endswith(("words,", "words")) for one in texts(text))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=2000))
@settings(max_examples=60, deadline=None)
def test_whatever_the_text_passages_are_short(text):
    for passage in of_markdown(text, "a.md"):
        assert passage.text.strip()
        assert len(passage.text.split()) <= MOST_WORDS
        assert all(len(word) <= 2 * LONGEST_WORD for word in passage.text.split())


@given(st.text(alphabet="#|-*_`[](): \n.ab1", max_size=400))
@settings(max_examples=200, deadline=None)
def test_whatever_the_marks_passages_are_short(text):
    assert all(len(one.text.split()) <= MOST_WORDS for one in of_markdown(text, "a.md"))


@pytest.mark.parametrize(
    "piece",
    ["<!--", "*a", "![", "[](", "Dr. ", "# ", "|", "a" * 50, "- a\n", "<a ", "`", "| - |\n", "a: ", "x, "],
)
def test_no_text_takes_long(piece):
    began = time.process_time()
    for _ in of_markdown(piece * (400_000 // len(piece)), "a.md"):
        pass
    assert time.process_time() - began < 5
