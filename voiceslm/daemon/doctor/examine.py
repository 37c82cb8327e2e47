"""All checks, one after the other."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from voiceslm.daemon.doctor.finding import broken, trouble
from voiceslm.errors import Problem
from voiceslm.worker import WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding


@dataclass(frozen=True, slots=True)
class Check:
    """One section of the report."""

    section: str
    module: str
    """Of this package, with a function ``check``; imported only when its turn comes, for what is missing on
    this machine may make that fail."""

    doing: str
    slow: bool = False
    """Left out where it has to be quick."""


CHECKS = (
    Check("python", "python", "Looking at Python and its packages"),
    Check("cpu", "cpu", "Looking at the processor"),
    Check("memory", "memory", "Looking at the memory"),
    Check("disk", "disk", "Looking at the disk"),
    Check("clock", "clock", "Looking at the clock"),
    Check("configuration", "configuration", "Reading the configuration"),
    Check("models", "models", "Looking at the models"),
    Check("sound", "sound", "Opening microphone and loudspeaker"),
    Check("broker", "broker", "Connecting to the broker"),
    Check("service", "service", "Looking at the service"),
    Check("speed", "speed", "Loading the models", slow=True),
)


def examine(case: Case, checks: Iterable[Check] = CHECKS) -> Iterator[Finding]:
    """Yield what each check finds; what keeps one from its end is a finding too."""
    for check in checks:
        if check.slow and case.quick:
            continue
        case.say(check.doing)
        try:
            look = cast(
                "Callable[[Case], Iterable[Finding]]",
                importlib.import_module(f"{__package__}.{check.module}").check,
            )
            yield from look(case)
        except Problem as problem:
            yield trouble(f"{check.section}.examined", "not looked at to the end", problem)
        except (ImportError, OSError, RuntimeError, WorkerError) as error:  # what native libraries raise
            yield broken(
                f"{check.section}.examined",
                "not looked at to the end",
                str(error),
                "Mend what is found above first; then type: voiceslm doctor",
            )
