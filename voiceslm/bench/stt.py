"""Our speech-to-text against plain faster-whisper: same weights, same clips, one run, alternating."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from faster_whisper import WhisperModel
from rich.table import Table

from voiceslm.audio.wavfile import LONGEST_SECONDS, read_audio
from voiceslm.bench.score import Interval, bootstrap, slot_words, word_errors
from voiceslm.errors import Problem
from voiceslm.listening.vad import SileroVad
from voiceslm.stt.whisper import WhisperEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from voiceslm.events import Audio

T = TypeVar("T")

GROUPS = {
    "librispeech": ("librispeech_read",),
    "home commands": ("home_commands",),
    "barista": ("barista",),
}
"""Sets of real people speaking English, by the name they are reported under."""

BY_WORDS = ("librispeech", "home commands")
"""Groups with transcripts; the pooled row, where the target lies, is over these."""

POOLED = "both"


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording of one person."""

    path: Path
    group: str
    transcript: str | None
    slots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one clip came to, on both sides."""

    clip: str
    group: str
    total: int
    """Words in the reference (barista: slot words)."""

    ours_wrong: int
    plain_wrong: int
    """Word errors (barista: slot words not recalled)."""

    ours_seconds: float
    plain_seconds: float
    attempts: int
    window_seconds: float
    ours_text: str
    plain_text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One group of clips, summed up."""

    group: str
    clips: int
    words: int
    ours: float
    plain: float
    """Word error rate; for barista the share of slot words missed."""

    difference: Interval
    """Ours minus plain, in the same unit: below zero is better."""

    ours_ms: float
    plain_ms: float
    """Mean a clip."""

    ours_p95_ms: float
    plain_p95_ms: float
    time_ratio: Interval
    """Ours ÷ plain, of the summed times."""

    retried: int
    """Clips where the guard asked for a longer window."""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole comparison."""

    model: str
    threads: int
    rows: tuple[Row, ...]
    outcomes: tuple[Outcome, ...]

    def document(self) -> dict[str, Any]:
        """Return everything as plain values for JSON."""
        return asdict(self)

    def table(self) -> Table:
        """Return the rows for people to read."""
        title = f"Speech-to-text, {self.model}, ours with {self.threads} threads | plain faster-whisper"
        table = Table(title=title)
        for name in (
            "set",
            "clips",
            "words",
            "error rate %",
            "difference [95 %]",
            "mean ms",
            "p95 ms",
            "time ratio",
        ):
            table.add_column(name, justify="left" if name == "set" else "right")
        for row in self.rows:
            table.add_row(
                row.group,
                str(row.clips),
                str(row.words),
                f"{100 * row.ours:.1f} | {100 * row.plain:.1f}",
                row.difference.shown(scale=100, digits=1),
                f"{row.ours_ms:.0f} | {row.plain_ms:.0f}",
                f"{row.ours_p95_ms:.0f} | {row.plain_p95_ms:.0f}",
                row.time_ratio.shown(scale=1, digits=2),
            )
        table.caption = "barista: slot words missed; retried: " + ", ".join(
            f"{row.group} {row.retried}/{row.clips}" for row in self.rows
        )
        return table


def data_folder() -> Path:
    """Find the speech data: ``$VOICESLM_DATA``, else ``../shared/data`` beside the checkout.

    Raises:
        Problem: neither holds ``speech/manifest.jsonl``.
    """
    given = os.environ.get("VOICESLM_DATA")
    folder = Path(given) if given else Path(__file__).resolve().parents[3] / "shared" / "data"
    if not (folder / "speech" / "manifest.jsonl").is_file():
        raise Problem(f"No speech data in {folder}", "Set VOICESLM_DATA to the folder that holds speech/.")
    return folder


def clips(folder: Path) -> list[Clip]:
    """Read the manifest: English clips of real people, at most 60 s, with a transcript or slots."""
    group_of = {name: group for group, names in GROUPS.items() for name in names}
    found = []
    for line in (folder / "speech" / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        group = group_of.get(row["set"])
        known = row.get("transcript") or row.get("slots")
        if group and known and row.get("lang") == "en" and row["seconds"] <= LONGEST_SECONDS:
            slots = tuple((row.get("slots") or {}).values())
            found.append(Clip(folder / "speech" / row["path"], group, row.get("transcript"), slots))
    return found


def run(
    model_dir: Path,
    *,
    threads: int = 1,
    data: Path | None = None,
    every: int = 1,
    progress: Callable[[Sequence[Clip]], Iterable[Clip]] = iter,
) -> Report:
    """Compare both on the same clips, clip by clip, the first speaker alternating.

    Args:
        model_dir: CTranslate2 whisper folder, used by both.
        threads: threads for ours; faster-whisper takes its own default.
        data: folder holding ``speech/``; otherwise ``data_folder()``.
        every: take each n-th clip only.
        progress: wraps the clips while they are worked through (``rich.progress.track``).

    Returns:
        The report, with a row a group and a pooled row over those with transcripts.

    Raises:
        Problem: data, model or the ``bench`` extra is missing.
    """
    chosen = clips(data or data_folder())[::every]
    word_errors("a", "a")  # names the missing extra before minutes of work
    ours = WhisperEngine(model_dir, language="en", threads=threads, find_speech=SileroVad().spans)
    plain = WhisperModel(str(model_dir), device="cpu", compute_type="int8")
    ours.warm_up()
    _plainly(plain, read_audio(chosen[0].path))
    outcomes = tuple(
        _compare(clip, ours, plain, ours_first=index % 2 == 0) for index, clip in enumerate(progress(chosen))
    )
    return Report(model=model_dir.name, threads=threads, rows=summarise(outcomes), outcomes=outcomes)


def summarise(outcomes: Sequence[Outcome]) -> tuple[Row, ...]:
    """Return a row a group and, first, the pooled one."""
    groups: dict[str, list[Outcome]] = {POOLED: [one for one in outcomes if one.group in BY_WORDS]}
    for one in outcomes:
        groups.setdefault(one.group, []).append(one)
    return tuple(_row(name, members) for name, members in groups.items() if members)


def _row(group: str, members: Sequence[Outcome]) -> Row:
    total = np.array([one.total for one in members], float)
    ours_wrong = np.array([one.ours_wrong for one in members], float)
    plain_wrong = np.array([one.plain_wrong for one in members], float)
    ours = np.array([one.ours_seconds for one in members])
    plain = np.array([one.plain_seconds for one in members])
    return Row(
        group=group,
        clips=len(members),
        words=int(total.sum()),
        ours=float(ours_wrong.sum() / total.sum()),
        plain=float(plain_wrong.sum() / total.sum()),
        difference=bootstrap(ours_wrong - plain_wrong, total),
        ours_ms=float(1000 * ours.mean()),
        plain_ms=float(1000 * plain.mean()),
        ours_p95_ms=float(1000 * np.quantile(ours, 0.95)),
        plain_p95_ms=float(1000 * np.quantile(plain, 0.95)),
        time_ratio=bootstrap(ours, plain),
        retried=sum(one.attempts > 1 for one in members),
    )


def _compare(clip: Clip, ours: WhisperEngine, plain: WhisperModel, *, ours_first: bool) -> Outcome:
    audio = read_audio(clip.path)
    if ours_first:
        mine, ours_seconds = _timed(lambda: ours.transcribe(audio))
        text, plain_seconds = _timed(lambda: _plainly(plain, audio))
    else:
        text, plain_seconds = _timed(lambda: _plainly(plain, audio))
        mine, ours_seconds = _timed(lambda: ours.transcribe(audio))
    ours_wrong, total = _wrong(clip, mine.text)
    return Outcome(
        clip=clip.path.name,
        group=clip.group,
        total=total,
        ours_wrong=ours_wrong,
        plain_wrong=_wrong(clip, text)[0],
        ours_seconds=ours_seconds,
        plain_seconds=plain_seconds,
        attempts=mine.attempts,
        window_seconds=mine.window_seconds,
        ours_text=mine.text,
        plain_text=text,
    )


def _wrong(clip: Clip, heard: str) -> tuple[int, int]:
    """Return (wrong, total) words of one clip."""
    if clip.transcript:
        return word_errors(clip.transcript, heard)
    return slot_words(clip.slots, heard)


def _plainly(model: WhisperModel, audio: Audio) -> str:
    """Transcribe as faster-whisper's README does, but greedy and in English."""
    segments, _ = model.transcribe(audio.samples, beam_size=1, language="en")
    return " ".join(segment.text.strip() for segment in segments)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began
