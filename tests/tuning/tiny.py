"""A model of two layers that knows nothing, in a GGUF file with a real vocabulary: quick to load and to train."""

from __future__ import annotations

from functools import cache

import gguf
import numpy as np

LAYERS, WIDTH, HEADS, KV_HEADS, INNER = 2, 64, 4, 2, 96
HEAD = WIDTH // HEADS


def write_tiny(path, vocabulary, *, architecture="llama", extra=None):
    """Write one that has the tokens of the GGUF file ``vocabulary``."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(LAYERS)
    writer.add_context_length(512)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10_000.0)
    for name, value in (extra or {}).items():
        writer.add_string(f"{architecture}.{name}", value)
    for field in _tokenizer(vocabulary):
        writer.add_key_value(*field)
    tokens = next(len(field[1]) for field in _tokenizer(vocabulary) if field[0] == "tokenizer.ggml.tokens")
    for name, values in _tensors(architecture, tokens):
        writer.add_tensor(name, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@cache
def _tokenizer(vocabulary):
    fields = [
        field for field in gguf.GGUFReader(vocabulary).fields.values() if field.name.startswith("tokenizer.")
    ]
    return [(field.name, field.contents(), field.types[0], (*field.types, None)[1]) for field in fields]


def _tensors(architecture, tokens):
    chance = np.random.default_rng(0)
    kv = KV_HEADS * HEAD
    yield "token_embd.weight", chance.normal(0, 1, (tokens, WIDTH))
    yield "output_norm.weight", chance.normal(1, 0.1, WIDTH)
    shapes = {
        "attn_q": (WIDTH, WIDTH),
        "attn_k": (kv, WIDTH),
        "attn_v": (kv, WIDTH),
        "attn_output": (WIDTH, WIDTH),
        "ffn_gate": (INNER, WIDTH),
        "ffn_up": (INNER, WIDTH),
        "ffn_down": (WIDTH, INNER),
    }
    for layer in range(LAYERS):
        for name, shape in shapes.items():
            yield f"blk.{layer}.{name}.weight", chance.normal(0, 0.3, shape)
        for name in ("attn_norm", "ffn_norm"):
            yield f"blk.{layer}.{name}.weight", chance.normal(1, 0.1, WIDTH)
        if architecture == "qwen2":
            for name in ("attn_q", "attn_k", "attn_v"):
                yield f"blk.{layer}.{name}.bias", chance.normal(0, 0.3, shapes[name][0])
