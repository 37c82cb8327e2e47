"""The training itself: packs in, an adapter out; it may be stopped at any moment and goes on there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import torch

from voiceslm.tuning import checkpoint as checkpoints
from voiceslm.tuning.checkpoint import Checkpoint
from voiceslm.tuning.lora import new_lora
from voiceslm.tuning.net import Net, rows_of
from voiceslm.tuning.packs import endless
from voiceslm.tuning.plan import learning_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from voiceslm.tuning.base import Base
    from voiceslm.tuning.lora import Lora
    from voiceslm.tuning.packs import Encoded, Pack

PEAK_RATE = 1e-3
BETAS = (0.9, 0.99)
LARGEST_GRADIENT = 1.0
CHECKPOINT_SECONDS = 60.0
"""Between two checkpoints: as much is lost at most. One takes a fifth of a second."""

MEASURED_PACKS = 3
"""Computed to learn this machine's speed, after one that does not count."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step came to."""

    done: int
    """Steps that are done, with this one."""

    steps: int
    seconds: float
    """How long all of those took."""

    loss: float
    """Mean cross-entropy of the tokens learnt, in nats."""


def prepare(threads: int) -> str:
    """Return where to compute: an accelerator where there is one, else ``threads`` threads."""
    torch.set_num_threads(threads)
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def fastest_dtype(where: str) -> torch.dtype:
    """Return what matrices are multiplied fastest in: bfloat16, or float32 where that is emulated."""
    if where == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    if where == "mps":
        return torch.float32
    return min((torch.bfloat16, torch.float32), key=_seconds_of_product)


def _seconds_of_product(dtype: torch.dtype) -> float:
    left, right = torch.ones(512, 576, dtype=dtype), torch.ones(576, 1536, dtype=dtype)
    best = float("inf")
    for _ in range(8):
        began = time.perf_counter()
        torch.mm(left, right)
        best = min(best, time.perf_counter() - began)
    return best


def seconds_per_token(base: Base, examples: Sequence[Encoded], *, seed: int) -> float:
    """Return how long training computes for each token: by doing it, without keeping anything."""
    lora = new_lora(base, seed=seed)
    net = Net(base, lora)
    where = str(base.frequencies.device)
    seconds, tokens = 0.0, 0
    for number, pack in enumerate(islice(endless(examples, seed=seed), MEASURED_PACKS + 1)):
        began = time.perf_counter()
        loss = net.loss(rows_of(pack, where))
        loss.backward()
        float(loss.detach())  # an accelerator computes until somebody looks
        if number:
            seconds += time.perf_counter() - began
            tokens += pack.computed
    return seconds / tokens


def train(
    base: Base,
    examples: Sequence[Encoded],
    *,
    steps: int,
    seed: int,
    folder: Path,
    fingerprint: str,
    on_step: Callable[[Step], None],
    stop: Callable[[], bool] = lambda: False,
) -> Lora:
    """Train an adapter, going on where the checkpoint in ``folder`` was made for the same ``fingerprint``.

    Args:
        base: the frozen model.
        examples: what to learn; at least one.
        steps: how many there shall be; where it goes on, as many as there should be at first.
        seed: decides the first matrices and the order of the examples.
        folder: where checkpoints are kept.
        fingerprint: of the data, the base and the settings.
        on_step: is told after each.
        stop: is asked after each whether to leave it at that for now.

    Raises:
        Problem: a checkpoint cannot be written or read.
        KeyboardInterrupt: it was stopped; the checkpoint is of that moment.
    """
    run = _Run(base, seed=seed, steps=steps, folder=folder, fingerprint=fingerprint)
    saved = time.perf_counter()
    for pack in islice(endless(examples, seed=seed), run.done, run.steps):
        on_step(run.step(pack))
        if stop():
            run.keep()
            raise KeyboardInterrupt
        if time.perf_counter() - saved > CHECKPOINT_SECONDS:
            run.keep()
            saved = time.perf_counter()
    run.keep()
    return run.lora


class _Run:
    """A training that may have begun in another process."""

    def __init__(self, base: Base, *, seed: int, steps: int, folder: Path, fingerprint: str) -> None:
        """Begin, or go on from a checkpoint."""
        self.lora = new_lora(base, seed=seed)
        self.done, self.steps = 0, steps
        self._device = str(base.frequencies.device)
        self._net = Net(base, self.lora)
        self._optimizer = torch.optim.AdamW(self.lora.parameters, lr=PEAK_RATE, betas=BETAS, weight_decay=0.0)
        self._folder = folder
        self._fingerprint = fingerprint
        seconds = 0.0
        if kept := checkpoints.load(folder, fingerprint):
            self.done, self.steps, seconds = kept.step, kept.steps, kept.seconds
            self._optimizer.load_state_dict(kept.optimizer)
            with torch.no_grad():
                for parameter, value in zip(self.lora.parameters, kept.parameters, strict=True):
                    parameter.copy_(value)
        self._began = time.perf_counter() - seconds

    def step(self, pack: Pack) -> Step:
        """Learn from one pack."""
        rate = learning_rate(self.done, self.steps, peak=PEAK_RATE)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        loss = self._net.loss(rows_of(pack, self._device))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.lora.parameters, LARGEST_GRADIENT)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.done += 1
        return Step(self.done, self.steps, time.perf_counter() - self._began, float(loss.detach()))

    def keep(self) -> None:
        """Write a checkpoint."""
        parameters = [parameter.detach() for parameter in self.lora.parameters]
        state = self._optimizer.state_dict()
        seconds = time.perf_counter() - self._began
        checkpoints.save(
            self._folder, Checkpoint(self._fingerprint, self.done, self.steps, seconds, parameters, state)
        )
