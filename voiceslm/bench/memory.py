"""Peak memory of one command, and memory over many turns in one process."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceslm.assistant import Assistant
from voiceslm.errors import Problem
from voiceslm.metrics.memory import resident_mb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from voiceslm.config import Settings
    from voiceslm.events import Speech

SETTLING_TURNS = 30
"""Turns left out of the slope: allocators grow to what the longest turn needs."""

REPLY_TOKENS = 48
"""Longest reply: what is measured grows with the number of turns, not with their length."""

QUESTIONS = (
    "What is the capital of France?",
    "Tell me about the sea.",
    "How many days has a week?",
    "Who wrote Hamlet?",
)

_PEAK_OF = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
print(json.dumps({"code": done.returncode, "stderr": done.stderr, "peak_mb": peak}))
"""


@dataclass(frozen=True, slots=True)
class Report:
    """Resident memory in MB (10^6 bytes)."""

    turns: int
    resident_mb: tuple[float, ...]
    """After each turn."""
    slope_mb_per_10_turns: float
    """Least squares over the turns after the first `SETTLING_TURNS`."""

    def document(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return asdict(self)


def peak_of(*arguments: str) -> float:
    """Return the peak resident memory of ``voiceslm ARGUMENTS`` in a process of its own, in MB.

    Raises:
        Problem: the command failed.
    """
    command = [sys.executable, "-c", _PEAK_OF, sys.executable, "-m", "voiceslm", *arguments]
    outcome = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    if outcome["code"]:
        raise Problem(f"voiceslm {arguments[0]} failed: {outcome['stderr'].strip()}")
    return round(float(outcome["peak_mb"]), 1)


async def run(
    settings: Settings, *, turns: int = 100, progress: Callable[[Sequence[int]], Iterable[int]] = iter
) -> Report:
    """Ask and answer ``turns`` times in this process, history and all."""
    settings = settings.model_copy(
        update={"llm": settings.llm.model_copy(update={"max_tokens": REPLY_TOKENS})}
    )

    async def drop(_speech: Speech) -> None:
        pass

    seen = []
    async with Assistant(settings) as assistant:
        await assistant.load(think=True, speak=True)
        for turn in progress(range(turns)):
            await assistant.conversation.ask(QUESTIONS[turn % len(QUESTIONS)], drop)
            await assistant.conversation.settle()
            seen.append(round(resident_mb(), 2))
    settled = np.asarray(seen[min(SETTLING_TURNS, turns // 2) :])
    slope = float(np.polyfit(np.arange(len(settled)), settled, 1)[0]) * 10
    return Report(turns, tuple(seen), round(slope, 3))
