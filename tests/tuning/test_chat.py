"""Whether a tuned model still talks as it did."""

import math

import pytest

from tests.fakes import FakeLlm
from tests.llm.random_adapter import write_random
from voiceslm.llm import Message
from voiceslm.llm.llama import LlamaEngine
from voiceslm.tuning import Example, chat
from voiceslm.tuning.chat import NOT_WORSE, SHARE, UNTOUCHED, Drift, chat_drift, questions, repeats, replayed
from voiceslm.tuning.likelihood import surprises


def test_no_question_is_both_trained_and_judged():
    assert len(questions("judged")) == 40
    assert not {*questions("judged")} & {*questions("kept")}


def test_a_model_is_kept_by_its_own_replies():
    model = FakeLlm(words=("It ", "is ", "Rome."))
    (kept,) = replayed(model, "Be brief.", ["What is the capital of Italy?"])
    assert kept.reply == "It is Rome."
    assert kept.messages == (Message("system", "Be brief."), Message("user", "What is the capital of Italy?"))
    assert kept.source == "chat"


def test_long_replies_end_with_a_whole_sentence():
    (kept,) = replayed(FakeLlm(words=("It ", "is ", "so. ", "And ", *("more ",) * 500)), "p", ["x"])
    assert kept.reply == "It is so."


def test_a_model_that_says_nothing_teaches_nothing():
    assert replayed(FakeLlm(words=()), "p", ["x"]) == []


def test_no_change_is_no_drift():
    assert Drift(1.0, 1.0, 40).ratio == 1.0
    assert Drift(1.0, 1.0, 40).acceptable


def test_what_is_not_touched_has_not_drifted():
    assert UNTOUCHED.ratio == 1.0
    assert UNTOUCHED.acceptable


@pytest.mark.parametrize("others", [30_000, 54_001, 84_000, 1_000_000])
def test_its_own_replies_are_a_tenth_of_what_is_learnt_or_half_of_that(others):
    own = 3_000 * repeats(3_000, others)
    assert SHARE / 2 < own / (own + others) <= SHARE


@pytest.mark.parametrize(("own", "others"), [(3_000, 0), (3_000, 500), (0, 500), (0, 0)])
def test_its_own_replies_are_learnt_once_where_little_else_is(own, others):
    assert repeats(own, others) == 1


def test_more_surprise_than_is_heard_is_worse():
    assert not Drift(1.0, 1.0 + math.log(NOT_WORSE) + 0.01, 40).acceptable


def test_replies_that_could_not_be_compared_are_left_out(monkeypatch, tmp_path):
    found = iter([[1.0, math.nan], [2.0, 3.0]])
    monkeypatch.setattr(chat, "surprises", lambda *_args, **_more: next(found))
    assert chat_drift(tmp_path, tmp_path, []) == Drift(1.0, 2.0, 1)


@pytest.mark.models
def test_a_model_is_less_surprised_by_its_own_words_than_by_others(tiny_llm):
    engine = LlamaEngine(tiny_llm, threads=2, context_tokens=512, max_tokens=48)
    own = replayed(engine, "Be brief.", questions()[:2])
    engine.close()
    strange = [Example(one.messages, "kitchen_light off purple seven", "chat") for one in own]
    for mine, other in zip(surprises(tiny_llm, own), surprises(tiny_llm, strange), strict=True):
        assert mine + 2 < other


@pytest.mark.models
def test_a_reply_is_judged_with_the_adapter_only_where_it_is_applied_at_run_time(tiny_llm, tmp_path):
    adapter = write_random(tmp_path / "adapter.gguf", tiny_llm)
    asked = [
        Example((Message("system", head), Message("user", "Say hello.")), "Hello there.", "own")
        for head in ("Be brief.", "Be kind.")
    ]
    brief, kind = surprises(tiny_llm, asked)
    with_it = surprises(tiny_llm, asked, adapter=adapter, heads=("Be brief.",))
    assert with_it[0] > brief + 0.5
    assert with_it[1] == kind
    assert surprises(tiny_llm, asked, adapter=adapter)[1] > kind + 0.5
