"""The wake words: how often one is missed, and how often heard where nobody said it, by threshold."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.table import Table

from voiceslm.audio import FRAME, FRAME_SECONDS, RATE
from voiceslm.bench.stt import data_folder
from voiceslm.bench.wake_sounds import PITCHES, Speakers, nearly, real, recordings, saying, without
from voiceslm.listening.wake import DELAYS, Debounce, WakeWord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from voiceslm.bench.wake_sounds import Recording, Stream

THRESHOLDS = (0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99)
"""Tried besides each model's own."""

VOICE = "en_US-joe-medium"
"""The voice that is made into many: the one the pipeline was measured with."""

AS_RECORDED = "all, as recorded"
AT_ALL_PITCHES = "all, at 5 pitches"
NEAR_WORDS = "near words"

NORMAL = 1.96
"""Standard deviations that hold 95 % of a normal distribution."""

TAIL = 0.025
"""Probability beyond each end of a 95 % interval."""

Track = list[tuple[float, float]]
"""Seconds from the start of a stream, and the probability that the word ends there."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How many of some utterances were taken for the word."""

    word: str
    group: str
    threshold: float
    said: int
    heard: int
    twice: int
    """Of those, recognised more than once."""

    low: float
    high: float
    """95 % interval of the share heard (Wilson); too narrow for one voice's variations."""

    @property
    def missed(self) -> str:
        """Text: the share not heard and its interval in percent."""
        return _percent(1 - self.heard / self.said, 1 - self.high, 1 - self.low)

    @property
    def accepted(self) -> str:
        """Text: the share heard and its interval in percent."""
        return _percent(self.heard / self.said, self.low, self.high)


@dataclass(frozen=True, slots=True)
class FalseAccepts:
    """How often the word was recognised in a stream in which nobody says it."""

    word: str
    group: str
    threshold: float
    hours: float
    count: int
    low: float
    high: float
    """95 % interval of the count an hour (Poisson)."""

    @property
    def shown(self) -> str:
        """Text: the rate an hour and its interval."""
        return f"{self.count / self.hours:.1f} [{self.low:.1f}, {self.high:.1f}]"


@dataclass(frozen=True, slots=True)
class Delay:
    """Seconds from the end of the word to its recognition, at the model's own threshold."""

    word: str
    n: int
    p5: float
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was counted."""

    own_thresholds: dict[str, float]
    heard: tuple[Heard, ...]
    near: tuple[Heard, ...]
    false_accepts: tuple[FalseAccepts, ...]
    delays: tuple[Delay, ...]

    def document(self) -> dict[str, Any]:
        """Return everything as plain values for JSON."""
        return asdict(self)

    def tables(self) -> Iterator[Table]:
        """Return for people to read: by threshold, then by place at each model's own threshold."""
        sums = Table(title="Wake words by threshold (* the model's own)", title_justify="left")
        for name in (
            "word",
            "threshold",
            "missed, synthetic %",
            "near words %",
            "false an hour",
            "at 5 pitches",
        ):
            sums.add_column(name, justify="left" if name == "word" else "right")
        near = {(row.word, row.threshold): row.accepted for row in self.near if row.group == NEAR_WORDS}
        false = {(row.word, row.threshold, row.group): row.shown for row in self.false_accepts}
        for row in self.heard:
            if row.group == "all synthetic":
                key = row.word, row.threshold
                mark = "*" if row.threshold == self.own_thresholds[row.word] else " "
                sums.add_row(
                    row.word,
                    f"{row.threshold:.2f}{mark}",
                    row.missed,
                    near[key],
                    false[*key, AS_RECORDED],
                    false[*key, AT_ALL_PITCHES],
                )
        yield sums
        places = Table(title="Missed, by place, at the model's own threshold", title_justify="left")
        for name in ("word", "place", "said", "missed %", "heard twice"):
            places.add_column(name, justify="left" if name in ("word", "place") else "right")
        for row in self.heard:
            if row.threshold == self.own_thresholds[row.word]:
                places.add_row(row.word, row.group, str(row.said), row.missed, str(row.twice))
        hours = next(row.hours for row in self.false_accepts if row.group == AS_RECORDED)
        places.caption = (
            f"Synthetic: one voice at 3 paces and 5 pitches, not many people. False accepts: {hours:.2f} h. "
            + "; ".join(f"{one.word} is recognised {one.p50:+.2f} s after its end" for one in self.delays)
        )
        yield places


