"""Have they finished? How long a silence ends an utterance, from what is known at the pause.

No signal is right alone: the turn model calls short complete requests unfinished and fluent fragments
finished, and whisper writes a full stop after both. So each gives a vote, and the silence that is asked for
grows with the doubt. The figures behind the constants are in docs/latency.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

SURE = 0.985
"""The turn model says finished as clearly as it can: a third of complete utterances, 2 in 100 fragments.
Holds for a judgement after 0.1 s of silence: with 0.5 s behind it almost any fragment sounds finished."""

HIGH = 0.96
"""… and probably: another fifth of complete utterances, one in eight fragments."""

LOW = 0.2
"""… and unfinished: a tenth of complete utterances, a third of fragments."""

AGAINST = 0.1
"""… and so clearly unfinished that even a whole command waits: "turn on the light" may be going on."""

LEAST_WORDS = 3
"""With fewer words, and no whole command, there is too little to judge by: "set a", "play the"."""

LEAST_SPOKEN = 0.5
"""Seconds of voice under which there is too little to judge by."""

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
    """Sound and text both say so."""

    LIKELY = "likely"
    """Both say so, one of them not clearly."""

    DOUBTFUL = "doubtful"
    """They disagree or are not known yet."""

    UNFINISHED = "unfinished"
    """Neither said so, but nothing more came."""

    HANGING = "hanging"
    """The text broke off in the middle of a phrase, but nothing more came."""

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

    text: str | None
    """Transcript up to this pause; None = not known yet."""

    complete: bool
    """The text is a whole command (decided elsewhere)."""

    spoken: float
    """Voiced seconds in this utterance."""

    longest_pause: float
    """Longest pause in seconds that this speaker made inside this utterance and went on."""

    language: str
    """Two-letter code."""


def _row(fast: float, normal: float, patient: float) -> dict[Preset, float]:
    return {Preset.FAST: fast, Preset.NORMAL: normal, Preset.PATIENT: patient}


SILENCE = {
    Reason.COMMAND: _row(0.3, 0.35, 0.5),
    Reason.COMMAND_DOUBTED: _row(0.5, 0.6, 0.8),
    Reason.FINISHED: _row(0.5, 0.6, 0.9),
    Reason.LIKELY: _row(0.6, 0.75, 1.2),
    Reason.DOUBTFUL: _row(0.75, 0.95, 1.5),
    Reason.UNFINISHED: _row(1.2, 1.6, 2.2),
    Reason.HANGING: _row(1.4, 1.8, 2.4),
}
"""Seconds of silence asked for.

A reply of the language model is not audible before about 0.7 s after the last sound, and it is thought out
during the pause: less than 0.6 s for anything but a command would cut people off and gain nothing."""

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


def _reason(pause: Pause) -> Reason:
    """Weigh the evidence."""
    sound = pause.finished
    if pause.complete:
        return Reason.COMMAND_DOUBTED if sound is not None and sound < AGAINST else Reason.COMMAND
    if pause.text is not None and hangs(pause.text, pause.language):
        return Reason.HANGING
    if pause.text is None or sound is None:
        return Reason.DOUBTFUL
    ended = pause.text.rstrip().endswith(_ENDED)
    brief = pause.spoken < LEAST_SPOKEN or len(_words(pause.text)) < LEAST_WORDS
    if sound >= SURE:
        return Reason.FINISHED if ended and not brief else Reason.LIKELY
    if sound >= HIGH and ended and not brief:
        return Reason.LIKELY
    return Reason.UNFINISHED if sound < LOW and not ended else Reason.DOUBTFUL


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
