"""Runs the real command in a process of its own, and finds what it found."""

from __future__ import annotations

from tests.e2e.command import voiceslm


class Report:
    """What one `voiceslm doctor --json` said."""

    def __init__(self, outcome):
        assert outcome.code in (0, 1), outcome.err
        assert outcome.err == ""
        self.code = outcome.code
        self.document = outcome.document
        self.findings = {finding["check"]: finding for finding in self.document["findings"]}

    def __getitem__(self, check):
        assert check in self.findings, sorted(self.findings)
        return self.findings[check]

    def broken(self, *, besides=()):
        """Return the checks of what is broken, leaving out the sections ``besides``."""
        bad = {name for name, finding in self.findings.items() if finding["level"] == "broken"}
        return {name for name in bad if name.partition(".")[0] not in besides}


def doctor(*options, prefix=(), **changes):
    return Report(voiceslm("doctor", "--json", "--profile", "tiny", *options, prefix=prefix, **changes))


def quick(*options, prefix=(), **changes):
    return doctor("--quick", *options, prefix=prefix, **changes)
