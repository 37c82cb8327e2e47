"""Looks at findings in tests of what is pure."""

from __future__ import annotations


def levels(findings):
    """Return check -> level."""
    return {finding.check: finding.level.value for finding in findings}


def one(findings, check):
    """Return the only finding of ``check``."""
    [found] = [finding for finding in findings if finding.check == check]
    return found
