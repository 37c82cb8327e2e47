"""An adapter is applied to the prompts that it was made with, and everything else is as if it were not there."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest

from tests.llm.random_adapter import write_random
from voiceslm.llm import Message
from voiceslm.llm.llama import LlamaEngine
from voiceslm.llm.tools import BRIEF
from voiceslm.worker import Cancel

pytestmark = pytest.mark.models

CHAT = [Message("system", "You are a friendly assistant."), Message("user", "What is the capital of Italy?")]
MORE = [*CHAT, Message("assistant", "It is Rome."), Message("user", "And of France?")]
HOME = [Message("system", BRIEF), Message("user", "Turn on the light.")]
WORDS = 'root ::= ("on" | "off" | "none" | "ask" | "light" | "the") (" on" | " off" | " now")'


@pytest.fixture(scope="module")
def adapter(tiny_llm, tmp_path_factory):
    """Return an adapter that has learnt nothing, and changes everything."""
    return write_random(tmp_path_factory.mktemp("adapter") / "adapter.gguf", tiny_llm)


def engine(model, *, adapter=None, heads=None):
    return closing(
        LlamaEngine(
            model,
            threads=2,
            context_tokens=512,
            aside_tokens=256,
            max_tokens=12,
            adapter=adapter,
            adapted_heads=heads,
        )
    )


def said(model, messages):
    return [token.text for token in model.reply(messages, Cancel())]


@pytest.fixture(scope="module")
def base(tiny_llm):
    """Return what the model says without an adapter."""
    with engine(tiny_llm) as model:
        return {name: said(model, asked) for name, asked in (("chat", CHAT), ("more", MORE), ("home", HOME))}


def test_conversation_is_that_of_the_base_before_between_and_after_calls(tiny_llm, adapter, base):
    with engine(tiny_llm, adapter=adapter, heads=frozenset({BRIEF})) as model:
        assert said(model, CHAT) == base["chat"]
        first = said(model, HOME)
        assert first != base["home"]
        assert said(model, MORE) == base["more"]
        assert said(model, HOME) == first
        assert said(model, CHAT) == base["chat"]


def test_a_prepared_prompt_is_computed_as_the_one_that_follows(tiny_llm, adapter, base):
    with engine(tiny_llm, adapter=adapter, heads=frozenset({BRIEF})) as model:
        first = said(model, HOME)
        model.prepare(HOME[:-1], Cancel(), words="Turn")
        model.prepare(CHAT[:-1], Cancel(), words="What is")
        assert said(model, HOME) == first
        assert said(model, CHAT) == base["chat"]


def test_a_row_that_passes_from_one_head_to_another_keeps_nothing_of_the_adapter(tiny_llm, adapter, base):
    other = [Message("system", f"{BRIEF} Be brief."), HOME[-1]]  # begins with the same tokens
    with engine(tiny_llm) as model:
        expected = said(model, other)
    with engine(tiny_llm, adapter=adapter, heads=frozenset({BRIEF})) as model:
        said(model, HOME)
        said(model, CHAT)
        assert said(model, other) == expected
        assert said(model, CHAT) == base["chat"]


def test_choices_are_adapted_like_replies(tiny_llm, adapter):
    def likely(*, adapter=None, heads=None):
        with engine(tiny_llm, adapter=adapter, heads=heads) as model:
            model.choose(HOME, WORDS, Cancel())
            return model._native.logits().copy()

    without, with_it = likely(), likely(adapter=adapter, heads=frozenset({BRIEF}))
    other = likely(adapter=adapter, heads=frozenset({"another head"}))
    assert np.abs(with_it - without).max() > 1
    np.testing.assert_array_equal(other, without)


def test_without_heads_it_is_applied_to_everything(tiny_llm, adapter, base):
    for heads in (None, frozenset[str]()):
        with engine(tiny_llm, adapter=adapter, heads=heads) as model:
            assert said(model, CHAT) != base["chat"]