def run(
    voice: Path,
    *,
    data: Path | None = None,
    words: Sequence[str] = tuple(DELAYS),
    pitches: Sequence[float] = PITCHES,
    progress: Callable[[Sequence[str]], Iterable[str]] = iter,
) -> Report:
    """Try every word on real recordings and on synthetic speech.

    Args:
        voice: a Piper voice's ``.onnx`` file.
        data: folder holding ``speech/``; otherwise ``data_folder()``.
        words: which wake words.
        pitches: at which sound without the word is listened to, besides as it was recorded.
        progress: wraps the words while they are worked through.

    Returns:
        The report.

    Raises:
        Problem: data or voice is missing.
    """
    clips = recordings(data or data_folder())
    speakers = Speakers(voice)
    reports = [_try(word, speakers, clips, pitches) for word in progress(words)]
    return Report(
        own_thresholds={word: own for one in reports for word, own in one.own_thresholds.items()},
        heard=tuple(row for one in reports for row in one.heard),
        near=tuple(row for one in reports for row in one.near),
        false_accepts=tuple(row for one in reports for row in one.false_accepts),
        delays=tuple(row for one in reports for row in one.delays),
    )


def _try(word: str, speakers: Speakers, clips: Sequence[Recording], pitches: Sequence[float]) -> Report:
    spotter = WakeWord(word)
    own = spotter.threshold
    thresholds = sorted({*THRESHOLDS, own})

    def listened(streams: Iterable[Stream]) -> list[tuple[Stream, Track]]:
        return [(stream, track(spotter, stream)) for stream in streams]

    synthetic = listened(saying(word, speakers, clips))
    near = listened(nearly(word, speakers))
    groups = {"all synthetic": synthetic, "people": listened(real(word, clips))}
    for one in synthetic:
        groups.setdefault(one[0].group, []).append(one)
    near_groups = {NEAR_WORDS: near}
    for one in near:
        near_groups.setdefault(one[0].about, []).append(one)
    plain = listened(without(word, clips, pitch=1.0))
    others = listened(
        stream for pitch in pitches if pitch != 1 for stream in without(word, clips, pitch=pitch)
    )
    silent = {stream.group: [(stream, found)] for stream, found in plain}
    silent |= {AS_RECORDED: plain, AT_ALL_PITCHES: plain + others}
    return Report(
        own_thresholds={word: own},
        heard=tuple(_heard(word, *group, at) for at in thresholds for group in groups.items() if group[1]),
        near=tuple(_heard(word, *group, at) for at in thresholds for group in near_groups.items()),
        false_accepts=tuple(_false(word, *group, at) for at in thresholds for group in silent.items()),
        delays=(_delay(word, synthetic, own),),
    )


def track(spotter: WakeWord, stream: Stream) -> Track:
    """Return every answer of the network to ``stream``, from its beginning."""
    spotter.reset()
    whole = stream.samples[: len(stream.samples) // FRAME * FRAME].reshape(-1, FRAME)
    answers = ((index, spotter.probability(frame)) for index, frame in enumerate(whole, start=1))
    return [(index * FRAME_SECONDS, answer) for index, answer in answers if answer is not None]


def recognitions(found: Track, threshold: float) -> list[float]:
    """Return the seconds at which ``WakeWord.hear`` would have recognised the word."""
    debounce = Debounce(threshold)
    return [at for at, probability in found if debounce.hear(probability)]


def share_interval(hits: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share (Wilson 1927)."""
    share, z = hits / of, NORMAL
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, centre - half), min(1.0, centre + half)


def count_interval(count: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a Poisson mean, given one count (Garwood 1936), by bisection."""
    top = 2.0 * count + 10.0
    low = _bisect(lambda mean: 1 - _at_most(count - 1, mean) < TAIL, top) if count else 0.0
    return low, _bisect(lambda mean: _at_most(count, mean) > TAIL, top)


def _at_most(count: int, mean: float) -> float:
    """Return the probability of ``count`` or fewer where ``mean`` are expected."""
    return sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))


def _bisect(below: Callable[[float], bool], top: float) -> float:
    low, high = 0.0, top
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return low


def _heard(word: str, group: str, listened: Sequence[tuple[Stream, Track]], threshold: float) -> Heard:
    counts = [len(recognitions(found, threshold)) for _, found in listened]
    heard = sum(count > 0 for count in counts)
    twice = sum(count > 1 for count in counts)
    return Heard(word, group, threshold, len(counts), heard, twice, *share_interval(heard, len(counts)))


def _false(word: str, group: str, listened: Sequence[tuple[Stream, Track]], threshold: float) -> FalseAccepts:
    hours = sum(len(stream.samples) for stream, _ in listened) / RATE / 3600
    count = sum(len(recognitions(found, threshold)) for _, found in listened)
    low, high = count_interval(count)
    return FalseAccepts(word, group, threshold, hours, count, low / hours, high / hours)


def _delay(word: str, listened: Sequence[tuple[Stream, Track]], threshold: float) -> Delay:
    delays = [
        found[0] - stream.ends
        for stream, answers in listened
        if stream.ends is not None and (found := recognitions(answers, threshold))
    ]
    p5, p50, p95 = np.percentile(delays, [5, 50, 95])
    return Delay(word, len(delays), round(float(p5), 3), round(float(p50), 3), round(float(p95), 3))


def _percent(share: float, low: float, high: float) -> str:
    return f"{100 * share:.1f} [{100 * low:.1f}, {100 * high:.1f}]"
