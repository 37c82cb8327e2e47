"""How long a turn takes on another machine, from what its stages cost here. Pure; see docs/prediction.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.conversation.floor import PAUSE
from voiceslm.daemon.doctor.profiles import Recommendation, Speeds, recommend
from voiceslm.listening.endpoint import SILENCE, Preset, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Board:
    """Another machine, in relation to this one."""

    speed: float
    """Of one core: 0.5 computes half as much in a second."""

    memory: float
    """Its bandwidth, likewise."""

    threads: int
    """That an engine may use; as many cores."""

    @property
    def name(self) -> str:
        """As the table has it."""
        return f"1/{1 / self.speed:g}" if self.speed < 1 else f"{self.speed:g}"


RELATIVE = (1.0, 0.5, 0.25, 0.125)
THREADS = (2, 4)
BOARDS = tuple(Board(speed, speed, threads) for threads in THREADS for speed in RELATIVE)
"""For which is predicted."""


@dataclass(frozen=True, slots=True)
class Work:
    """One stage on this machine, in seconds of one core at its speed."""

    serial: float
    """That one core has to do alone."""

    parallel: float
    """That cores share."""

    memory: float
    """That the model's weights take to come from memory, whatever computes."""

    def seconds(self, board: Board) -> float:
        """Return what it takes there."""
        computing = (self.serial + self.parallel / board.threads) / board.speed
        return computing + self.memory / board.memory


def split(alone: float, together: float, threads: int, *, memory: float = 0.0) -> Work:
    """Part a stage into its kinds of work (Amdahl 1967: t(k) = s + p / k, measured at two k).

    Args:
        alone: seconds with one thread.
        together: seconds with ``threads``.
        threads: more than one; with one, all counts as serial.
        memory: seconds of both that go to memory; no more than ``together``.
    """
    memory = min(memory, together)
    one, many = max(alone - memory, 0.0), max(together - memory, 0.0)
    if threads <= 1:
        return Work(one, 0.0, memory)
    parallel = min(max((one - many) * threads / (threads - 1), 0.0), one)
    return Work(one - parallel, parallel, memory)


@dataclass(frozen=True, slots=True)
class Stages:
    """What a turn is made of, with the models of one profile."""

    stt: Work
    prompt: Work
    token: Work
    voice: Work
    stt_threads: int
    """Whisper's, which the settings say; more cores do not help it then."""

    def on(self, board: Board) -> Speeds:
        """Return what they take there."""
        few = Board(board.speed, board.memory, min(self.stt_threads, board.threads))
        return Speeds(
            stt=self.stt.seconds(few),
            prompt=self.prompt.seconds(board),
            token=self.token.seconds(board),
            voice=self.voice.seconds(board),
        )


@dataclass(frozen=True, slots=True)
class Prediction:
    """How quick a turn would be on one board; seconds from the user's last sound."""

    board: Board
    speeds: Speeds
    command: float
    """To the message at the device."""

    answers: Mapping[str, float]
    """To the first sound of a model's answer, by profile."""

    recommended: Recommendation


def predict(stages: Stages, profile: str, board: Board, *, preset: Preset = Preset.NORMAL) -> Prediction:
    """Return how quick a turn would be.

    Thinking begins after `PAUSE` and goes on during the silence that an end of speech is known by, so that
    the later of the two counts.

    Args:
        stages: measured here with the models of ``profile``.
        profile: one of `voiceslm.daemon.doctor.profiles.COSTS`, by which the others are reckoned.
        board: where.
        preset: how patient the listener is.
    """
    speeds = stages.on(board)
    advised = recommend(speeds, profile, fits={})
    answered, commanded = SILENCE[Reason.FINISHED][preset], SILENCE[Reason.COMMAND][preset]
    return Prediction(
        board,
        speeds,
        command=max(commanded, PAUSE + speeds.stt),
        answers={name: max(answered, PAUSE + seconds) for name, seconds in advised.seconds.items()},
        recommended=advised,
    )
