"""Have they finished? How long a silence ends an utterance, from what is known at the pause.

No signal is right alone: the turn model calls short complete requests unfinished and fluent fragments
finished; whisper writes a full stop after both; the language model sees the words but not the voice. So
their votes are added, and the silence that is asked for grows with the doubt that is left. The figures behind
the constants are in docs/latency.md.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Weights(NamedTuple):
    """Of a logistic regression: what each vote adds to the log-odds that the speaker has finished."""

    bias: float
    closing: float
    """A unit of log-odds of the language model."""
    finished: float
    """A unit of log-odds of the turn model."""
    ended: float
    """The transcript ends in a full stop, a question or an exclamation mark."""
    hanging: float
    """… in a word that ends nothing, as in "turn on the"."""


WITH_WORDS = Weights(bias=-2.2, closing=0.5, finished=0.5, ended=1.75, hanging=-0.9)
"""Fitted to 152 whole requests and 396 beginnings cut between two words; half of them of real people."""

BY_SOUND = Weights(bias=-3.2, closing=0.0, finished=0.57, ended=2.2, hanging=-3.3)
"""The same where no language model has read the words."""

LIKELY, UNLIKELY = 0.6, 0.1
"""Likelihoods that part the reasons. Above: 76 and 97 in 100 whole requests, 5 and 27 in 100 beginnings."""

CLOSED = 0.8
"""What the language model must think of the words besides, for a reply before the longest usual pause is
over: so do three in four questions and 1 in 100 beginnings ("turn on the TV" before "in the bedroom"). An
order can always go on, "a coffee … with milk", and its words are seldom so closed."""

AGAINST = 0.1
"""The turn model hears it go on so clearly that even a whole command waits: "turn on the light" may."""

EVEN = 0.5
"""The probability that adds nothing."""

LEAST_ODDS = 1e-4
"""Probabilities nearer to 0 or 1 than this say no more than this."""

LONGER_THAN_BEFORE = 0.1
"""Seconds: who paused inside this utterance and went on is given so much more than that pause."""


class Preset(StrEnum):
    """How patient the listener is."""

    FAST = "fast"
    NORMAL = "normal"
    PATIENT = "patient"


class Reason(StrEnum):
    """Why an utterance was taken to be over."""

    COMMAND = "command"
    """It is a whole command."""

    COMMAND_DOUBTED = "command_doubted"
    """It is a whole command, but did not sound like the end."""

    FINISHED = "finished"
    """Words and voice leave no doubt."""

    LIKELY = "likely"
    """It is more likely over than not."""

    DOUBTFUL = "doubtful"
    """The votes disagree, or are not known yet."""

    UNFINISHED = "unfinished"
    """It should go on, but nothing more came."""

    HANGING = "hanging"
    """It broke off in the middle of a phrase, but nothing more came."""

    RELEASED = "released"
    """The key was let go."""

    STABLE = "stable"
    """There is sound, but no new word: a television."""

    LONGEST = "longest"
    """It had lasted as long as an utterance may."""


@dataclass(frozen=True, slots=True)
class Pause:
    """What is known at a moment of silence inside or after an utterance."""

    silence: float
    """Seconds since the last voiced sound."""

    finished: float | None
    """The turn model's probability that the speaker has finished; None = not known yet."""

    closing: float | None
    """The language model's probability that the words are all; None = not known yet, or none was asked."""

    text: str | None
    """Transcript up to this pause; None = not known yet."""

    complete: bool
    """The text is a whole command (decided elsewhere)."""

    longest_pause: float
    """Longest pause in seconds that this speaker made inside this utterance and went on."""

    language: str
    """Two-letter code."""


def _row(fast: float, normal: float, patient: float) -> dict[Preset, float]:
    return {Preset.FAST: fast, Preset.NORMAL: normal, Preset.PATIENT: patient}


SILENCE = {
    Reason.COMMAND: _row(0.3, 0.35, 0.5),
    Reason.COMMAND_DOUBTED: _row(0.5, 0.6, 0.8),
    Reason.FINISHED: _row(0.45, 0.6, 0.9),
    Reason.LIKELY: _row(0.7, 1.0, 1.3),
    Reason.DOUBTFUL: _row(0.8, 1.05, 1.5),
    Reason.UNFINISHED: _row(1.0, 1.25, 2.0),
    Reason.HANGING: _row(1.4, 1.8, 2.4),
}
"""Seconds of silence asked for.

A reply of the language model is thought out during the pause and ready about 0.7 s after the last sound, so
nothing is gained by cutting off sooner where there is any doubt. Pauses inside sentences last up to 0.8 s."""

