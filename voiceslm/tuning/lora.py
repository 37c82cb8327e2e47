"""What is trained: two thin matrices beside each frozen one (LoRA, arXiv:2106.09685)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from voiceslm.tuning.base import PROJECTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.tuning.base import Base

RANK = 16
ALPHA = 32.0
"""What is learnt counts ``ALPHA / RANK`` times."""


@dataclass(frozen=True, slots=True)
class Lora:
    """The matrices, in float32: GGUF's name of the frozen one -> a [rank, inputs] and b [outputs, rank]."""

    a: Mapping[str, torch.Tensor]
    b: Mapping[str, torch.Tensor]
    rank: int = RANK
    alpha: float = ALPHA

    @property
    def scale(self) -> float:
        """How many times it counts."""
        return self.alpha / self.rank

    @property
    def parameters(self) -> list[torch.Tensor]:
        """Everything that is trained, always in the same order."""
        return [*self.a.values(), *self.b.values()]


def new_lora(base: Base, *, seed: int) -> Lora:
    """Return an adapter that changes nothing yet: ``b`` is zero, ``a`` as PyTorch begins a linear layer."""
    generator = torch.Generator().manual_seed(seed)
    a: dict[str, torch.Tensor] = {}
    b: dict[str, torch.Tensor] = {}
    for layer in range(base.shape.layers):
        for part in PROJECTIONS:
            name = f"blk.{layer}.{part}.weight"
            weight = base.weights[name]
            outputs, inputs = weight.shape
            bound = 1 / math.sqrt(inputs)
            drawn = (torch.rand(RANK, inputs, generator=generator) * 2 - 1) * bound
            a[name] = drawn.to(weight.device).requires_grad_()
            b[name] = torch.zeros(outputs, RANK, device=weight.device).requires_grad_()
    return Lora(a, b)
