"""What the parts of this bench are given, and what they give back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceslm.bench.home.part import Bench
    from voiceslm.bench.home.sentences import Miss
    from voiceslm.bench.live.rows import Row
    from voiceslm.bench.tune.contest import Contestant


@dataclass(frozen=True, slots=True)
class Contest:
    """What is measured, with whom."""

    bench: Bench
    contestants: tuple[Contestant, ...]
    """The base first."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure, of each model that it was taken of."""

    name: str
    rows: Mapping[str, Row]
    """Label -> what came out."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a part came to."""

    measures: tuple[Measure, ...]
    misses: Mapping[str, tuple[Miss, ...]] = field(default_factory=dict)
    """Label -> what did not come out as it should."""
    notes: tuple[str, ...] = ()
