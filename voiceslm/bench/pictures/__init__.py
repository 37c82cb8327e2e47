"""Pictures of a whole report: each from the figures in report.json, and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.bench.pictures import accuracy, latency, memory, style, turns
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matplotlib.figure import Figure

    from voiceslm.bench.pictures.data import Report

__all__ = ["PICTURES", "Picture", "draw"]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture."""

    name: str
    """Of its files."""

    part: str
    """Of the report, under which it is shown."""

    shows: str
    """For those who cannot see it."""

    figure: Callable[[Report], Figure | None]
    """Draws it; None where the report has nothing for it."""


PICTURES = (
    Picture(
        "outside", "outside", "commands and questions, measured around the whole process", latency.outside
    ),
    Picture("timeline", "conversation", "who works when in one turn", turns.timeline),
    Picture("waterfall", "conversation", "the stages of a typical turn", turns.waterfall),
    Picture("voice-to-voice", "conversation", "distributions of voice-to-voice", latency.distributions),
    Picture("reply-length", "turns", "the first sound by the length of the reply", latency.reply_length),
    Picture("threads", "threads", "the first sound by profile and threads", latency.threads),
    Picture("windows", "windows", "wrong words by whisper's window", accuracy.windows),
    Picture("wake", "wake", "wake words missed against false accepts", accuracy.wake),
    Picture("memory", "soak", "memory over the turns of the soak", memory.memory),
)


def draw(report: Report, folder: Path) -> list[Picture]:
    """Draw what there is to draw, as SVG and PNG into ``folder``.

    Returns:
        The pictures that were drawn.

    Raises:
        Problem: the ``bench`` extra is not installed, or a picture cannot be written.
    """
    drawn = []
    with style.applied():
        for picture in PICTURES:
            figure = picture.figure(report)
            if figure is not None:
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                    style.save(figure, folder / picture.name)
                except OSError as error:
                    raise Problem(f"the pictures cannot be written to {folder}: {error.strerror}") from None
                drawn.append(picture)
    return drawn
