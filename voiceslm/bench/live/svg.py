"""The picture of one turn, as SVG text: readable on light and on dark ground, and without any library."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from voiceslm.bench.live.timeline import Kind, Lane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceslm.bench.live.timeline import Timeline

WIDTH, LABELS, MARGIN = 960, 205, 24
"""Pixels: the whole, what the lanes' names take, what is left free at the right."""

TOP, LANE, BAR = 84, 30, 18
"""Pixels: above the first lane, a lane, what of it is coloured."""

LEAST_WIDTH = 2.0
"""Pixels: what takes no time can be seen."""

STEPS_MS = (50, 100, 200, 250, 500, 1000, 2000, 5000)
MOST_TICKS = 14

MEANING = {
    Kind.USER: "the user",
    Kind.WAIT: "silence",
    Kind.AHEAD: "work before the endpoint",
    Kind.AFTER: "work after it",
    Kind.DROPPED: "thrown away",
    Kind.REPLY: "the reply",
}

STYLE = """
  text { font: 13px system-ui, 'DejaVu Sans', sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px } .small { font-size: 11px; fill: #59636e }
  .grid { stroke: #d1d9e0 } .mark { stroke: #59636e; stroke-dasharray: 4 3 }
  .user { fill: #6e7781 } .wait { fill: #d1d9e0 } .ahead { fill: #1a7f37 } .after { fill: #bc4c00 }
  .dropped { fill: #c6a0c6 } .reply { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .small { fill: #9198a1 } .grid { stroke: #3d444d } .mark { stroke: #9198a1 }
    .user { fill: #9198a1 } .wait { fill: #3d444d } .ahead { fill: #3fb950 } .after { fill: #f0883e }
    .dropped { fill: #7d5a7d } .reply { fill: #4493f8 }
  }
"""


def drawn(turn: Timeline) -> str:
    """Return the picture of ``turn``."""
    height = TOP + LANE * len(Lane) + 48
    title = escape(f"“{turn.question}”  {turn.audible_ms:.0f} ms from the last word to the first sound")
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="{MARGIN}" y="28">{title}</text>',
        *_legend(turn),
        *_grid(turn, height),
        *_lanes(turn),
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def ticks(low: float, high: float) -> list[float]:
    """Return round numbers from ``low`` to ``high``, zero among them where it is between."""
    step = next((step for step in STEPS_MS if (high - low) / step <= MOST_TICKS), STEPS_MS[-1])
    return [step * n for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _x(turn: Timeline, ms: float) -> float:
    low, high = _range(turn)
    return LABELS + (ms - low) / (high - low) * (WIDTH - LABELS - MARGIN)


def _range(turn: Timeline) -> tuple[float, float]:
    return min(span.begin_ms for span in turn.spans), max(span.end_ms for span in turn.spans)


def _legend(turn: Timeline) -> Iterator[str]:
    x = float(MARGIN)
    for kind, meaning in MEANING.items():
        if any(span.kind is kind for span in turn.spans):
            yield f'<rect class="{kind}" x="{x:.0f}" y="44" width="12" height="12" rx="2"/>'
            yield f'<text class="small" x="{x + 17:.0f}" y="54">{escape(meaning)}</text>'
            x += 40 + 6.2 * len(meaning)


def _grid(turn: Timeline, height: int) -> Iterator[str]:
    bottom = height - 40
    for ms in ticks(*_range(turn)):
        x = _x(turn, ms)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>'
        yield f'<text class="small" text-anchor="middle" x="{x:.1f}" y="{bottom + 16}">{ms:g}</text>'
    note = (
        f"ms after the last sound of the user; the endpoint ({escape(turn.reason)}) at {turn.endpoint_ms:.0f}"
    )
    yield f'<text class="small" x="{LABELS}" y="{height - 7}">{note}</text>'
    for ms in (0.0, turn.endpoint_ms):
        x = _x(turn, ms)
        yield f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{bottom}"/>'


def _lanes(turn: Timeline) -> Iterator[str]:
    for index, lane in enumerate(Lane):
        y = TOP + LANE * index + (LANE - BAR) / 2
        yield f'<text x="{MARGIN}" y="{y + 13:.0f}">{escape(lane)}</text>'
        for span in (one for one in turn.spans if one.lane is lane):
            begin, end = _x(turn, span.begin_ms), _x(turn, span.end_ms)
            about = f"{lane}: {span.begin_ms:.0f} to {span.end_ms:.0f} ms, {MEANING[span.kind]}"
            yield (
                f'<rect class="{span.kind}" x="{begin:.1f}" y="{y:.1f}" height="{BAR}" rx="2" '
                f'width="{max(LEAST_WIDTH, end - begin):.1f}"><title>{escape(about)}</title></rect>'
            )
