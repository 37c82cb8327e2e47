"""What came of a soak."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import asdict, astuple, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from rich.table import Table

from voiceslm import __version__
from voiceslm.bench.live.report import machine
from voiceslm.bench.live.rows import Row, Sheet, Target
from voiceslm.bench.soak.gauges import Sample
from voiceslm.bench.soak.growth import growth

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.bench.soak.schedule import Turn

SCHEMA = 1
"""Version of the JSON document."""

SETTLING_TURNS = 100
"""After which nothing may grow; half of a run that is shorter than twice that."""

NONE = Target(0.0)
SLOPE = Target(1.0)
"""MB a hundred turns."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn that was taken."""

    turn: Turn
    went: bool | None
    """It came to what it should; None where that cannot be seen, or something befell it."""

    seconds: float
    """Real ones, until all was at rest."""


@dataclass(slots=True)
class Report:
    """Everything that was seen."""

    models: dict[str, str]
    seed: int
    planned: int
    taken: list[Taken] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    """Each time that it did not come to rest, or did not recover: what went on."""

    exceptions: list[str] = field(default_factory=list)
    """What nobody caught."""

    troubles: list[str] = field(default_factory=list)
    """What the daemon, or somebody who talked with it, complained of."""

    routes: dict[str, int] = field(default_factory=dict)
    """Ways of answering and ends of the daemon's turns, counted."""

    def document(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return {
            "schema": SCHEMA,
            "version": __version__,
            "machine": machine(),
            "models": self.models,
            "seed": self.seed,
            "planned": self.planned,
            "rows": [asdict(row) | {"met": row.met} for row in self.rows()],
            "turns": self.kinds(),
            "mishaps": self.mishaps(),
            "routes": dict(sorted(self.routes.items())),
            "stuck": self.stuck,
            "exceptions": self.exceptions,
            "troubles": dict(Counter(self.troubles)),
            "samples": [asdict(sample) for sample in self.samples],
        }

    def rows(self) -> tuple[Row, ...]:
        """Sum up, with a verdict where there is a target."""
        sheet, n = Sheet("soak"), len(self.taken)
        settled = settled_of(self.samples, n)
        return (
            sheet.figure("exceptions that nobody caught", len(self.exceptions), n, "", NONE),
            sheet.figure("stuck", len(self.stuck), n, "", NONE),
            _slope("resident memory, MB a 100 turns", settled, [s.resident_mb for s in settled], SLOPE),
            _slope("the part of no file, MB a 100 turns", settled, [s.anonymous_mb for s in settled]),
            _slope("the heap in use, MB a 100 turns", *_heap(settled)),
            _spread("file descriptors, most less fewest", [s.descriptors for s in settled], NONE),
            _spread("threads, most less fewest", [s.threads for s in settled], NONE),
            _spread("tasks of the loop, most less fewest", [s.tasks for s in settled]),
            sheet.figure("complaints", len(self.troubles), n, ""),
            sheet.share("turns that came to what they should", self._went()),
            sheet.figure("turns a minute", n / max(1e-9, self._seconds() / 60), n, ""),
        )

    def tables(self) -> Iterator[Table]:
        """Return tables for people to read."""
        table = Table(title="soak", title_justify="left")
        for heading in ("measure", "n", "value [95 %]", "target", ""):
            table.add_column(heading, justify="left" if heading == "measure" else "right")
        for row in self.rows():
            mark = {True: "[green]met[/]", False: "[red]missed[/]", None: ""}[row.met]
            table.add_row(row.measure, str(row.n), row.shown.replace("[", "\\["), row.wanted, mark)
        yield table
        counted = Table(title="what happened", title_justify="left")
        counted.add_column("")
        counted.add_column("times", justify="right")
        for name, count in {**self.kinds(), **self.mishaps(), **self.routes}.items():
            counted.add_row(name, str(count))
        yield counted

    def remarks(self) -> Iterator[str]:
        """Return what went wrong, in full."""
        yield from self.exceptions
        yield from self.stuck
        yield from (f"{count} times: {what}" for what, count in Counter(self.troubles).most_common())

    def kinds(self) -> dict[str, int]:
        """Count the turns by kind."""
        return dict(sorted(Counter(one.turn.kind.value for one in self.taken).items()))

    def mishaps(self) -> dict[str, int]:
        """Count what befell the assistant."""
        found = (one.turn.mishap for one in self.taken)
        return dict(sorted(Counter(mishap.value for mishap in found if mishap).items()))

    def csv(self) -> str:
        """Return the readings as a table for machines."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([one.name for one in fields(Sample)])
        writer.writerows(astuple(sample) for sample in self.samples)
        return text.getvalue()

    def _went(self) -> list[bool]:
        return [one.went for one in self.taken if one.went is not None]

    def _seconds(self) -> float:
        return sum(one.seconds for one in self.taken)


def settled_of(samples: Sequence[Sample], turns: int) -> list[Sample]:
    """Return the readings that count: those after the first turns, in which buffers fill."""
    after = min(SETTLING_TURNS, turns // 2)
    return [sample for sample in samples if sample.turn >= after]


def _slope(
    measure: str, samples: Sequence[Sample], values: Sequence[float], target: Target | None = None
) -> Row:
    found = growth([sample.turn for sample in samples], values)
    if found is None:
        return Row("soak", measure, 0, 0.0, None, None, "MB", target)
    return Row("soak", measure, len(values), found.value, found.low, found.high, "MB", target)


def _heap(samples: Sequence[Sample]) -> tuple[list[Sample], list[float]]:
    """Return the readings that know of the heap, and what they know."""
    found = [(sample, sample.heap_mb) for sample in samples if sample.heap_mb is not None]
    return [sample for sample, _ in found], [mb for _, mb in found]


def _spread(measure: str, values: Sequence[int], target: Target | None = None) -> Row:
    return Sheet("soak").figure(measure, max(values) - min(values) if values else 0, len(values), "", target)
