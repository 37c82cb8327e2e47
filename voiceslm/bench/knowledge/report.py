"""All that was measured of knowledge, for machines, for people and for a page of the documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.bench.home.report import Report as HomeReport

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class Report(HomeReport):
    """The parts that were run, told as those of the home are."""

    def table(self) -> Table:
        """Return every row with its target, for people."""
        table = HomeReport.table(self)
        table.title = "knowledge"
        return table

    def page(self) -> str:
        """Return the report in Markdown."""
        return HomeReport.page(self).replace("# The home, measured", "# Knowledge, measured", 1)
