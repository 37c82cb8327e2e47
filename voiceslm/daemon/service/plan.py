"""A plan: steps that say what they change, know whether it is so already, and make it so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Outcome(StrEnum):
    """What became of a step."""

    DONE = "done"
    ALREADY = "already so"
    WOULD = "would be done"
    REFUSED = "not done"
    """The machine did not let it; what there is to do about it is told at the end."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change to the machine."""

    line: str
    """What it does and what it changes, for people."""

    is_so: Callable[[], bool]
    """Whether nothing needs to be done; changes nothing."""

    do: Callable[[], None]
    """Makes it so, whole or not at all. Raises Problem."""

    follows_changes: bool = False
    """Do it again when a step before it changed something."""


def carry_out(steps: Sequence[Step], tell: Callable[[Step, Outcome | None], None], *, dry: bool) -> None:
    """Make every step so, in order.

    Args:
        steps: the plan.
        tell: called with None when a step begins, and with its outcome when it has ended.
        dry: change nothing, and tell what would be done.

    Raises:
        Problem: a step cannot be done; those before it stay done.
    """
    changed = False
    for step in steps:
        tell(step, None)
        if step.is_so() and not (step.follows_changes and changed):
            tell(step, Outcome.ALREADY)
            continue
        changed = True
        if dry:
            tell(step, Outcome.WOULD)
            continue
        step.do()
        tell(step, Outcome.DONE if step.is_so() else Outcome.REFUSED)
