"""Decisions about whisper's windows: how long, whether to believe the result, where to cut. No model here.

Whisper was trained on 30 s windows. A shorter one costs less to encode, but the decoder then sometimes
runs away ("nevermind nevermind …") or stops early. So: a short window first, a guard that judges what came
out, a longer window where the guard objects. The figures behind each constant are in docs/latency.md.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Span = tuple[float, float]
"""Begin and end in seconds."""

FULL_WINDOW = 30.0
"""Seconds: what whisper was trained on."""

SHORT_WINDOW = 10.0
"""Seconds: the shortest window tried; below it more goes wrong than the encoder saves."""

MIDDLE_WINDOW = 15.0
"""Seconds: as accurate as the full window, so what comes out of it is believed."""

WINDOW_MARGIN = 2.0
"""Seconds of padding after the sound: with half a second the decoder often runs on."""

LONGEST_PIECE = FULL_WINDOW - 1.0
"""Seconds of sound put into one window at most."""

MARGIN_SECONDS = 0.3
"""Sound kept before and after the detected speech: soft onsets and final consonants lie outside the span."""

LEAST_SPEECH = 0.06
"""Seconds of detected speech below which nobody spoke: two frames of the detector."""

ENGLISH_TOKENS_PER_SECOND = 6.0
"""More than this is not talking: the quickest of 300 English recordings needed 4 + 4.9 a second."""

OTHER_TOKENS_PER_SECOND = 15.0
"""Whisper's vocabulary is mostly English: other languages take two to three times the tokens."""

SPARE_TOKENS = 6
"""Allowed on top: a very short clip still holds a word or two, its punctuation and the end mark."""

MOST_COMPRESSION = 2.4
"""Bytes of text to bytes of its zlib form: beyond it the text repeats itself (OpenAI whisper's threshold)."""

LEAST_LOG_PROBABILITY = -0.5
"""Mean log-probability a token under which a short window is asked to be repeated in a longer one."""

BRIEF_SECONDS = 1.0
"""Speech shorter than this is a word or two, of which whisper is never sure."""

MOST_TOKENS = 224
"""Whisper's own limit for one window (half its text context)."""

BRIEF_SILENCE = (-1.2, 0.5)
SILENCE = (-0.8, 0.3)
"""Mean log-probability below the first and no-speech probability above the second mean that nobody spoke.
OpenAI whisper's own pair is (-1.0, 0.6)."""

REPEATS = 3
"""A phrase said this many times in a row, to the end of the text, is a runaway."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """One attempt at one window."""

    text: str
    tokens: tuple[int, ...]
    """Text tokens, without the special ones."""

    window_seconds: float
    mean_log_probability: float
    """A token, the end mark counted, as OpenAI whisper does: single words look too unlikely without."""

    no_speech_probability: float
    complete: bool = True
    """False when the token bound cut it off."""


class Verdict(StrEnum):
    """What the guard says of a decoding."""

    GOOD = "good"
    SILENCE = "silence"
    RUNAWAY = "runaway"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A decoding and what the guard said of it."""

    decoding: Decoding
    verdict: Verdict


SETTLED = (Verdict.GOOD, Verdict.SILENCE)
"""Verdicts that no longer window would change."""


def ladder(seconds: float, *, speech_seconds: float) -> tuple[float, ...]:
    """Return the windows to try in turn.

    Args:
        seconds: sound to put into the window, at most ``LONGEST_PIECE``.
        speech_seconds: voiced time in it. A word or two starts in the middle window: whisper is so
            often unsure of them in a short one that trying it costs more than it saves.

    Returns:
        Seconds, ascending; the last is the full window.
    """
    needed = math.ceil(2 * (seconds + WINDOW_MARGIN)) / 2
    first = MIDDLE_WINDOW if speech_seconds < BRIEF_SECONDS else SHORT_WINDOW
    steps = (max(first, needed), max(MIDDLE_WINDOW, needed), FULL_WINDOW)
    return tuple(sorted({min(step, FULL_WINDOW) for step in steps}))


def most_tokens(seconds: float, *, english: bool, last: bool) -> int:
    """Return how many tokens so much sound can be worth; decoding stops there.

    Args:
        seconds: sound in the window.
        english: the language spoken is English.
        last: no longer window will be tried, so rather twice too much than a word lost.
    """
    rate = ENGLISH_TOKENS_PER_SECOND if english else OTHER_TOKENS_PER_SECOND
    return min(MOST_TOKENS, (SPARE_TOKENS + round(rate * seconds)) * (2 if last else 1))


