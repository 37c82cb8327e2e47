"""A whole tuning of a model of two layers: what it learns besides calls, and what its adapter is for."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="what tuning needs is not installed: pip install voiceslm[tune]")
pytest.importorskip("gguf", reason="what tuning needs is not installed: pip install voiceslm[tune]")

import torch

from tests.llm.homes import HOME
from tests.tuning.tiny import write_tiny
from voiceslm.llm import Message
from voiceslm.llm import adapter as adapters
from voiceslm.llm.tools import BRIEF
from voiceslm.tuning import Example, run
from voiceslm.tuning.chat import UNTOUCHED
from voiceslm.tuning.gather import Gathered
from voiceslm.tuning.order import Order

pytestmark = pytest.mark.models

PERSONA = "You are the kiosk of the town museum."
CALLS = [
    Example(
        (Message("system", BRIEF), Message("user", f"turn {state} the kitchen light")),
        f"kitchen_light {state}",
        "own",
    )
    for state in ("on", "off")
]
REPLY = Example((Message("system", PERSONA), Message("user", "who are you")), "I am the kiosk.", "own")


class Watch:
    def note(self, words):
        pass

    def bar(self, _what, items):
        return items

    def step(self, step):
        pass

    def agrees(self, _plan):
        return True


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory, tiny_llm):
    return write_tiny(tmp_path_factory.mktemp("llama") / "tiny.gguf", tiny_llm)


@pytest.fixture
def tuned(tiny, tmp_path, monkeypatch):
    """Return what tunes the tiny model, and reads the manifest of what came of it."""

    def said(_engine, persona, asked, **_more):
        head = Message("system", persona)
        return [Example((head, Message("user", one)), "It is so.", "chat", one) for one in asked[:3]]

    monkeypatch.setattr(run, "replayed", said)
    order = Order("home", "tiny", tiny, PERSONA, 0.01, 1, 0, tmp_path / "work")

    def tune(*examples, **changes):
        result = run.tune(replace(order, **changes), Gathered(HOME, [*examples]), Watch(), stop=lambda: False)
        return result, adapters.find(str(order.folder)).manifest

    return tune


def test_where_only_calls_are_learnt_conversation_is_not_touched(tuned, tmp_path):
    result, manifest = tuned(*CALLS)
    assert result.drift == UNTOUCHED
    assert result.drift.acceptable
    assert tuple(manifest.heads) == (BRIEF,)
    assert manifest.examples == {"own": 2}
    assert not {"kept.json", "judged.json"} & {path.name for path in (tmp_path / "work").iterdir()}


def test_where_replies_are_learnt_the_models_own_are_too_and_drift_is_measured(tuned):
    result, manifest = tuned(*CALLS, REPLY)
    assert result.drift.touched
    assert result.drift.questions == 3
    assert {*manifest.heads} == {BRIEF, PERSONA}
    assert manifest.examples == {"own": 3, "chat": 3}
