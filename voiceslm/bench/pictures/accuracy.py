"""How often it is right: whisper's windows, and the wake words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.bench.pictures.data import machine, part
from voiceslm.bench.pictures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, YELLOW, sheet
from voiceslm.stt.windows import SHORT_WINDOW

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from voiceslm.bench.pictures.data import Report

MISSED_IN, ACCEPTED_IN = "all synthetic", "all, at 5 pitches"
"""Groups of `voiceslm.bench.wake`: of those who say the word, and of sound in which nobody does."""

COLOURS = (BLUE, ORANGE, GREEN, PURPLE, YELLOW)


def windows(report: Report) -> Figure | None:
    """Show wrong words and time by the length of whisper's window, with and without the guard."""
    document = part(report, "windows")
    series = document.get("series", [])
    if not series:
        return None
    found = {(one["guarded"], one["window_s"]): one for one in series}
    short, longest = SHORT_WINDOW, max(one["window_s"] for one in series)
    bare, guarded, full = found[False, short], found[True, short], found[False, longest]
    ours, unguarded, whole = (f"{100 * one['wrong']:.1f} %" for one in (guarded, bare, full))
    title = (
        f"A window of {short:g} s takes {guarded['mean_ms']:.0f} ms, one of {longest:g} s "
        f"{full['mean_ms']:.0f} ms; wrong words: {ours} and {whole} ({unguarded} without the guard)"
    )
    caption = (
        f"n = {full['clips']} clips, {full['words']} words, 95 % intervals; {'; '.join(document['notes'])}\n"
        f"The guard asks for the next longer window where it does not believe the words; {machine(report)}"
    )
    figure, (errors, times) = sheet(title, caption, height=2.8, panels=2)
    for guard, name, color in ((False, "without the guard", ORANGE), (True, "with the guard", BLUE)):
        members = [one for one in series if one["guarded"] is guard]
        x = [one["window_s"] + (0.15 if guard else -0.15) for one in members]
        y = [100 * one["wrong"] for one in members]
        bars = [
            [100 * (one["wrong"] - one["low"]) for one in members],
            [100 * (one["high"] - one["wrong"]) for one in members],
        ]
        errors.errorbar(
            x, y, yerr=bars, fmt="o-", color=color, capsize=2, elinewidth=1, markersize=4.5, label=name
        )
        times.plot(
            [one["window_s"] for one in members],
            [one["mean_ms"] for one in members],
            "o-",
            color=color,
            markersize=4.5,
        )
    errors.set_ylabel("wrong words, %")
    times.set_ylabel("mean time of a clip, ms")
    for axes in (errors, times):
        axes.set_xticks(sorted({one["window_s"] for one in series}))
        axes.set_ylim(bottom=0)
        axes.set_xlabel("window, s" if axes is times else "window, s (the first one tried)")
    errors.set_ylim(0, 1.35 * 100 * max(one["high"] for one in series))
    errors.legend(loc="upper right", ncols=2, handlelength=1.2, columnspacing=1)
    return figure


def wake(report: Report) -> Figure | None:
    """Show misses against false accepts of each wake word, a dot a threshold."""
    document = part(report, "wake")
    own: dict[str, float] = document.get("own_thresholds", {})
    if not own:
        return None
    missed = {
        (one["word"], one["threshold"]): 100 * (1 - one["heard"] / one["said"])
        for one in document["heard"]
        if one["group"] == MISSED_IN
    }
    false = {
        (one["word"], one["threshold"]): one["count"] / one["hours"]
        for one in document["false_accepts"]
        if one["group"] == ACCEPTED_IN
    }
    hours = next(one["hours"] for one in document["false_accepts"] if one["group"] == ACCEPTED_IN)
    said = next(one["said"] for one in document["heard"] if one["group"] == MISSED_IN)
    at = ", ".join(f"{word.replace('_', ' ')} {missed[word, own[word]]:.0f} %" for word in own).replace(
        "hey ", "hey\N{NO-BREAK SPACE}"
    )
    title = f"Wake words missed at their own threshold: {at}"
    caption = (
        f"A dot a threshold, the large one is the word's own; n = {said} utterances of one synthetic voice "
        f"in many variations, {hours:.1f} h of speech, noise and music in which nobody says the word"
    )
    figure, (axes,) = sheet(title, caption, height=3.1)
    for color, (word, threshold) in zip(COLOURS, own.items(), strict=False):
        keys = sorted(key for key in missed if key[0] == word)
        axes.plot(
            [false[key] for key in keys],
            [missed[key] for key in keys],
            "o-",
            color=color,
            markersize=3.5,
            linewidth=1.2,
            label=word.replace("_", " "),
        )
        key = word, threshold
        axes.plot(false[key], missed[key], "o", color=color, markersize=9, markeredgecolor="white")
        axes.annotate(
            f"{threshold:g}",
            (false[key], missed[key]),
            xytext=(7, 5),
            textcoords="offset points",
            size=7.5,
            color=GREY,
        )
    axes.set_xscale("symlog", linthresh=1, linscale=0.8)
    axes.set_xticks([0, 1, 2, 5, 10, 20, 50], ["0", "1", "2", "5", "10", "20", "50"])
    axes.set_xlim(-0.05, 1.3 * max(1.0, *false.values()))
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel("false accepts an hour (logarithmic from 1 on)")
    axes.set_ylabel("missed, %")
    axes.legend(loc="upper right")
    return figure
