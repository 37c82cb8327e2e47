"""An adapter that has learnt nothing, and changes everything."""

from __future__ import annotations

import numpy as np
import pytest

RANK = 4


def write_random(path, model):
    """Write one for the llama in the GGUF file ``model``."""
    gguf = pytest.importorskip(
        "gguf", reason="what tuning needs is not installed: pip install voiceslm[tune]"
    )
    chance = np.random.default_rng(0)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(RANK))
    for tensor in gguf.GGUFReader(model).tensors:
        if "attn_q" in tensor.name or "ffn_up" in tensor.name:
            inputs, outputs = map(int, tensor.shape)
            a, b = chance.normal(0, 0.1, (RANK, inputs)), chance.normal(0, 0.3, (outputs, RANK))
            writer.add_tensor(f"{tensor.name}.lora_a", a.astype(np.float32))
            writer.add_tensor(f"{tensor.name}.lora_b", b.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
