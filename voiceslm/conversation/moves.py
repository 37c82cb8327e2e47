"""The vocabulary of the floor: what it is told, what it wants done, what it keeps in mind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from voiceslm.listening.endpoint import Preset

if TYPE_CHECKING:
    from voiceslm.listening.endpoint import Reason


HANGOVER = 0.064
"""Seconds that the voice detector goes on for after a voice has ended: two of its stretches."""


class Mode(StrEnum):
    """How the user gets the assistant's attention."""

    WAKE = "wake"
    OPEN = "open"
    KEY = "key"


class State(StrEnum):
    """What an onlooker sees."""

    ASLEEP = "asleep"
    AWAKE = "awake"
    HEARING = "hearing"
    THINKING = "thinking"
    SPEAKING = "speaking"


QUIET = frozenset({State.ASLEEP, State.AWAKE})
"""States in which nobody speaks, or is about to."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the settings say."""

    mode: Mode = Mode.OPEN
    preset: Preset = Preset.NORMAL
    follow_up: float = 6.0
    longest: float = 30.0
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Understood:
    """A transcript is there."""

    utterance: int
    until: float
    """It covers the sound up to here."""
    text: str
    complete: bool
    """It is a whole command."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The turn model has listened to the sound up to ``until``."""

    utterance: int
    until: float
    finished: float
    """Probability that the speaker has finished."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The language model has read the utterance."""

    utterance: int
    text: str
    closing: float
    """Probability that it ends where ``text`` does."""


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Find out what was said between two clock seconds."""

    utterance: int
    begin: float
    until: float
    hint: str = ""
    """What is likely to have been said."""
    whole: bool = True
    """The utterance may be over."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Ask the turn model about the sound between two clock seconds."""

    utterance: int
    begin: float
    until: float


@dataclass(frozen=True, slots=True)
class Prefill:
    """Let the language model read what will most likely be the question's beginning."""

    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Think of a reply to ``text`` ahead; it replaces any other draft."""

    utterance: int
    text: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Nobody wants the draft."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The draft is the answer."""

    utterance: int
    ended: float
    """Clock seconds at which the user's speech ended."""
    reason: Reason


@dataclass(frozen=True, slots=True)
class Apologise:
    """The user spoke and cannot be understood: say that something went wrong."""


class Loudspeaker(StrEnum):
    """What to do with the reply."""

    DUCK = "duck"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    REVOKE = "revoke"
    """Stop, and the turn never happened: the user goes on with the same utterance."""


Action = Transcribe | Judge | Prefill | Draft | Drop | Commit | Apologise | Loudspeaker


@dataclass(slots=True)
class Utterance:
    """What the user is saying."""

    number: int
    begin: float
    """Where its sound begins, pre-roll included."""
    began: float
    """When it was noticed."""
    last: float
    """End of the last speech in it."""
    voiced: float = 0.0
    """Seconds of speech."""
    longest_pause: float = 0.0
    run: int = 0
    """Stretches of speech on end."""
    held: int = 0
    """Stretches by which its end was put off, since something stirred."""
    over: Reason | None = None
    """It ends here, whatever is still heard."""
    asked: bool = False
    """A transcription is under way."""
    asked_at: float = 0.0
    covers: float = 0.0
    """The transcript is of the sound up to here."""
    text: str | None = None
    complete: bool = False
    asked_voiced: float = 0.0
    """Seconds of speech in what is being, or was last, transcribed."""
    worded: float = 0.0
    """Seconds of speech after which no new word came."""
    judging: float = 0.0
    judged: float = 0.0
    finished: float | None = None
    """The turn model's opinion of the pause, early in it."""
    later: float | None = None
    """The same, asked again: what it says of a whole command."""
    closing: float | None = None
    drafted: str | None = None
    drafted_last: float = 0.0
    interrupts: bool = False
    """It began during a reply and is not known to be words for us."""
    into_reply: bool = False
    """It began during a reply, whatever it turned out to be."""
    hushed: bool = False
    reopens: Utterance | None = None
    """It began while the reply to this one was awaited."""

    @property
    def settled(self) -> bool:
        """Whether the transcript covers all that was said."""
        return self.text is not None and self.covers >= self.last - HANGOVER

    @property
    def doubtful(self) -> bool:
        """Whether it may be no utterance at all: a reply goes on, or is awaited."""
        return self.interrupts or self.reopens is not None


@dataclass(slots=True)
class Reply:
    """What the assistant is about to say, or says."""

    to: Utterance
    audible: bool = False
    alarms: int = 0
    """Sounds that turned out not to be interruptions."""
