"""One thing that was looked at, and how it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.errors import Problem

VERSION = 1
"""Of the document; a field may be added within one version."""


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    ADVICE = "advice"
    """It works, but something is worth knowing or doing."""

    BROKEN = "broken"
    """Something that is wanted does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, in words."""

    check: str
    """``section.name``: stays the same from version to version, for scripts."""

    level: Level
    what: str
    """One line."""

    cause: str = ""
    """Why; empty when all is well."""

    mend: str = ""
    """The command or the step that mends it; empty when all is well."""

    @property
    def section(self) -> str:
        """The subject under which it is shown."""
        return self.check.partition(".")[0]


def ok(check: str, what: str) -> Finding:
    """Return that all is well."""
    return Finding(check, Level.OK, what)


def advice(check: str, what: str, cause: str, mend: str) -> Finding:
    """Return something worth doing."""
    return Finding(check, Level.ADVICE, what, cause, mend)


def broken(check: str, what: str, cause: str, mend: str) -> Finding:
    """Return something that does not work."""
    return Finding(check, Level.BROKEN, what, cause, mend)


def trouble(check: str, what: str, problem: Problem) -> Finding:
    """Return something that does not work as a problem explains."""
    return broken(check, what, problem.cause, problem.remedy)


def count_broken(findings: Sequence[Finding]) -> int:
    """Return how many do not work."""
    return sum(finding.level is Level.BROKEN for finding in findings)


def document(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return what ``doctor --json`` prints."""
    return {
        "version": VERSION,
        "findings": [asdict(finding) for finding in findings],
        "broken": count_broken(findings),
    }
