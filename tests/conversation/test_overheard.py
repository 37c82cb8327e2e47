"""What the words of a transcript say about where it came from."""

import pytest

from voiceslm.conversation.overheard import is_backchannel, is_echo, stable

REPLY = "The capital of Australia is Canberra, which lies between Sydney and Melbourne."


@pytest.mark.parametrize("text", ["", "Mm-hmm.", "Uh huh", "Okay.", "Oh, I see.", "Yeah, right."])
def test_a_listener_who_hums_does_not_interrupt(text):
    assert is_backchannel(text)


@pytest.mark.parametrize("text", ["Stop.", "Okay, stop.", "What about Sydney?", "No."])
def test_words_that_want_something_are_no_humming(text):
    assert not is_backchannel(text)


@pytest.mark.parametrize(
    "text", [REPLY, "Australia is Canberra", "capital of Australia is camera which lies between"]
)
def test_its_own_words_are_recognised_even_misheard_in_part(text):
    assert is_echo(text, REPLY)


@pytest.mark.parametrize("text", ["", "What is the capital of Austria?", "And how far is it to Melbourne?"])
def test_other_words_are_no_echo(text):
    assert not is_echo(text, REPLY)


def test_nothing_is_an_echo_of_silence():
    assert not is_echo("Who are you?", "")


def test_of_a_first_hypothesis_all_but_the_last_words_are_kept():
    assert stable("", "what is the capital of") == "what is the"


def test_what_two_hypotheses_agree_on_is_kept_to_the_end():
    assert stable("what is the capital", "what is the capital of") == "what is the capital"


def test_a_changed_beginning_still_gives_the_latest_words():
    assert stable("what his", "what is the capital of Austria") == "what is the capital"


def test_too_short_a_hypothesis_gives_nothing():
    assert stable("", "what is") == ""
