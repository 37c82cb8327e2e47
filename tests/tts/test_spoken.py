import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceslm.tts.spoken import ThoughtFilter, speakable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Bold** and *italic* and __both__.", "Bold and italic and both."),
        ("# Heading", "Heading"),
        ("- item", "item"),
        ("1. first", "first"),
        ("> quoted", "quoted"),
        ("Use `ls` now.", "Use ls now."),
        ("See [the page](https://example.com/a?b=c).", "See the page."),
        ("Go to https://example.com/path.", "Go to."),
        ("I am happy 😀👍🏽!", "I am happy!"),
        ("Keycap 1️⃣ here", "Keycap 1 here"),
        ("50% of A & B", "50 percent of A and B"),
        ("It is 21°C.", "It is 21 degrees."),
        ("snake_case", "snake case"),
        ("[[h@loU]]", "h at loU"),
        ("<b>hi</b> <|im_end|>", "hi"),
        ("a\x00b\x1b[31m", "a b 31m"),
        ("שלום", "שלום"),
        ("| --- | --- |", ""),
        ("😀", ""),
        ("", ""),
        ("???", ""),
    ],
)
def test_only_words_and_punctuation_are_left(text, expected):
    assert speakable(text) == expected


@given(st.text())
def test_nothing_that_cannot_be_said_survives(text):
    said = speakable(text)
    assert not set(said) & set("*_`#~|<>[]{}\\\n\t\0")
    assert said == said.strip()


def through(*parts):
    thoughts = ThoughtFilter()
    return "".join(thoughts.feed(part) for part in parts) + thoughts.finish()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<think>hm, 2+2</think>Four.", "Four."),
        ("A<think>x</think>B<think>y</think>C", "ABC"),
        ("Look:\n```python\nprint(1)\n```\nDone.", "Look:\n\nDone."),
        ("<think>never closed", ""),
        ("a < b", "a < b"),
        ("``quoted``", "``quoted``"),
        ("ends with <thi", "ends with <thi"),
    ],
)
def test_thoughts_and_code_are_dropped(text, expected):
    assert through(text) == expected
    assert through(*text) == expected


@given(st.text(alphabet="<think>/`a ", max_size=60))
def test_how_the_text_is_cut_makes_no_difference(text):
    assert through(*text) == through(text)
