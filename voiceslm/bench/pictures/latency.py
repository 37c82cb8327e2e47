"""How long it takes: distributions, and what it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from voiceslm.bench.pictures.data import line, machine, median, models, part, shares, trials
from voiceslm.bench.pictures.style import BLUE, CHAIN, GREEN, GREY, INK, OURS, PURPLE, sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from voiceslm.bench.pictures.data import Report

Curves: TypeAlias = "Mapping[str, tuple[Sequence[float | None], str]]"
"""Name -> times, None where it never came, and colour."""

PROFILES = {"tiny": GREEN, "small": BLUE, "default": PURPLE}
NEVER = 12.0
"""Seconds that count as no answer."""

LEAST_FOR_LINE = 5
"""Points through which a line says anything."""


def distributions(report: Report) -> Figure | None:
    """Show voice-to-voice of requests, open questions and the serial chain as cumulative distributions."""
    asked, requests = trials(report, "questions"), trials(report, "skills")
    if not asked:
        return None
    spoken = [one for one in requests if not (one["right"] and one["heard_s"] is None)]
    curves: Curves = {
        "requests that need no model": ([_heard(one) for one in spoken], GREEN),
        "open questions": ([_heard(one["ours"]) for one in asked], OURS),
        "open questions, serial chain": ([one["serial_s"] for one in asked], CHAIN),
    }
    middle = {
        name: median([NEVER if at is None else at for at in values])
        for name, (values, _) in curves.items()
        if values
    }
    title = (
        f"Half of the open questions are answered within {middle['open questions']:.2f} s, "
        f"by the serial chain within {middle['open questions, serial chain']:.2f} s"
    )
    counts = ", ".join(f"{name} n = {len(values)}" for name, (values, _) in curves.items() if values)
    caption = (
        f"From the user's last sound to the first sound of the reply, in a simulated room; {counts}\n"
        f"{models(report)}; {machine(report)}"
    )
    figure, (axes,) = sheet(title, caption, height=3.1)
    _cumulative(axes, curves, "voice-to-voice, s", "% answered by then")
    return figure


def outside(report: Report) -> Figure | None:
    """Show questions and commands, both ways, as they are measured around the whole process."""
    found = part(report, "outside").get("trials", {})
    asked, told = found.get("questions", []), found.get("commands", [])
    if not asked or not told:
        return None
    curves: Curves = {
        "command, to its message": (_came(told, "published_s"), GREEN),
        "open question, to the reply": (_came(asked, "ours_s"), OURS),
        "open question, serial chain": (_came(asked, "chain_s"), CHAIN),
        "command, serial chain, to its call": (_came(told, "chain_call_s"), PURPLE),
    }
    middle = [median(NEVER if at is None else at for at in values) for values, _ in curves.values()]
    title = (
        f"From outside: half of the commands are published within {middle[0]:.2f} s, "
        f"half of the questions answered within {middle[1]:.2f} s"
    )
    caption = (
        "From the user's last sound; the whole process behind PulseAudio, its loudspeaker and the broker "
        f"recorded; questions n = {len(asked)}, commands n = {len(told)}, both ways in turn\n"
        f"{models(report)}; {machine(report)}"
    )
    figure, (axes,) = sheet(title, caption, height=3.1)
    _cumulative(axes, curves, "s after the user's last sound", "% by then")
    return figure


def _came(trials: Sequence[Mapping[str, float]], what: str) -> list[float | None]:
    """Return when it came in each trial; None where it counts as never."""
    return [None if one[what] >= NEVER else one[what] for one in trials]


def _cumulative(axes: Axes, curves: Curves, x_label: str, y_label: str) -> None:
    """Draw each as the share that is not above a time; a time that is missing never comes."""
    for name, (values, color) in curves.items():
        reached = [at for at in values if at is not None]
        if reached:
            x, y = shares(reached, len(values))
            half = median(NEVER if at is None else at for at in values)
            axes.step([x[0], *x], [0.0, *y], where="post", color=color)
            axes.plot(half, 50, "o", color=color, markersize=5)
            axes.plot([], [], color=color, label=f"{name}: p50 {half:.2f} s")
    axes.axhline(50, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_xlim(left=0)
    axes.set_ylim(0, 102)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.legend(loc="lower right")


def reply_length(report: Report) -> Figure | None:
    """Show the first sound against the number of words of the reply."""
    pairs = [one for one in part(report, "turns").get("pairs", []) if one["timings_ms"]["first_audio"]]
    if not pairs:
        return None
    words = [len(one["reply"].split()) for one in pairs]
    both = {
        "serial chain": ([one["serial_first_audio_ms"] / 1000 for one in pairs], CHAIN),
        "voiceslm": ([one["timings_ms"]["first_audio"] / 1000 for one in pairs], OURS),
    }
    lines = {name: line(words, times) for name, (times, _) in both.items()} if _spread(words) else {}
    title = "The first sound does not wait for the end of the reply, the serial chain's does"
    if lines:
        title = (
            "Each word of the reply delays the first sound of the serial chain by "
            f"{1000 * lines['serial chain'][0]:.0f} ms, "
            f"that of voiceslm by {1000 * lines['voiceslm'][0]:.0f} ms"
        )
    caption = (
        f"Recordings answered both ways in one run, n = {len(pairs)}; {models(report)}; {machine(report)}"
    )
    figure, (axes,) = sheet(title, caption, height=3.0)
    ends = np.array([0, max(words)])
    for name, (times, color) in both.items():
        axes.plot(words, times, "o", color=color, markersize=5, alpha=0.75, label=name, markeredgewidth=0)
        if lines:
            slope, level = lines[name]
            axes.plot(ends, level + slope * ends, color=color, linewidth=1)
    axes.set_xlim(0, 1.05 * max(words))
    axes.set_ylim(bottom=0)
    axes.set_xlabel("words in the reply")
    axes.set_ylabel("first sound, s after the recording")
    axes.legend(loc="upper left")
    return figure


def threads(report: Report) -> Figure | None:
    """Show the first sound by profile and by the language model's threads."""
    series = part(report, "threads").get("series", [])
    if not series:
        return None
    profiles = [name for name in PROFILES if any(one["profile"] == name for one in series)]
    counts = sorted({one["threads"] for one in series})
    typical = {
        (one["profile"], one["threads"]): median(one["first_audio_ms"])
        for one in series
        if one["first_audio_ms"]
    }
    best = ", ".join(
        f"{name} {min(at for (who, _), at in typical.items() if who == name):.0f} ms" for name in profiles
    )
    title = f"First sound by profile, at the best number of threads: {best}"
    n = max(len(one["first_audio_ms"]) for one in series)
    caption = (
        f"Dots: single questions (n = {n} each); lines: p50; threads are the language model's\n"
        f"From the end of a recording to the first sound; {machine(report)}"
    )
    figure, (axes,) = sheet(title, caption, height=2.8)
    for one in series:
        place = counts.index(one["threads"]) + 0.05 * (
            profiles.index(one["profile"]) - (len(profiles) - 1) / 2
        )
        found = one["first_audio_ms"]
        axes.plot(
            [place] * len(found),
            found,
            "o",
            color=PROFILES[one["profile"]],
            markersize=4,
            alpha=0.4,
            markeredgewidth=0,
        )
    for name in profiles:
        _middle(axes, name, [typical.get((name, count), np.nan) for count in counts])
    axes.set_xticks(range(len(counts)), [str(count) for count in counts])
    axes.set_xlim(-0.4, len(counts) - 0.4)
    axes.set_ylim(bottom=0)
    axes.grid(visible=False, axis="x")
    axes.set_xlabel("threads")
    axes.set_ylabel("first sound, ms")
    return figure


def _middle(axes: Axes, profile: str, values: list[float]) -> None:
    axes.plot(range(len(values)), values, "o-", color=PROFILES[profile], markersize=5)
    axes.annotate(
        f"{profile}, {values[-1]:.0f} ms", (len(values) - 1, values[-1]), xytext=(24, 0),
        textcoords="offset points", va="center", color=INK, size=8,
    )  # fmt: skip


def _heard(one: dict[str, float | bool | None]) -> float | None:
    return None if one["cut_in"] else one["heard_s"]


def _spread(words: list[int]) -> bool:
    return len(words) >= LEAST_FOR_LINE and max(words) > 2 * min(words)
