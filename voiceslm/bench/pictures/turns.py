"""One turn in time, and the typical turn stage by stage."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from voiceslm.bench.pictures.data import machine, median, models, part, trials
from voiceslm.bench.pictures.style import BLUE, CHAIN, GREEN, GREY, INK, ORANGE, OURS, PALE, PURPLE, sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from voiceslm.bench.pictures.data import Report

LANES = (
    "user speaks",
    "silence until the endpoint",
    "transcripts",
    "prompt read ahead",
    "first token",
    "first clause",
    "voice",
    "loudspeaker",
)
"""From above, as `voiceslm.bench.live.timeline.Lane` has them."""

KINDS = {
    "user": ("the user", GREY),
    "wait": ("silence", PALE),
    "ahead": ("work before the endpoint", GREEN),
    "dropped": ("thrown away", PURPLE),
    "after": ("work after it", ORANGE),
    "reply": ("the reply", BLUE),
}

BEFORE_MS = -900.0
"""What is shown of the time before the user's last sound, at most."""

STAGES = ("stt", "first_token", "first_clause", "first_audio", "audible")
STEPS = (
    "pause believed, whisper",
    "prompt read",
    "words of the first clause",
    "voice",
    "until the endpoint, device",
)
CHAIN_STEPS = ("silence awaited", "whisper, 30 s window", "the whole reply", "voice, all of it")
SILENCE_MS = 700.0
"""After which the chain begins, as in `voiceslm.bench.live.questions`."""


def timeline(report: Report) -> Figure | None:
    """Show who works when in one turn, from the user's last words to the first sound of the reply."""
    turn = part(report, "conversation").get("timeline")
    if not turn:
        return None
    title = (
        f"{turn['audible_ms'] / 1000:.2f} s from the user's last sound to the reply: "
        f"{ahead(turn['spans']):.0f} % of the work is done before it is certain that the user has finished"
    )
    caption = (
        f"“{turn['question']}” “{shortened(turn['reply'])}”\n"
        f"The turn in the middle of {len(trials(report, 'questions'))}; {models(report)}; {machine(report)}"
    )
    figure, (axes,) = sheet(title, caption, height=2.9)
    begin = max(BEFORE_MS, min(span["begin_ms"] for span in turn["spans"]))
    end = max(span["end_ms"] for span in turn["spans"])
    for span in turn["spans"]:
        first = max(begin, span["begin_ms"])
        if span["end_ms"] > first:
            width = max(span["end_ms"] - first, (end - begin) / 400)
            axes.barh(LANES.index(span["lane"]), width, left=first, height=0.62, color=KINDS[span["kind"]][1])
    for kind, (meaning, color) in KINDS.items():
        if any(span["kind"] == kind for span in turn["spans"]):
            axes.barh(0, 0, color=color, label=meaning)
    axes.set_yticks(range(len(LANES)), LANES)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(len(LANES) - 0.4, -1.0)
    axes.set_xlim(begin, end)
    axes.grid(visible=False, axis="y")
    for at, what in ((0.0, "last sound"), (turn["endpoint_ms"], f"endpoint, {turn['endpoint_ms']:.0f}")):
        axes.axvline(at, color=GREY, linestyle=(0, (4, 3)), linewidth=1)
        axes.annotate(
            what, (at, -0.95), xytext=(-3, 0), textcoords="offset points", ha="right", va="top", size=7.5
        )
    axes.set_xlabel("ms after the user's last sound")
    axes.legend(loc="lower left", ncols=1, handlelength=1, handleheight=1)
    return figure


def waterfall(report: Report) -> Figure | None:
    """Show the median moments of a turn as steps, above those of the serial chain."""
    asked = trials(report, "questions")
    whole = [one for one in asked if all(one["ours"]["stages_ms"].get(name) is not None for name in STAGES)]
    if not whole:
        return None
    moments = [median(one["ours"]["stages_ms"][name] for one in whole) for name in STAGES]
    endpoint = median(one["ours"]["stages_ms"]["endpoint"] for one in whole)
    chain = [median(times) * 1000 for times in zip(*(one["serial_stages_s"] for one in whole), strict=True)]
    title = (
        f"A typical open question: the reply is heard {moments[-1] / 1000:.2f} s after the last sound "
        f"of the user, that of the serial chain after {median(one['serial_s'] for one in whole):.2f} s"
    )
    caption = (
        f"p50 of when each stage is reached, n = {len(whole)} questions, both ways in one run; "
        f"the chain plays nothing before all is done\n{models(report)}; {machine(report)}"
    )
    figure, (axes,) = sheet(title, caption, height=0.3 * (len(STEPS) + len(CHAIN_STEPS)) + 0.9)
    _steps(axes, 0, STEPS, [0.0, *moments], OURS)
    names = [*STEPS]
    if chain:
        _steps(axes, len(STEPS) + 0.6, CHAIN_STEPS, [0.0, SILENCE_MS, *chain], CHAIN)
        names += CHAIN_STEPS
    places = [index + (0.6 if index >= len(STEPS) else 0.0) for index in range(len(names))]
    axes.vlines(endpoint, -0.5, len(STEPS) - 0.5, color=GREY, linestyle=(0, (4, 3)), linewidth=1)
    axes.annotate(f"endpoint, {endpoint:.0f}", (endpoint, -0.55), ha="center", va="bottom", size=7.5)
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(places[-1] + 0.6, -1.1)
    axes.set_xlim(0, 1.1 * max(*moments, *chain))
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("ms after the user's last sound")
    axes.annotate("voiceslm", (0.985, 0.9), xycoords="axes fraction", ha="right", color=OURS, weight="bold")
    if chain:
        axes.annotate("serial chain", (0.02, 0.05), xycoords="axes fraction", color=CHAIN, weight="bold")
    return figure


def ahead(spans: Sequence[Mapping[str, Any]]) -> float:
    """Return how many per cent of the work, in time, was done before the endpoint."""
    took = dict.fromkeys(KINDS, 0.0)
    for span in spans:
        took[span["kind"]] += span["end_ms"] - span["begin_ms"]
    return 100 * took["ahead"] / max(took["ahead"] + took["after"], 1e-9)


def shortened(text: str, most: int = 90) -> str:
    """Return ``text``, cut at a word where it is longer than ``most`` characters."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def _steps(axes: Axes, top: float, names: tuple[str, ...], moments: list[float], color: str) -> None:
    for index, (begin, end) in enumerate(pairwise(moments)):
        low, width = min(begin, end), max(abs(end - begin), 2.0)
        axes.barh(top + index, width, left=low, height=0.66, color=color)
        axes.annotate(
            f"{end - begin:+.0f}", (low + width, top + index), xytext=(4, 0),
            textcoords="offset points", va="center", size=7.5,
        )  # fmt: skip
        if index + 1 < len(names):
            axes.plot([end, end], [top + index, top + index + 1], color=color, linewidth=0.7)
