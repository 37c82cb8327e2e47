"""The decisions around whisper's windows, without a model."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceslm.stt import windows
from voiceslm.stt.windows import (
    Attempt,
    Decoding,
    Verdict,
    choose,
    judge,
    ladder,
    most_tokens,
    pieces,
    repeats,
    unrepeated,
)


def decoding(
    text: str = "Turn on the light.",
    tokens: tuple[int, ...] = (1, 2, 3, 4, 5),
    *,
    window: float = 8.0,
    log_probability: float = -0.2,
    no_speech: float = 0.01,
    complete: bool = True,
) -> Decoding:
    return Decoding(text, tokens, window, log_probability, no_speech, complete)


@given(st.floats(min_value=0.0, max_value=windows.LONGEST_PIECE))
def test_every_window_holds_the_sound_and_each_is_longer_than_the_one_before(seconds):
    tried = ladder(seconds, speech_seconds=seconds)

    assert all(window >= min(seconds + windows.WINDOW_MARGIN, windows.FULL_WINDOW) for window in tried)
    assert list(tried) == sorted(set(tried))
    assert tried[-1] == windows.FULL_WINDOW


@pytest.mark.parametrize(
    ("seconds", "speech", "tried"),
    [
        (1.0, 0.5, (15, 30)),
        (1.6, 1.0, (10, 15, 30)),
        (8.0, 6.0, (10, 15, 30)),
        (8.1, 6.0, (10.5, 15, 30)),
        (14.0, 9.0, (16, 30)),
        (20.0, 0.3, (22, 30)),
        (28.5, 20.0, (30,)),
    ],
)
def test_the_ladder(seconds, speech, tried):
    assert ladder(seconds, speech_seconds=speech) == tried


@pytest.mark.parametrize(
    ("tokens", "once"),
    [
        ((), ()),
        ((1,), (1,)),
        ((1, 2, 3, 4), (1, 2, 3, 4)),
        ((7, 7, 7), (7, 7, 7)),
        ((1, 2, 1, 2), (1, 2, 1, 2)),
        ((1, 2, 1, 2, 1, 2), (1, 2)),
        ((9, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3), (9, 1, 2, 3)),
        ((1, 2, 1, 2, 1, 2, 9), (1, 2, 1, 2, 1, 2, 9)),
    ],
    ids=[
        "nothing",
        "one",
        "no repeat",
        "no no no",
        "twice",
        "three times",
        "after a start",
        "something else last",
    ],
)
def test_a_phrase_said_again_and_again_to_the_end_is_said_once(tokens, once):
    assert unrepeated(tokens) == once
    assert repeats(tokens) or once == tokens


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ((), False),
        ((5, 5), False),
        ((1, 2, 1, 2), True),
        ((1, 2, 3, 1, 2, 3), True),
        ((9, 1, 2, 3, 1, 2, 3), False),
        ((9, 1, 2, 1, 2, 1, 2), True),
    ],
    ids=["nothing", "no no", "all of it twice", "all of it twice", "its end twice", "its end three times"],
)
def test_repeating_everything_twice_or_the_end_three_times_is_suspicious(tokens, expected):
    assert repeats(tokens) is expected


@given(st.lists(st.integers(0, 3), max_size=40))
def test_what_is_left_is_a_beginning_that_repeats_no_more(tokens):
    once = unrepeated(tokens)

    assert list(once) == tokens[: len(once)]
    assert bool(once) is bool(tokens)


@pytest.mark.parametrize(
    ("found", "speech", "verdict"),
    [
        (decoding(), 2.0, Verdict.GOOD),
        (decoding("", ()), 2.0, Verdict.GOOD),
        (decoding("Thank you."), 0.5, Verdict.GOOD),
        (decoding("Thank you.", no_speech=0.9), 0.5, Verdict.GOOD),
        (decoding("Thank you.", no_speech=0.7, log_probability=-1.3), 0.2, Verdict.SILENCE),
        (decoding("Seven.", no_speech=0.4, log_probability=-1.9), 0.2, Verdict.GUESS),
        (decoding("The pan is over.", no_speech=0.4, log_probability=-0.9), 2.2, Verdict.SILENCE),
        (decoding("The pan is over.", no_speech=0.1, log_probability=-0.9, window=15), 2.2, Verdict.GOOD),
        (decoding(log_probability=-0.6, window=8), 2.0, Verdict.GUESS),
        (decoding(log_probability=-0.6, window=15), 2.0, Verdict.GOOD),
        (decoding(complete=False), 2.0, Verdict.RUNAWAY),
        (decoding(tokens=(1, 2, 3) * 3), 2.0, Verdict.RUNAWAY),
        (decoding("stop and go " * 20), 2.0, Verdict.RUNAWAY),
    ],
    ids=[
        "plain",
        "nothing said",
        "thanks",
        "clear thanks in a quiet second",
        "thanks out of a click",
        "a short word, not sure",
        "much voice, nothing intelligible",
        "much voice, badly heard",
        "unlikely, in a short window",
        "as unlikely, in a window to believe",
        "token bound",
        "repeats",
        "compresses",
    ],
)
def test_the_guard(found, speech, verdict):
    assert judge(found, speech_seconds=speech) is verdict


@pytest.mark.parametrize("english", [True, False])
def test_more_sound_allows_more_tokens_and_the_last_window_twice_as_many(english):
    bounds = [most_tokens(seconds, english=english, last=False) for seconds in (0.25, 2.0, 6.0)]

    assert bounds == sorted(set(bounds))
    assert bounds[0] >= 6
    assert most_tokens(2.0, english=english, last=True) == 2 * bounds[1]
    assert most_tokens(30.0, english=english, last=True) == windows.MOST_TOKENS


def test_other_languages_may_take_more_tokens_than_english():
    assert most_tokens(2.0, english=False, last=False) > most_tokens(2.0, english=True, last=False)


def test_the_last_attempt_is_kept_when_it_is_settled():
    tries = [Attempt(decoding(), Verdict.GUESS), Attempt(decoding(log_probability=-0.9), Verdict.GOOD)]

    assert choose(tries) is tries[1]


def test_among_guesses_the_likeliest_is_kept_and_a_runaway_never_if_there_is_another():
    runaway = Attempt(decoding(log_probability=-0.05), Verdict.RUNAWAY)
    guesses = [Attempt(decoding(log_probability=value), Verdict.GUESS) for value in (-1.1, -1.4)]

    assert choose([runaway, *guesses]) is guesses[0]
    assert choose([*guesses, runaway]) is guesses[0]
    assert choose([runaway]) is runaway


def test_no_speech_has_no_pieces():
    assert pieces([], 20.0) == []


def test_short_speech_is_one_piece_with_a_margin_inside_the_recording():
    margin = windows.MARGIN_SECONDS
    assert pieces([(3.0, 4.0), (4.5, 6.0)], 20.0) == [(3.0 - margin, 6.0 + margin)]
    assert pieces([(0.1, 4.0)], 4.1) == [(0.0, 4.1)]


def test_long_speech_is_cut_at_its_long_pause():
    found = pieces([(0.0, 12.0), (12.2, 20.0), (21.5, 40.0)], 40.0)

    assert len(found) == 2
    assert 20.0 <= found[0][1] <= found[1][0] <= 21.5


def test_speech_without_a_pause_is_cut_evenly_and_nothing_is_lost():
    found = pieces([(0.0, 60.0)], 60.0)

    assert found[0][0] == 0.0
    assert found[-1][1] == 60.0
    assert all(left[1] == right[0] for left, right in pairwise(found))


gaps_and_words = st.lists(
    st.tuples(st.floats(min_value=0.1, max_value=5.0), st.floats(min_value=0.06, max_value=40.0)), max_size=12
)


@given(gaps_and_words)
def test_pieces_are_in_order_short_enough_and_hold_every_span(lengths):
    spans, now = [], 0.0
    for gap, word in lengths:
        spans.append((now + gap, now + gap + word))
        now += gap + word

    found = pieces(spans, now)

    assert all(end - begin <= windows.LONGEST_PIECE + 1e-6 for begin, end in found)
    assert all(left[1] <= right[0] + 1e-6 for left, right in pairwise(found))
    for begin, end in spans:
        held = sum(max(0.0, min(end, stop) - max(begin, start)) for start, stop in found)
        assert held == pytest.approx(end - begin, abs=1e-6)
