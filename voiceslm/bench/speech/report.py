"""All that was measured of speech, for machines, for people and for a page of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.bench.home import report

if TYPE_CHECKING:
    from rich.table import Table

HOME, SPEECH = "# The home, measured", "# Speech, measured"


class Report(report.Report):
    """As the home's, under another heading."""

    __slots__ = ()

    def table(self) -> Table:
        """Return every row with its target, for people."""
        table = super().table()
        table.title = "speech"
        return table

    def page(self) -> str:
        """Return the report in Markdown."""
        return super().page().replace(HOME, SPEECH, 1)
