"""How far a tuning is, on a terminal and elsewhere; and what Ctrl-C does to it."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, track

from voiceslm.cli.output import err

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from voiceslm.tuning.plan import Plan
    from voiceslm.tuning.train import Step

T = TypeVar("T")

LINE_SECONDS = 30.0
"""How often it says how far it is where there is no terminal."""


@contextmanager
def stopping() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C, or a wish to end, into a word between two steps; the next one ends at once."""
    asked = threading.Event()
    before: dict[int, Any] = {}

    def note(number: int, _frame: object) -> None:
        if asked.is_set() or not Shown.training:
            raise KeyboardInterrupt
        asked.set()
        signal.signal(number, signal.default_int_handler)

    for sent in (signal.SIGINT, signal.SIGTERM):
        before[sent] = signal.signal(sent, note)
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Shown:
    """How far it is: bars on a terminal, a line now and then elsewhere."""

    training = False
    """Whether there is a step that can be waited for."""

    def __init__(self, *, yes: bool) -> None:
        """Show nothing yet."""
        self._yes = yes
        self._told = 0.0
        self._bars = Progress(
            TextColumn("learning"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[words]}"),
            console=err,
            disable=not err.is_terminal,
        )
        self._task = self._bars.add_task("learning", total=None, words="")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave the bar where it is."""
        self._bars.stop()
        Shown.training = False

    def note(self, words: str) -> None:
        """Print it."""
        err.print(words, markup=False, soft_wrap=True)

    def bar(self, what: str, items: Sequence[T]) -> Iterable[T]:
        """Show a bar over ``items``."""
        return track(items, description=what, console=err, disable=not err.is_terminal, transient=True)

    def step(self, step: Step) -> None:
        """Show how far the training is."""
        from voiceslm.tuning.plan import duration  # noqa: PLC0415 - imported by now

        ended = step.done >= step.steps
        Shown.training = not ended
        left = duration(step.seconds / step.done * (step.steps - step.done))
        words = f"{left} left, loss {step.loss:.3f}"
        self._bars.start()
        self._bars.update(self._task, completed=step.done, total=step.steps, words=words)
        if ended:
            self._bars.stop()
        if not err.is_terminal and (ended or step.seconds - self._told >= LINE_SECONDS):
            self._told = step.seconds
            self.note(f"step {step.done} of {step.steps}, {words}")

    def agrees(self, plan: Plan) -> bool:
        """Ask, where there is somebody to ask."""
        if self._yes:
            return True
        question = f"In this time {plan.passes:.0%} of it can be learnt. Begin all the same?"
        return sys.stdin.isatty() and typer.confirm(question, err=True)
