"""What a model takes of memory to answer a sentence to a home, in a process in which nothing else is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.tune.contest import CONTEXT_TOKENS
from voiceslm.bench.tune.homes import entities_of
from voiceslm.errors import Problem
from voiceslm.llm import adapter as adapters
from voiceslm.llm.llama import LlamaEngine
from voiceslm.metrics.memory import resident_mb
from voiceslm.tuning.evaluate import answered
from voiceslm.tuning.reach import Reach

if TYPE_CHECKING:
    from voiceslm.bench.tune.contest import Contestant

DEVICES, SEED = 30, 0
"""Of the simulated home: the one that `voiceslm tune --sample 30` learns."""

SENTENCE = "Turn on the kitchen light."


def memory_mb(contestant: Contestant) -> float:
    """Return by how much a process grows that loads the model and lets it answer, in MB (10^6 bytes).

    Raises:
        Problem: it could not be done.
    """
    model, adapter = contestant.files
    command = [sys.executable, "-m", __name__, str(model), str(adapter.folder.absolute() if adapter else "")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"the memory of {contestant.label} could not be measured: {done.stderr.strip()[-300:]}")
    return float(json.loads(done.stdout)["mb"])


def main(model: str, adapter: str) -> None:
    """Load, answer, and print how much that took."""
    reach = Reach(entities_of(sample_home(DEVICES, SEED)), brief=bool(adapter))
    learnt = adapters.find(adapter) if adapter else None
    before = resident_mb()
    engine = LlamaEngine(
        Path(model),
        adapter=learnt.path if learnt else None,
        adapted_heads=frozenset(learnt.manifest.heads) if learnt else None,
        threads=2,
        context_tokens=CONTEXT_TOKENS,
        max_tokens=64,
    )
    answered(engine, reach, SENTENCE)
    print(json.dumps({"mb": round(resident_mb() - before, 1)}))  # noqa: T201 - for the process that began this


if __name__ == "__main__":
    main(*sys.argv[1:])
