"""Training, for real: a model of two layers for most of it, and once the smallest one that talks."""

from __future__ import annotations

import errno
from array import array
from contextlib import closing
from itertools import islice

import numpy as np
import pytest

pytest.importorskip("torch", reason="what tuning needs is not installed: pip install voiceslm[tune]")
pytest.importorskip("gguf", reason="what tuning needs is not installed: pip install voiceslm[tune]")

import torch

from tests.tuning.tiny import write_tiny
from voiceslm.errors import Problem
from voiceslm.llm import Message
from voiceslm.llm.llama import LlamaEngine
from voiceslm.tuning import Example, checkpoint, train
from voiceslm.tuning.base import load_base
from voiceslm.tuning.encode import encode, fingerprint
from voiceslm.tuning.export import write_adapter
from voiceslm.tuning.lora import new_lora
from voiceslm.tuning.net import Net, rows_of
from voiceslm.tuning.packs import Encoded, Pack, endless, packed
from voiceslm.worker import Cancel

pytestmark = pytest.mark.models

HEAD = Message("system", "Answer with calls to this home.")
EXAMPLES = [
    Example((HEAD, Message("user", f"turn {state} the {device} light")), f"{device}_light {state}", "home")
    for state in ("on", "off")
    for device in ("kitchen", "porch", "hall")
]


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """What is tiny is no quicker on two, and on a busy machine slower by far."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def engine_of(path, adapter=None):
    return closing(LlamaEngine(path, threads=1, context_tokens=512, max_tokens=16, adapter=adapter))


def encoded(path, examples=EXAMPLES):
    with engine_of(path) as engine:
        return [encode(engine, one) for one in examples]


def base_of(path, dtype=torch.float32):
    return load_base(path, dtype=dtype, device="cpu", progress=lambda: None)


def trained(base, examples, folder, *, steps, on_step=lambda _: None, stop=lambda: False, name="data"):
    return train.train(
        base,
        examples,
        steps=steps,
        seed=0,
        folder=folder,
        fingerprint=name,
        on_step=on_step,
        stop=stop,
    )


def said(path, sentence, adapter=None):
    with engine_of(path, adapter) as engine:
        return "".join(token.text for token in engine.reply([HEAD, Message("user", sentence)], Cancel()))


def runtime_logits(path, example, adapter=None):
    """Return what llama.cpp expects after each token before one of the reply."""
    with engine_of(path, adapter) as engine:
        native = engine._native
        rows = []
        for count in range(example.reply, len(example.tokens)):
            native.forget(0, 0)
            native.decode(0, 0, example.tokens[:count])
            rows.append(native.logits().copy())
    return np.stack(rows)


@pytest.fixture(scope="module", params=["llama", "qwen2"])
def tiny(request, tmp_path_factory, tiny_llm):
    path = tmp_path_factory.mktemp(request.param) / "tiny.gguf"
    return write_tiny(path, tiny_llm, architecture=request.param)


@pytest.fixture(scope="module")
def llama(tmp_path_factory, tiny_llm):
    return write_tiny(tmp_path_factory.mktemp("llama") / "tiny.gguf", tiny_llm)


def test_what_is_computed_is_what_llama_cpp_computes_in_packs_too(tiny):
    base = base_of(tiny)
    (pack,) = packed(encoded(tiny), seed=0)
    assert len(pack.examples) == len(EXAMPLES)
    assert pack.prefix > 0
    with torch.no_grad():
        logits = Net(base, new_lora(base, seed=0)).logits(rows_of(pack, "cpu")).numpy()
    expected = np.concatenate([runtime_logits(tiny, example) for example in pack.examples])
    assert np.abs(logits - expected).max() < 0.05 * expected.std()


def test_an_exported_adapter_does_in_llama_cpp_what_it_did_in_training(tiny, tmp_path):
    base = base_of(tiny)
    examples = encoded(tiny)
    lora = trained(base, examples, tmp_path, steps=12)
    write_adapter(tmp_path / "adapter.gguf", lora, base.shape, name="home")
    pack = Pack((examples[0],), examples[0].reply - 1)
    with torch.no_grad():
        logits = Net(base, lora).logits(rows_of(pack, "cpu")).numpy()
    without = runtime_logits(tiny, examples[0])
    expected = runtime_logits(tiny, examples[0], tmp_path / "adapter.gguf")
    assert np.abs(expected - without).max() > expected.std()
    assert np.abs(logits - expected).max() < 0.05 * expected.std()


def test_the_smallest_model_learns_calls_and_says_them_through_its_adapter(tiny_llm, tmp_path):
    before = said(tiny_llm, "turn off the porch light")
    base = base_of(tiny_llm, torch.bfloat16)
    losses = []
    lora = trained(base, encoded(tiny_llm), tmp_path, steps=12, on_step=lambda step: losses.append(step.loss))
    write_adapter(tmp_path / "adapter.gguf", lora, base.shape, name="home")
    assert before != "porch_light off"
    assert losses[-1] < losses[0] / 10
    assert said(tiny_llm, "turn off the porch light", tmp_path / "adapter.gguf") == "porch_light off"


def test_one_example_is_learnt(llama, tmp_path):
    losses = []
    trained(
        base_of(llama),
        encoded(llama, EXAMPLES[:1]),
        tmp_path,
        steps=40,
        on_step=lambda step: losses.append(step.loss),
    )
    assert losses[-1] < losses[0] / 2


def test_stopped_and_resumed_it_comes_to_the_same_as_in_one_go(llama, tmp_path):
    base, examples = base_of(llama), encoded(llama)
    whole = trained(base, examples, tmp_path / "whole", steps=8)
    done: list[train.Step] = []
    with pytest.raises(KeyboardInterrupt):
        trained(base, examples, tmp_path / "parts", steps=8, on_step=done.append, stop=lambda: len(done) == 3)
    parts = trained(base, examples, tmp_path / "parts", steps=99, on_step=done.append)
    assert [step.done for step in done] == [*range(1, 9)]
    assert all(step.steps == 8 for step in done)
    for one, other in zip(whole.parameters, parts.parameters, strict=True):
        assert torch.equal(one, other)


def test_a_process_that_was_killed_goes_on_from_its_last_checkpoint(llama, tmp_path, monkeypatch):
    monkeypatch.setattr(train, "CHECKPOINT_SECONDS", -1.0)
    base, examples = base_of(llama), encoded(llama)

    class Killed(BaseException):
        pass

    def die(step):
        if step.done == 5:
            raise Killed

    with pytest.raises(Killed):
        trained(base, examples, tmp_path, steps=8, on_step=die)
    steps: list[train.Step] = []
    trained(base, examples, tmp_path, steps=8, on_step=steps.append)
    assert [step.done for step in steps] == [5, 6, 7, 8]


def test_a_checkpoint_of_other_data_is_not_gone_on_with(llama, tmp_path):
    base, examples = base_of(llama), encoded(llama)
    trained(base, examples, tmp_path, steps=3)
    steps: list[train.Step] = []
    trained(base, examples, tmp_path, steps=2, on_step=steps.append, name="other data")
    assert [step.done for step in steps] == [1, 2]


def test_a_full_disk_is_told_and_leaves_the_last_checkpoint(llama, tmp_path, monkeypatch):
    base, examples = base_of(llama), encoded(llama)
    trained(base, examples, tmp_path, steps=2)
    kept = (tmp_path / checkpoint.NAME).read_bytes()

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Problem, match=r"the disk is full. Free 100 MB and repeat the command"):
        trained(base, examples, tmp_path, steps=4, name="other data")
    assert (tmp_path / checkpoint.NAME).read_bytes() == kept
    assert [path.name for path in tmp_path.iterdir()] == [checkpoint.NAME]


def test_a_damaged_checkpoint_is_named(tmp_path):
    (tmp_path / checkpoint.NAME).write_bytes(b"nonsense")
    with pytest.raises(Problem, match=r"checkpoint.pt cannot be read.*Delete it to begin anew"):
        checkpoint.load(tmp_path, "data")


@pytest.mark.parametrize(
    ("architecture", "extra", "why"),
    [
        ("phi2", {}, "its architecture is 'phi2'"),
        ("llama", {"rope.scaling.type": "yarn"}, "its positions are stretched"),
    ],
)
def test_a_base_that_cannot_be_trained_is_refused(tmp_path, tiny_llm, architecture, extra, why):
    path = write_tiny(tmp_path / "odd.gguf", tiny_llm, architecture=architecture, extra=extra)
    with pytest.raises(Problem, match=f"odd.gguf cannot be trained: {why}"):
        base_of(path)


def test_what_is_no_model_is_refused(tmp_path):
    (tmp_path / "odd.gguf").write_bytes(b"nonsense")
    with pytest.raises(Problem, match=r"odd.gguf cannot be read"):
        base_of(tmp_path / "odd.gguf")


def test_an_example_becomes_the_tokens_of_the_runtime_with_the_end_of_the_reply(tiny_llm):
    with engine_of(tiny_llm) as engine:
        example = encode(engine, EXAMPLES[0])
        assert example is not None
        prompt = engine.prompt(EXAMPLES[0].messages)
        assert tuple(example.tokens[: example.reply]) == prompt.tokens
        assert engine._native.ends_reply(example.tokens[-1])
        learnt = b"".join(map(engine._native.piece, example.tokens[example.reply : -1]))
        assert learnt.decode() == EXAMPLES[0].reply
        assert example.head == prompt.opening


def test_the_same_data_has_the_same_fingerprint_and_no_other_has():
    assert fingerprint(EXAMPLES) == fingerprint([*EXAMPLES])
    assert fingerprint(EXAMPLES) != fingerprint(EXAMPLES[1:])


def made(*tokens, reply, head):
    return Encoded(array("i", tokens), reply, head)


def test_a_pack_holds_what_its_examples_share_once():
    one, two = made(1, 2, 3, 4, 5, reply=4, head=2), made(1, 2, 3, 6, 7, reply=4, head=2)
    (pack,) = packed([one, two], seed=0)
    assert (pack.prefix, pack.computed, pack.learnt) == (3, 7, 2)


def test_what_precedes_the_reply_is_never_shared():
    same = made(1, 2, 3, 4, reply=3, head=2)
    (pack,) = packed([same, same], seed=0)
    assert pack.prefix == 2


def test_every_example_is_in_one_pack_and_another_seed_orders_them_otherwise():
    examples = [made(1, 2, number, 9, reply=3, head=2) for number in range(50)]
    packs = packed(examples, seed=1, room=10)
    found = [example.tokens[2] for pack in packs for example in pack.examples]
    assert sorted(found) == [*range(50)]
    assert max(pack.computed - pack.prefix for pack in packs) <= 10
    assert found == [
        example.tokens[2] for pack in packed(examples, seed=1, room=10) for example in pack.examples
    ]
    assert found != [
        example.tokens[2] for pack in packed(examples, seed=2, room=10) for example in pack.examples
    ]


def test_an_example_longer_than_a_pack_has_one_to_itself():
    long = made(*range(100), reply=50, head=2)
    assert [len(pack.examples) for pack in packed([long, long], seed=0, room=10)] == [1, 1]


def test_packs_never_end():
    examples = [made(1, 2, 3, 4, reply=3, head=2)]
    assert len([*islice(endless(examples, seed=0), 5)]) == 5
