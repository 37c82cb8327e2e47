"""The live conversation's listening path as fast as the machine computes: its own ear and its own floor.

The floor is pure, so that the clock can be the sound's: every 32 ms of sound is a step, and whisper, the turn
model and the language model take no time at all. A reply, too, is over as soon as it has begun, and so keeps
nobody from being heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import FRAME, FRAME_SECONDS
from voiceslm.bench.home.part import SEED
from voiceslm.bench.speech.mixing import FLOOR
from voiceslm.conversation.floor import Floor
from voiceslm.conversation.live import JUDGE_DEADLINE
from voiceslm.conversation.moves import (
    Commit,
    Draft,
    Judge,
    Judged,
    Policy,
    Transcribe,
    Understood,
    Weighed,
)
from voiceslm.engines import load_ear, mode_of
from voiceslm.events import Activity, Woken
from voiceslm.listening.endpoint import Preset

if TYPE_CHECKING:
    from voiceslm.bench.speech.listener import Listener
    from voiceslm.config import Settings
    from voiceslm.conversation.live import Judging
    from voiceslm.conversation.moves import Action
    from voiceslm.events import Audio, Samples

LULL_SECONDS = 3.0
"""Of a quiet room after each stream: whatever is being said ends."""

NOBODY_PLAYS = np.zeros(FRAME, np.float32)


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that was begun."""

    at: float
    """Seconds from the beginning of the stream."""

    reason: str
    """Why the utterance was taken to be over."""

    text: str


class Eavesdropper:
    """Listens to streams, one after another; nothing is said back."""

    def __init__(
        self, settings: Settings, listener: Listener, judging: Judging, *, weighs: bool = False
    ) -> None:
        """Listen as ``settings`` say, with the engines of ``listener`` and the turn model.

        With ``weighs`` the language model has a vote, too, on whether a speaker has finished.
        """
        self._weighs = weighs
        self._listener = listener
        self._judging = judging
        self._heard: list[Activity | Woken] = []
        quietly = settings.audio.model_copy(update={"echo_cancelling": "off"})
        self._ear = load_ear(settings.model_copy(update={"audio": quietly}), self._heard.append)
        self._floor = Floor(
            Policy(
                mode=mode_of(settings),
                preset=Preset(settings.listening.endpoint),
                follow_up=settings.listening.follow_up_seconds,
                longest=settings.listening.longest_seconds,
                language=settings.language,
            )
        )
        self._generator = np.random.default_rng(SEED)
        self._now = 0.0
        self._drafted = ""
        self._turns: list[Turn] = []
        self.woken = 0
        """How often the wake word was heard."""

    async def hear(self, samples: Samples) -> list[Turn]:
        """Listen to a stream, float32 [n] at 16 kHz, and then to a quiet room; return the turns begun."""
        self._turns = []
        began = self._now
        lull = FLOOR * self._generator.standard_normal(round(LULL_SECONDS / FRAME_SECONDS) * FRAME)
        whole = np.concatenate([samples[: len(samples) // FRAME * FRAME], lull]).astype(np.float32)
        for frame in whole.reshape(-1, FRAME):
            self._now += FRAME_SECONDS
            self._ear.hear(frame, NOBODY_PLAYS, self._now)
            heard, self._heard[:] = list(self._heard), []
            for event in heard:
                await self._take(event)
        return [Turn(round(turn.at - began, 2), turn.reason, turn.text) for turn in self._turns]

    async def _take(self, event: Activity | Woken) -> None:
        if isinstance(event, Activity):
            await self._do(self._floor.hear(event))
            return
        self.woken += 1
        await self._do(self._floor.wake(event.at, event.ended))

    async def _do(self, actions: list[Action]) -> None:
        """Carry out what the floor wants done."""
        for action in actions:
            match action:
                case Transcribe(number, begin, until, hint, whole):
                    audio = self._ear.audio(begin, until)
                    text = await self._listener.transcribe(audio, hint=hint, whole=whole)
                    complete = self._listener.is_command(text)
                    await self._do(self._floor.understand(Understood(number, until, text, complete)))
                case Judge(number, begin, until):
                    finished = await self._judge(self._ear.audio(begin, until))
                    await self._do(self._floor.judge(Judged(number, until, finished)))
                case Draft(number, text):
                    self._drafted = text
                    closing = await self._listener.closing(text) if self._weighs else None
                    if closing is not None:
                        await self._do(self._floor.weigh(Weighed(number, text, closing)))
                case Commit(_, _, reason):
                    self._turns.append(Turn(self._now, reason.value, self._drafted))
                    await self._do([*self._floor.audible(), *self._floor.finished()])
                case _:
                    pass

    async def _judge(self, audio: Audio) -> float:
        engine = self._judging.engine
        return await self._judging.worker.run(lambda _: engine.finished(audio), deadline=JUDGE_DEADLINE)