def judge(decoding: Decoding, *, speech_seconds: float) -> Verdict:
    """Say whether ``decoding`` can be believed.

    Args:
        decoding: what came out.
        speech_seconds: voiced time the detector found in the window. The more there is, the more whisper must
            have understood of it: a short word is hard for whisper, but two seconds of nothing intelligible
            are not speech to us.
    """
    unlikely, no_speech = BRIEF_SILENCE if speech_seconds < BRIEF_SECONDS else SILENCE
    probability = decoding.mean_log_probability
    if probability < unlikely and decoding.no_speech_probability > no_speech:
        return Verdict.SILENCE
    if not decoding.complete or repeats(decoding.tokens) or compression(decoding.text) > MOST_COMPRESSION:
        return Verdict.RUNAWAY
    if decoding.window_seconds < MIDDLE_WINDOW and probability < LEAST_LOG_PROBABILITY:
        return Verdict.GUESS
    return Verdict.GOOD


def choose(attempts: Sequence[Attempt]) -> Attempt:
    """Return the attempt to keep: the last if it is settled, else the likeliest that did not run away."""
    last = attempts[-1]
    if last.verdict in SETTLED:
        return last
    guesses = [attempt for attempt in attempts if attempt.verdict is Verdict.GUESS]
    return max(guesses, key=lambda attempt: attempt.decoding.mean_log_probability, default=last)


def compression(text: str) -> float:
    """Return how far ``text`` can be squeezed: about 1 for plain words, more when it repeats itself."""
    content = text.encode()
    return len(content) / len(zlib.compress(content)) if content else 0.0


def repeats(tokens: Sequence[int]) -> bool:
    """Tell whether ``tokens`` end in one phrase again and again, or are nothing but one phrase twice."""
    half = len(tokens) // 2
    twice = half > 1 and tokens[:half] == tokens[half:]
    return twice or len(unrepeated(tokens)) < len(tokens)


def unrepeated(tokens: Sequence[int]) -> tuple[int, ...]:
    """Return ``tokens`` with a phrase that ends them ``REPEATS`` times and more said once.

    Phrases have two tokens and more: "no no no" is something people say.
    """
    for size in range(2, len(tokens) // REPEATS + 1):
        count = 1
        while tokens[-size * (count + 1) :][:size] == tokens[-size:] and size * (count + 1) <= len(tokens):
            count += 1
        if count >= REPEATS:
            return tuple(tokens[: len(tokens) - size * (count - 1)])
    return tuple(tokens)


def pieces(spans: Sequence[Span], seconds: float, *, longest: float = LONGEST_PIECE) -> list[Span]:
    """Cut a recording into windows' worth of sound, at its longest pauses.

    Args:
        spans: detected speech, in order.
        seconds: length of the recording.
        longest: longest piece wanted.

    Returns:
        Stretches to transcribe, in order, none overlapping; each holds whole spans and a margin and is
        at most ``longest`` long. Speech without any pause for longer than that is cut evenly.
    """
    return _cut(spans, (0.0, seconds), longest) if spans else []


def _cut(spans: Sequence[Span], limits: Span, longest: float) -> list[Span]:
    """Return the pieces of ``spans``, none reaching beyond ``limits``."""
    begin = max(limits[0], spans[0][0] - MARGIN_SECONDS)
    end = min(limits[1], spans[-1][1] + MARGIN_SECONDS)
    if end - begin <= longest:
        return [(begin, end)]
    if len(spans) == 1:
        count = int((end - begin) // longest) + 1
        step = (end - begin) / count
        return [(begin + index * step, begin + (index + 1) * step) for index in range(count)]
    last = _best_gap(spans)
    middle = (spans[last][1] + spans[last + 1][0]) / 2
    before = _cut(spans[: last + 1], (limits[0], middle), longest)
    return before + _cut(spans[last + 1 :], (middle, limits[1]), longest)


def _best_gap(spans: Sequence[Span]) -> int:
    """Return the index of the span to cut after: a long pause, rather in the middle than at the edge."""
    begin, end = spans[0][0], spans[-1][1]

    def worth(index: int) -> float:
        before, after = spans[index], spans[index + 1]
        middle = (before[1] + after[0]) / 2
        return (after[0] - before[1]) * min(middle - begin, end - middle) / (end - begin)

    return max(range(len(spans) - 1), key=worth)
