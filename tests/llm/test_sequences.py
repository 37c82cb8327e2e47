import pytest

from voiceslm.llm.sequences import Prompt, Sequences, common_prefix


@pytest.mark.parametrize(
    ("held", "wanted", "length"),
    [
        ([], (1,), 0),
        ([1, 2, 3], (1, 2, 4), 2),
        ([1, 2], (1, 2, 3), 2),
        ([1, 2, 3], (1, 2), 2),
        ([5], (1,), 0),
    ],
)
def test_the_common_prefix_is_what_need_not_be_computed_again(held, wanted, length):
    assert common_prefix(held, wanted) == length


def test_a_head_keeps_its_sequence():
    sequences = Sequences(2)
    first = sequences.claim("a")
    sequences.claim("b")
    assert sequences.claim("a") is first


def test_a_new_head_takes_the_sequence_unused_for_longest():
    sequences = Sequences(2)
    a, b = sequences.claim("a"), sequences.claim("b")
    sequences.claim("a")
    assert sequences.claim("c") is b
    assert sequences.claim("a") is a


def test_a_sequence_never_holds_what_was_computed_with_the_adapter_and_without():
    sequences = Sequences(1)
    sequences.claim("home", adapted=True).tokens += [1, 2]
    assert sequences.claim("home", adapted=True).tokens == [1, 2]
    assert sequences.claim("chat").tokens == []
    sequences.claim("chat").tokens += [1, 3]
    assert sequences.claim("chat").tokens == [1, 3]
    assert sequences.claim("home", adapted=True).tokens == []


def test_what_is_held_counts_all_sequences():
    sequences = Sequences(2)
    sequences.claim("a").tokens += [1, 2]
    sequences.claim("b").tokens += [3]
    assert sequences.held == 3
    assert [row.key for row in sequences.others(sequences.claim("b"))] == ["a"]


def test_prompts_with_the_same_head_have_the_same_key():
    one = Prompt((1, 2, 3), head=2, opening=3, words=0, bare=3)
    other = Prompt((1, 2, 9, 9), head=2, opening=4, words=0, bare=3)
    different = Prompt((1, 3, 3), head=2, opening=3, words=0, bare=3)
    assert one.head_key == other.head_key != different.head_key
