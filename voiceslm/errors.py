"""The one kind of failure a person is meant to read."""

from __future__ import annotations


class Problem(Exception):  # noqa: N818 - "Problem" is the word the user reads
    """Something outside the code is wrong: a file, a setting, a device, a model.

    Every command prints it as one line and ends with exit code 1; the daemon logs it and degrades.
    """

    def __init__(self, cause: str, remedy: str = "") -> None:
        """Keep ``cause`` (what and where) apart from ``remedy`` (what to do or type next)."""
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy

    def __str__(self) -> str:
        """Return the one line a person sees."""
        line = f"{self.cause}. {self.remedy}" if self.remedy else self.cause
        return " ".join(line.split())
