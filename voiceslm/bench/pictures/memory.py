"""Whether the process grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.bench.pictures.data import machine, part
from voiceslm.bench.pictures.style import BLUE, GREEN, GREY, ORANGE, PALE, sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from voiceslm.bench.pictures.data import Report

GAUGES = {
    "resident_mb": ("resident", BLUE),
    "anonymous_mb": ("of no file", ORANGE),
    "heap_mb": ("heap in use", GREEN),
}
SETTLING_TURNS = 100
"""As in `voiceslm.bench.soak.report`; of fewer than twice as many, growth says nothing."""

RESIDENT = "resident memory, MB a 100 turns"


def memory(report: Report) -> Figure | None:
    """Show what the process holds over the turns of the soak."""
    document = part(report, "soak")
    samples = document.get("samples", [])
    if not samples:
        return None
    turns = samples[-1]["turn"]
    growth = next((row for row in document["rows"] if row["measure"] == RESIDENT and row["n"]), None)
    title = f"Memory over {turns} turns with lost devices, brokers and interruptions"
    if growth and turns >= 2 * SETTLING_TURNS:
        value, low, high = (f"{growth[name]:+.2f}" for name in ("value", "low", "high"))
        title += f": {value} MB a hundred turns once settled (95 %: {low} to {high})"
    mishaps = sum(document.get("mishaps", {}).values())
    models = ", ".join(document["models"].values())
    caption = f"n = {len(samples)} readings at rest, {mishaps} mishaps; {models}\n{machine(report)}"
    figure, (axes,) = sheet(title, caption, height=2.8)
    settled = next(
        (sample["turn"] for sample in samples if sample["turn"] >= min(SETTLING_TURNS, turns // 2)), 0
    )
    axes.axvspan(0, settled, color=PALE, alpha=0.45, linewidth=0)
    axes.annotate(
        "settling", (settled, 0), xytext=(-4, 4), textcoords="offset points", ha="right", size=7.5, color=GREY
    )
    for gauge, (name, color) in GAUGES.items():
        read = [(sample["turn"], sample[gauge]) for sample in samples if sample.get(gauge) is not None]
        if read:
            axes.plot(*zip(*read, strict=True), color=color, linewidth=1.2, label=name)
    axes.set_xlim(0, turns)
    axes.locator_params(axis="x", integer=True)
    axes.set_ylim(bottom=0)
    axes.legend(loc="lower right", ncols=len(GAUGES))
    axes.set_xlabel("turns")
    axes.set_ylabel("MB")
    return figure
