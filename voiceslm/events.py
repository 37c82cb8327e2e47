"""The vocabulary every room shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Audio:
    """A stretch of mono sound."""

    samples: Samples
    """float32, shape [n], full scale at ±1."""

    sample_rate: int
    """Hz."""

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was understood of one utterance; ``text`` is empty where nobody spoke intelligibly."""

    text: str

    speech_seconds: float
    """Voiced time found by the voice activity detector."""

    window_seconds: float
    """Length of the last encoder window used; 0 when the encoder never ran."""

    attempts: int
    """Decodings it took: 0 = no speech, 1 = first window accepted, more = the guard asked for longer ones."""

    no_speech_probability: float | None = None
    mean_log_probability: float | None = None
    """Mean log-probability a token; None when the decoder never ran."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What the ear makes of the latest 32 ms of the microphone, its echo cancelled."""

    at: float
    """Clock seconds at the end of the stretch."""

    probability: float
    """Of speech, 0 to 1; 0 where the cheap gate already said no."""

    level: float
    """dBFS."""

    noise: float
    """dBFS of the room while nobody speaks."""


@dataclass(frozen=True, slots=True)
class Woken:
    """The wake word was said."""

    at: float
    """Clock seconds at which it was recognised."""

    word: str

    ended: float
    """Clock seconds at which the word itself ended, as near as can be told: a command may follow at once."""


@dataclass(frozen=True, slots=True)
class Audible:
    """The first sample of a turn's reply leaves the loudspeaker."""

    turn: int
    at: float
    """Clock seconds."""


@dataclass(frozen=True, slots=True)
class Played:
    """The last sample of a turn's reply has left the loudspeaker, and no more will come."""

    turn: int
    at: float
    """Clock seconds."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a sentence asks for."""

    name: str
    """As in the sentence files: time, date, stop, repeat, never_mind; HassTurnOn, HassGetState …"""

    slots: Mapping[str, str | int | float] = field(default_factory=dict)
    """What the sentence names, such as a room; empty where there is nothing to name."""

    entities: tuple[str, ...] = ()
    """Ids of the entities that its ``name`` slot may mean; empty where it has none."""

    text: str = field(default="", compare=False)
    """The sentence, or the part of it, that was recognised."""

    asks: str = ""
    """Of a question about states, what is wanted to know: one, one_yesno, any, all, which or how_many."""


class Route(StrEnum):
    """Who answered a turn."""

    CHAT = "chat"
    INTENT = "intent"
    TOOLS = "tools"
    SKILL = "skill"
    KNOWLEDGE = "knowledge"
    REFUSED = "refused"
    NONE = "none"
    """Nobody: nothing intelligible was said."""


class Stage(StrEnum):
    """The moments of a turn that are measured, in the order in which they come."""

    STT = "stt"
    """The final transcript is known."""

    FIRST_TOKEN = "first_token"  # noqa: S105 - a language model's token
    FIRST_CLAUSE = "first_clause"
    """The first speakable clause is known."""

    FIRST_AUDIO = "first_audio"
    """The first clause's sound is ready to play."""

    ENDPOINT = "endpoint"
    """The user is taken to have finished: what was thought ahead may be heard."""

    AUDIBLE = "audible"
    """The first sample leaves the loudspeaker."""

    DONE = "done"
    """The last sound is ready to play; in a live conversation, it has been played."""


class Ended(StrEnum):
    """Why a turn ended."""

    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Speech:
    """One clause of a reply, ready to play."""

    turn: int
    """Number of the turn it belongs to; an output drops what belongs to another."""

    text: str
    audio: Audio


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """What one turn was and what it cost."""

    turn: int
    transcript: str
    reply: str
    route: Route
    route_detail: str
    """What within the route answered, such as the model's id; empty for none."""

    actions: tuple[str, ...]
    timings_ms: dict[Stage, float | None]
    """Milliseconds from the end of the input; None for a stage that did not run."""

    endpoint: str
    """Why the user was taken to have finished; empty outside a live conversation."""

    ended: Ended

    prompt_tokens: int | None
    """Tokens the language model had to compute before the first token of its reply."""

    user_tokens: int | None
    """How many of those were the user's own words."""

    sources: tuple[str, ...] = ()
    """The documents that the reply rests on, and where in them."""

    def document(self) -> dict[str, Any]:
        """Return what ``--json`` prints of it."""
        return {
            "transcript": self.transcript,
            "reply": self.reply,
            "route": self.route.value,
            "route_detail": self.route_detail,
            "sources": list(self.sources),
            "actions": list(self.actions),
            "ended": self.ended.value,
            "timings_ms": {stage.value: ms for stage, ms in self.timings_ms.items()},
            "prompt_tokens": self.prompt_tokens,
            "user_tokens": self.user_tokens,
        }
