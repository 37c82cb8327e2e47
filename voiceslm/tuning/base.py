"""The model that is trained: the weights of the GGUF file in use, dequantised, in llama.cpp's own layout.

Read from the very file that the assistant runs, there is no second download, the adapter fits what it is
loaded beside, and neither names nor rotary order have to be translated on the way back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gguf
import numpy as np
import torch

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

ARCHITECTURES = ("llama", "qwen2")
"""What `voiceslm.tuning.net` computes. They differ in the order of rotary pairs and in biases."""

PROJECTIONS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
"""The matrices of a layer, all of which are adapted."""

_NORMS = ("attn_norm", "ffn_norm")
_BIASES = ("attn_q", "attn_k", "attn_v")


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model."""

    architecture: str
    layers: int
    width: int
    heads: int
    kv_heads: int
    head_width: int
    vocabulary: int
    epsilon: float
    """Of the norms."""

    rotary_base: float


@dataclass(frozen=True, slots=True)
class Base:
    """The weights of a model, frozen."""

    shape: Shape
    weights: Mapping[str, torch.Tensor]
    """GGUF's name -> tensor [outputs, inputs], or [n] for a norm or a bias."""

    frequencies: torch.Tensor
    """Radians a position of each rotary pair [head_width / 2]."""


def load_base(path: Path, *, dtype: torch.dtype, device: str, progress: Callable[[], None]) -> Base:
    """Read and dequantise a GGUF model.

    Args:
        path: the file.
        dtype: of matrices; norms, biases and frequencies are float32.
        device: where they shall lie, in torch's words.
        progress: is called after each tensor.

    Raises:
        Problem: the file cannot be read, or holds a model that cannot be trained.
    """
    try:
        reader = gguf.GGUFReader(path)
    except (OSError, ValueError) as error:
        raise Problem(f"{path} cannot be read: {error}", "Type: voiceslm models verify") from None
    shape = read_shape(reader, path)
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    _check_whole(shape, tensors, path)
    weights = {}
    for name in (*_names(shape), "rope_freqs.weight"):
        if name in tensors:
            weights[name] = _dequantised(tensors[name], dtype, device)
            progress()
    return Base(shape, weights, _frequencies(shape, weights.pop("rope_freqs.weight", None), device))


def read_shape(reader: Any, path: Path) -> Shape:
    """Return the sizes of the model that a ``gguf.GGUFReader`` has open.

    Raises:
        Problem: it is of a kind that cannot be trained.
    """
    architecture = str(_field(reader, "general.architecture"))
    if architecture not in ARCHITECTURES:
        raise _untrainable(path, f"its architecture is {architecture!r}")

    def value(name: str, default: Any = None) -> Any:
        return _field(reader, f"{architecture}.{name}", default)

    heads, width = int(value("attention.head_count", 0)), int(value("embedding_length", 0))
    if not heads or not width:
        raise _untrainable(path, "it does not say its sizes")
    head_width = int(value("attention.key_length", width // heads))
    if value("rope.scaling.type", "none") != "none" or int(value("expert_count", 0)):
        raise _untrainable(path, "its positions are stretched or it has experts")
    if int(value("rope.dimension_count", head_width)) != head_width:
        raise _untrainable(path, "only a part of each head is rotated")
    embedding = next((tensor for tensor in reader.tensors if tensor.name == "token_embd.weight"), None)
    return Shape(
        architecture=architecture,
        layers=int(value("block_count", 0)),
        width=width,
        heads=heads,
        kv_heads=int(value("attention.head_count_kv", heads)),
        head_width=head_width,
        vocabulary=int(embedding.shape[1]) if embedding else 0,
        epsilon=float(value("attention.layer_norm_rms_epsilon", 1e-5)),
        rotary_base=float(value("rope.freq_base", 10_000.0)),
    )


def _field(reader: Any, name: str, default: Any = None) -> Any:
    field = reader.fields.get(name)
    return default if field is None else field.contents()


def _untrainable(path: Path, why: str) -> Problem:
    return Problem(
        f"{path.name} cannot be trained: {why}",
        f"Models of these architectures can be: {', '.join(ARCHITECTURES)}",
    )


def _names(shape: Shape) -> list[str]:
    layers = [f"blk.{number}" for number in range(shape.layers)]
    matrices = [f"{layer}.{part}.weight" for layer in layers for part in (*PROJECTIONS, *_NORMS)]
    biases = [f"{layer}.{part}.bias" for layer in layers for part in _BIASES]
    return ["token_embd.weight", "output.weight", "output_norm.weight", *matrices, *biases]


def _check_whole(shape: Shape, tensors: Mapping[str, Any], path: Path) -> None:
    """See whether there is all that is computed with, and nothing besides."""
    known = {*_names(shape), "rope_freqs.weight"}
    optional = {name for name in known if name.endswith(".bias")} | {"output.weight", "rope_freqs.weight"}
    if missing := sorted(known - optional - tensors.keys()):
        raise _untrainable(path, f"it has no {missing[0]}")
    if others := sorted(tensors.keys() - known):
        raise _untrainable(path, f"nothing is known of its {others[0]}")


def _dequantised(tensor: Any, dtype: torch.dtype, device: str) -> torch.Tensor:
    values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
    found = torch.from_numpy(np.array(values, np.float32))  # a copy: the file is mapped, and read-only
    return found.to(device, torch.float32 if found.ndim == 1 else dtype)


def _frequencies(shape: Shape, factors: torch.Tensor | None, device: str) -> torch.Tensor:
    exponents = torch.arange(0, shape.head_width, 2, dtype=torch.float32, device=device) / shape.head_width
    frequencies = shape.rotary_base**-exponents
    return frequencies if factors is None else frequencies / factors
