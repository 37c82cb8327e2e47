"""What is known, as examples."""

from voiceslm.knowledge import Pack, Pair, Passage
from voiceslm.tuning.known import LONGEST, WAYS, known_examples

OPEN = Pair("When do you open?", "At nine.", "shop.md")


def test_each_pair_is_asked_in_several_ways_and_answered_as_written():
    found = known_examples(Pack((OPEN,)), persona="Be kind.")
    assert len(found) == WAYS
    assert {one.reply for one in found} == {"At nine."}
    assert all(one.messages[0].content == "Be kind." for one in found)
    assert all("open" in one.messages[-1].content.lower() for one in found)


def test_the_same_seed_gives_the_same():
    assert known_examples(Pack((OPEN,)), seed=3) == known_examples(Pack((OPEN,)), seed=3)


def test_passages_and_what_is_empty_or_long_are_not_learnt():
    pairs = (Pair("", "x", ""), Pair("x", " ", ""), Pair("x", "y" * (LONGEST + 1), ""))
    assert known_examples(Pack(pairs, (Passage("We open at nine.", "", "a"),))) == []


def test_braces_in_a_question_are_only_text():
    assert len(known_examples(Pack((Pair("What is {x} {0}?", "y", ""),)))) == WAYS
