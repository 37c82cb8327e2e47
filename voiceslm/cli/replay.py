"""``voiceslm replay``: recorded turns, then and now."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import track

from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, err, out, print_json
from voiceslm.events import Stage

if TYPE_CHECKING:
    from voiceslm.daemon.replaying import Answer, Report, Turn

_SHOWN = {
    Stage.STT: "words understood",
    Stage.FIRST_TOKEN: "first word thought",
    Stage.FIRST_AUDIO: "first sound ready",
}


def replay(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="One recorded turn, or the folder given to `run --record-turns`."),
    ],
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only so many, the latest.")] = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Answer recorded turns again, without any effect: what was understood and answered then, and now."""
    from voiceslm.daemon import replaying  # noqa: PLC0415 - a mistyped option should not wait for the engines

    found = replaying.find(folder)
    folders = found[-limit:] if limit else found
    settings = settings_for(config, profile)
    report = asyncio.run(
        replaying.replay(
            settings, folders, progress=lambda items: track(items, description="turns", console=err)
        )
    )
    for skipped in report.skipped:
        err.print(_plain(f"skipped {skipped.name}: {skipped.why}"), markup=False, soft_wrap=True)
    if json:
        print_json(report.document())
    elif report.turns:
        _show(report)
    if not report.turns:
        raise typer.Exit(1)


def _show(report: Report) -> None:
    for turn in report.turns:
        out.print(f"{_plain(turn.name)}: {_verdict(turn)}", style="bold", markup=False)
        for label, answer in (("then", turn.then), ("now", turn.now)):
            _line(label, f"{_plain(answer.transcript) or 'nothing intelligible'} → {_answered(answer)}")
            _line("", _timings(answer))
    total = report.summary
    of_home = total.turns - total.routed
    note = f" ({of_home} more were for a home: there is none in a replay)" if of_home else ""
    out.print(
        f"same words {total.same_transcript} of {total.turns}, "
        f"same route {total.same_route} of {total.routed}{note}"
    )
    then, now = total.first_audio_then_ms, total.first_audio_now_ms
    if then is not None and now is not None:
        out.print(f"first sound ready, median: {then:.0f} ms then, {now:.0f} ms now")


def _verdict(turn: Turn) -> str:
    said = "same words" if turn.same_transcript else "other words"
    if turn.same_route is None:
        return f"{said}, no home now"
    return f"{said}, {'same route' if turn.same_route else 'other route'}"


def _answered(answer: Answer) -> str:
    route = f"{answer.route.value} {_plain(answer.route_detail)}".strip()
    return f"{route}: {_plain(answer.reply) or 'no words'}"


def _timings(answer: Answer) -> str:
    """Return the moments that the turn has, in milliseconds."""
    known = ((label, answer.timings_ms.get(stage)) for stage, label in _SHOWN.items())
    return ", ".join(f"{label} {ms:.0f} ms" for label, ms in known if ms is not None) or "no timings"


def _line(label: str, text: str) -> None:
    out.print(f"  {label:>4}  ", end="")
    out.print(text, markup=False, soft_wrap=True)


def _plain(text: str) -> str:
    """Return ``text`` on one line, without what a terminal might obey: it comes from a file."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
