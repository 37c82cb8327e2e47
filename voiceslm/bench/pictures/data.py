"""Figures out of a report, as pictures need them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

Report = Mapping[str, Any]
"""What ``report.json`` holds."""


def part(report: Report, name: str) -> dict[str, Any]:
    """Return a part's document; empty where it was not measured."""
    found: dict[str, Any] = report["parts"].get(name, {}).get("document", {})
    return found


def trials(report: Report, scenario: str) -> list[dict[str, Any]]:
    """Return the trials of a scenario in the simulated room."""
    found: list[dict[str, Any]] = part(report, "conversation").get("trials", {}).get(scenario, [])
    return found


def median(values: Iterable[float]) -> float:
    """Return the middle of ``values``."""
    return float(np.median([*values]))


def shares(values: Sequence[float], of: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the steps of the distribution of ``values``: at each, per cent of all ``of`` not above it."""
    return np.sort(np.asarray(values, float)), 100 * np.arange(1, len(values) + 1) / of


def line(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Return slope and level of the straight line through points (least squares)."""
    slope, level = np.polyfit(np.asarray(x, float), np.asarray(y, float), 1)
    return float(slope), float(level)


def models(report: Report) -> str:
    """Return the models' names."""
    return ", ".join(report["models"][kind]["id"] for kind in ("stt", "llm", "voice"))


def machine(report: Report) -> str:
    """Return in a line what it was measured on."""
    on = report["machine"]
    return f"{on['cores']} cores, {on['processor']}"
