"""The computation of a llama or qwen2 model over a pack of examples, with an adapter beside its weights.

Only what training needs: no cache, no sampling, and the vocabulary only where something is learnt, which is a
fifth of the places and otherwise a quarter of the work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.tuning.base import Base, Shape
    from voiceslm.tuning.lora import Lora
    from voiceslm.tuning.packs import Pack


@dataclass(frozen=True, slots=True)
class Rows:
    """A pack as tensors: N rows are computed, B examples of L own tokens at most, M tokens are learnt."""

    tokens: torch.Tensor
    """Token ids [N]."""

    positions: torch.Tensor
    """Where each stands in its example [N]."""

    prefix: int
    """Rows that all examples share."""

    own: torch.Tensor
    """Row of each example's own tokens [B, L]; 0 where it has fewer."""

    there: torch.Tensor
    """Whether it has that many [B, L]."""

    asked: torch.Tensor
    """Rows after which something is learnt [M]."""

    wanted: torch.Tensor
    """What comes after them [M]."""


def rows_of(pack: Pack, device: str) -> Rows:
    """Return ``pack`` as tensors."""
    prefix = pack.prefix
    tokens = [*pack.examples[0].tokens[:prefix]]
    positions = [*range(prefix)]
    asked: list[int] = []
    wanted: list[int] = []
    lengths = [len(example.tokens) - prefix for example in pack.examples]
    for example in pack.examples:
        start = len(tokens) - prefix
        tokens += example.tokens[prefix:]
        positions += range(prefix, len(example.tokens))
        asked += range(start + example.reply - 1, start + len(example.tokens) - 1)
        wanted += example.tokens[example.reply :]
    counts = torch.tensor(lengths)
    there = torch.arange(int(counts.max())) < counts[:, None]
    own = torch.zeros(there.shape, dtype=torch.long)
    own[there] = torch.arange(prefix, len(tokens))

    def placed(numbers: Sequence[int]) -> torch.Tensor:
        return torch.tensor(numbers, device=device)

    return Rows(
        placed(tokens),
        placed(positions),
        prefix,
        own.to(device),
        there.to(device),
        placed(asked),
        placed(wanted),
    )


class Net:
    """A frozen model and the adapter beside it."""

    def __init__(self, base: Base, lora: Lora) -> None:
        """Join them; nothing is copied."""
        self._base = base
        self._lora = lora
        self._dtype = base.weights["token_embd.weight"].dtype

    def loss(self, rows: Rows) -> torch.Tensor:
        """Return the mean cross-entropy of what is to be learnt."""
        return functional.cross_entropy(self.logits(rows), rows.wanted)

    def logits(self, rows: Rows) -> torch.Tensor:
        """Return how likely each token is at the rows that are asked for [M, vocabulary], in float32."""
        weights, shape = self._base.weights, self._base.shape
        state = weights["token_embd.weight"][rows.tokens].float()
        turns = rows.positions[:, None, None] * self._base.frequencies
        rotation = turns.cos(), turns.sin()
        for layer in range(shape.layers):
            state = state + self._attention(layer, state, rows, rotation)
            state = state + self._feed_forward(layer, state)
        last = self._norm("output_norm.weight", state[rows.asked])
        return functional.linear(last, weights.get("output.weight", weights["token_embd.weight"])).float()

    def _attention(
        self, layer: int, state: torch.Tensor, rows: Rows, rotation: tuple[torch.Tensor, torch.Tensor]
    ) -> torch.Tensor:
        shape = self._base.shape
        x = self._norm(f"blk.{layer}.attn_norm.weight", state)
        q, k, v = (
            self._linear(f"blk.{layer}.attn_{part}", x).unflatten(-1, (-1, shape.head_width))
            for part in "qkv"
        )
        # In float32, whatever the matrices are: on a CPU, attention's way back takes half the time.
        taken = _attended(
            _rotated(q.float(), rotation, shape), _rotated(k.float(), rotation, shape), v.float(), rows
        )
        return self._linear(f"blk.{layer}.attn_output", taken.to(self._dtype)).float()

    def _feed_forward(self, layer: int, state: torch.Tensor) -> torch.Tensor:
        x = self._norm(f"blk.{layer}.ffn_norm.weight", state)
        gate, up = (self._linear(f"blk.{layer}.ffn_{part}", x) for part in ("gate", "up"))
        return self._linear(f"blk.{layer}.ffn_down", functional.silu(gate) * up).float()

    def _linear(self, name: str, x: torch.Tensor) -> torch.Tensor:
        weight = f"{name}.weight"
        a, b = self._lora.a[weight].to(self._dtype), self._lora.b[weight].to(self._dtype)
        learnt = functional.linear(functional.linear(x, a), b)
        bias = self._base.weights.get(f"{name}.bias")
        plain = functional.linear(
            x, self._base.weights[weight], bias if bias is None else bias.to(self._dtype)
        )
        return torch.add(plain, learnt, alpha=self._lora.scale)

    def _norm(self, name: str, state: torch.Tensor) -> torch.Tensor:
        scale = torch.rsqrt(state.square().mean(-1, keepdim=True) + self._base.shape.epsilon)
        return (state * scale * self._base.weights[name]).to(self._dtype)


def _rotated(values: torch.Tensor, rotation: tuple[torch.Tensor, torch.Tensor], shape: Shape) -> torch.Tensor:
    """Turn each pair of ``values`` [N, heads, width] by its angle (RoPE, arXiv:2104.09864).

    llama.cpp has llama's pairs side by side, and those of the others in the two halves of a head.
    """
    cos, sin = rotation
    if shape.architecture == "llama":
        first, second = values[..., 0::2], values[..., 1::2]
        return torch.stack((first * cos - second * sin, first * sin + second * cos), -1).flatten(-2)
    first, second = values.chunk(2, -1)
    return torch.cat((first * cos - second * sin, first * sin + second * cos), -1)


def _attended(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, rows: Rows) -> torch.Tensor:
    """Return what each row takes from those it sees [N, heads * width]; q, k and v are [N, heads, width]."""
    prefix = rows.prefix
    shared_k, shared_v = k[:prefix], v[:prefix]
    parts = []
    if prefix:
        seen = torch.ones(prefix, prefix, dtype=torch.bool, device=q.device).tril()
        parts.append(_grouped(q[None, :prefix], shared_k[None], shared_v[None], seen)[0])
    examples, longest = rows.own.shape
    ours = torch.ones(longest, longest, dtype=torch.bool, device=q.device).tril()
    seen = torch.cat((ours.new_ones(longest, prefix), ours), 1)
    own_k = torch.cat((shared_k.expand(examples, -1, -1, -1), k[rows.own]), 1)
    own_v = torch.cat((shared_v.expand(examples, -1, -1, -1), v[rows.own]), 1)
    parts.append(_grouped(q[rows.own], own_k, own_v, seen)[rows.there])
    return torch.cat(parts)


def _grouped(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    """Return attention [B, L, heads * width] of q [B, L, heads, width] over k and v [B, K, kv heads, width].

    The query heads that share a key head are put one below the other, so that keys need no copies.
    """
    batch, length, heads, width = q.shape
    groups = heads // k.shape[2]
    stacked = q.unflatten(2, (-1, groups)).permute(0, 2, 3, 1, 4).flatten(2, 3)
    taken = functional.scaled_dot_product_attention(
        stacked, k.transpose(1, 2), v.transpose(1, 2), attn_mask=seen.repeat(groups, 1)
    )
    return taken.unflatten(2, (groups, length)).permute(0, 3, 1, 2, 4).reshape(batch, length, heads * width)