LONGEST_SILENCE = _row(1.6, 2.0, 2.5)
"""Seconds. Nobody waits longer, whatever the speaker's pauses were."""

_OPEN_WORDS = """
    a an the my your our their his its some any every each many much most other another few new
    and or but nor because if when while although unless until since than as whether
    of to with without into onto by between under near after during per
    i we he she they i'm we're they're i'd i'll we'll it's that's there's
    whose what's who's how's where's
    are was were will would should could can can't might must does has had
    turn switch set make put play start check call show skip send find tell give want need let let's
    remind add remove increase activate deactivate close take bring get living
    very quite really just only um uh er erm
"""

_OPEN_UNLESS_ASKED = "who which what how where for from in at about is am be do did have"
"""Words that may end a question ("where are you from?") but nothing else; whisper writes the mark."""

_OPEN_PHRASES = (
    r"(?:turn|switch) (?:on|off|up|down)|(?:i|i'd|would|you) like|(?:can|could|would) you|what time"
)

_OPEN = {"en": frozenset(_OPEN_WORDS.split())}
_ASKED = {"en": frozenset(_OPEN_UNLESS_ASKED.split())}
_PHRASES = {"en": re.compile(rf"(?:^| )(?:{_OPEN_PHRASES})$")}
"""What does not end a request. Of 3,784 requests to assistants (SLURP, CLINC150, Home Assistant's own tests)
2 in 100 end so; of their beginnings, cut after any word, 55."""

_BROKEN_OFF = ("...", "…", ",", "-", ":", ";")
"""What whisper writes after speech that broke off."""

_ENDED = (".", "?", "!")

_WORD = re.compile(r"[\w'%]+")


def endpoint(pause: Pause, preset: Preset) -> Reason | None:
    """Say why the utterance is over, or None while it may go on."""
    needed, reason = required_silence(pause, preset)
    return reason if pause.silence >= needed else None


def required_silence(pause: Pause, preset: Preset) -> tuple[float, Reason]:
    """Return how many seconds of silence end the utterance, and why so many.

    It does not depend on ``pause.silence``. While transcript or turn model are awaited the answer is the
    longer one; it may fall when they arrive.
    """
    reason = _reason(pause)
    needed = SILENCE[reason][preset]
    if reason is not Reason.COMMAND and pause.longest_pause > 0:
        needed = max(needed, pause.longest_pause + LONGER_THAN_BEFORE)
    return min(needed, LONGEST_SILENCE[preset]), reason


def hangs(text: str, language: str) -> bool:
    """Tell whether ``text`` breaks off in the middle of a phrase, as in "turn on the".

    Only English has a list of words; elsewhere only whisper's own marks count.
    """
    text = text.strip().lower()
    if text.endswith(_BROKEN_OFF):
        return True
    words = _words(text)
    if not words or language not in _OPEN:
        return False
    if words[-1] in _ASKED[language]:
        return not text.endswith("?")
    return words[-1] in _OPEN[language] or bool(_PHRASES[language].search(" ".join(words)))


def likelihood(pause: Pause) -> float | None:
    """Return how likely the speaker has finished, 0 to 1; None while too little is known.

    A turn model that is late has no vote; it is needed where no language model has read the words.
    """
    if pause.text is None or (pause.finished is None and pause.closing is None):
        return None
    weights = BY_SOUND if pause.closing is None else WITH_WORDS
    score = (
        weights.bias
        + weights.closing * _log_odds(EVEN if pause.closing is None else pause.closing)
        + weights.finished * _log_odds(EVEN if pause.finished is None else pause.finished)
        + weights.ended * pause.text.rstrip().endswith(_ENDED)
        + weights.hanging * hangs(pause.text, pause.language)
    )
    return 1.0 / (1.0 + math.exp(-score))


def _reason(pause: Pause) -> Reason:
    """Weigh the evidence."""
    if pause.complete:
        doubted = pause.finished is not None and pause.finished < AGAINST
        return Reason.COMMAND_DOUBTED if doubted else Reason.COMMAND
    likely = likelihood(pause)
    hanging = pause.text is not None and hangs(pause.text, pause.language)
    if hanging and (likely is None or pause.closing is None or likely < UNLIKELY):
        return Reason.HANGING
    if likely is None:
        return Reason.DOUBTFUL
    if likely >= LIKELY:
        return Reason.FINISHED if (pause.closing or 0.0) >= CLOSED else Reason.LIKELY
    return Reason.DOUBTFUL if likely >= UNLIKELY else Reason.UNFINISHED


def _log_odds(probability: float) -> float:
    clipped = min(max(probability, LEAST_ODDS), 1.0 - LEAST_ODDS)
    return math.log(clipped / (1.0 - clipped))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
